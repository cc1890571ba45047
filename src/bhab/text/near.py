"""Texts that are nearly the same: candidates by MinHash (Broder 1997), each made sure of by edit distance.

Texts are compared by their words alone, in small letters: punctuation and emoji make no difference. How alike two of
them are is one less the share of the longer text that has to be edited, letter by letter or word by word, whichever
says more: a misspelt text needs few letters, one with a name changed needs few words.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bhab.config import CurateConfig
from bhab.curation.chance import generator
from bhab.curation.near import NearPairs
from bhab.text.words import words

MIN_LETTERS = 10  # about two words; in a shorter text one letter more makes another word (good, goods)
SHINGLE = 3  # letters; a longer one is lost to more of the edits
ROWS, BANDS = 4, 50  # pairs that share 0.38 of their shingles are found with 0.65, those that share 0.6 with 0.999
HASHES = ROWS * BANDS
DEVIATIONS = 4  # standard deviations that an estimate from HASHES may lie below what it estimates
NEIGHBOURS = 50  # of a bucket's texts each is compared with so many after it: work stays linear in a flood of spam
BATCH = 1024  # texts hashed at once
CODE_POINTS = 0x110000

Rows = NDArray[np.int64]


def near_texts(texts: Sequence[str], config: CurateConfig) -> NearPairs:
    """Return the pairs of `texts` (each in the form of `clean`) that are alike by `config.min_text_similarity` or more.

    Of equal texts only the first is compared: the others are exact duplicates of it.
    """
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    spelled = [" ".join(words(text)).casefold() for text in first]
    long = [place for place, text in enumerate(spelled) if len(text) >= MIN_LETTERS]
    rows = np.array(list(first.values()), dtype=np.int64)[long]  # (distinct long texts,)
    compared = [spelled[place] for place in long]
    found = [
        (one, other, similarity)
        for one, other in _candidates(compared, config.min_text_similarity)
        if (similarity := text_similarity(compared[one], compared[other])) >= config.min_text_similarity
    ]
    ones, others, similarities = (np.array(column) for column in zip(*found, strict=True)) if found else ([], [], [])
    return NearPairs(
        one=rows[np.asarray(ones, dtype=np.int64)],
        other=rows[np.asarray(others, dtype=np.int64)],
        mirrored=np.zeros(len(found), dtype=np.bool_),
        similarity=np.asarray(similarities, dtype=np.float64),
    )


def text_similarity(one: str, other: str) -> float:
    """Return how alike two texts of words parted by single spaces are, in [0, 1]."""
    return max(_similarity(one, other), _similarity(one.split(" "), other.split(" ")))


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items must be put in, taken out or changed to make `other` of `one` (Levenshtein 1966).

    The columns of the table are bit vectors, as many items as there are in one integer of Python (Myers 1999, in the
    form of Hyyro 2001).
    """
    one, other = _differing(one, other)
    if not one or not other:
        return max(len(one), len(other))
    full, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    places: dict[str, int] = {}
    for place, item in enumerate(one):
        places[item] = places.get(item, 0) | 1 << place
    rises, falls, distance = full, 0, len(one)
    for item in other:
        same = places.get(item, 0)
        diagonal = (((same & rises) + rises) ^ rises) | same | falls
        up, down = falls | ~(diagonal | rises) & full, diagonal & rises
        distance += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & full, down << 1 & full
        rises, falls = down | ~(diagonal | up) & full, up & diagonal
    return distance


def _differing(one: Sequence[str], other: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return both without the beginning and the end that they share."""
    shortest = min(len(one), len(other))
    head = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    tail = next((i for i in range(shortest - head) if one[-1 - i] != other[-1 - i]), shortest - head)
    return one[head : len(one) - tail], other[head : len(other) - tail]


def _similarity(one: Sequence[str], other: Sequence[str]) -> float:
    return 1 - edits(one, other) / max(len(one), len(other))


def _candidates(texts: Sequence[str], min_similarity: float) -> list[tuple[int, int]]:
    """Return the pairs of places in `texts` worth comparing, in order.

    Each edited letter takes SHINGLE shingles from either text, so that texts alike by s share at least
    (1 - SHINGLE (1 - s)) / (1 + SHINGLE (1 - s)) of them. What is clearly under that is not compared, nor what differs
    too much in length.
    """
    if len(texts) == 0:
        return []
    signatures = _signatures(texts)  # (texts, HASHES) uint16
    lengths = np.array([(len(text), 1 + text.count(" ")) for text in texts])  # (texts, 2), in letters and in words
    lost = SHINGLE * (1 - min_similarity)
    shared = max(0.0, (1 - lost) / (1 + lost))
    least = shared - DEVIATIONS * np.sqrt(shared * (1 - shared) / HASHES)
    parts = [np.zeros(0, dtype=np.int64)]
    for band in signatures.view(np.uint64).T:  # ROWS hashes of 16 bits are one key of 64
        for one, other in _bucket_pairs(np.ascontiguousarray(band)):
            agreement = np.mean(signatures[one] == signatures[other], axis=1)  # (pairs,), estimates what is shared
            shorter, longer = np.minimum(lengths[one], lengths[other]), np.maximum(lengths[one], lengths[other])
            worth = (agreement >= least) & (shorter >= min_similarity * longer).any(axis=1)
            parts.append(one[worth] * len(texts) + other[worth])
    codes = np.sort(np.concatenate(parts))  # np.unique of numpy 2.4 takes many times as long on such numbers
    one, other = np.divmod(codes[np.diff(codes, prepend=-1) > 0], len(texts))
    return list(zip(one.tolist(), other.tolist(), strict=True))


def _bucket_pairs(keys: NDArray[np.uint64]) -> Iterator[tuple[Rows, Rows]]:
    """Yield places with equal `keys`, the lower and the higher of each pair, as two arrays at a time."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for step in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(ordered[step:] == ordered[:-step])
        if len(same) == 0:
            return
        yield order[same], order[same + step]


def _signatures(texts: Sequence[str]) -> NDArray[np.uint16]:
    """Return for each text the lowest hash among its shingles, by HASHES hash functions, shape (texts, HASHES).

    Of a lowest hash the 16 low bits are kept, which are as good as random and quarter the memory.
    """
    rng = generator("near_texts", "hashes")
    masks, factors = rng.integers(0, 1 << 63, (2, HASHES), dtype=np.uint64)
    factors |= np.uint64(1)
    found = np.empty((len(texts), HASHES), dtype=np.uint16)
    for start in range(0, len(texts), BATCH):
        shingles, begins = _shingles(texts[start : start + BATCH])
        for number, (mask, factor) in enumerate(zip(masks, factors, strict=True)):
            hashes = ((shingles ^ mask) * factor >> np.uint64(32)).astype(np.uint32)
            found[start : start + BATCH, number] = np.minimum.reduceat(hashes, begins) & np.uint32(0xFFFF)
    return found


def _shingles(texts: Sequence[str]) -> tuple[NDArray[np.uint64], Rows]:
    """Return the shingles of all `texts`, one after the other, as random numbers, and where each text's begin."""
    spaced = [f" {text} " for text in texts]  # the first and the last letter of a text count like those of a word
    letters = np.frombuffer("".join(spaced).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    lengths = np.array([len(text) for text in spaced])
    windows = np.zeros(len(letters) - SHINGLE + 1, dtype=np.uint64)
    for place in range(SHINGLE):
        windows = windows * np.uint64(CODE_POINTS) + letters[place : place + len(windows)]
    ends = np.cumsum(lengths)
    inside = np.ones(len(letters), dtype=np.bool_)
    inside[(ends[:, None] - np.arange(1, SHINGLE)).ravel()] = False  # windows that would run into the next text
    begins = ends - lengths - np.arange(len(texts)) * (SHINGLE - 1)
    return _scattered(windows[inside[: len(windows)]]), begins


def _scattered(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return `numbers` as if drawn at random, equal ones equal: the finaliser of SplitMix64 (Steele et al. 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))

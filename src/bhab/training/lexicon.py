"""Which words are characteristic of an emotion, by the training texts alone.

A text here is an int64 row of ids as bhab.text.vocabulary gives them; special ids are never keywords.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.schema import EMOTIONS
from bhab.text.vocabulary import PAD, SPECIAL

FIRST_WORD = len(SPECIAL)

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How characteristic each word is of each emotion: -inf for special tokens, above 0 if it is more common there."""

    weights: NDArray[np.float64]  # (words, emotions)

    def keywords(self, text: Ids, emotion: int, n: int) -> list[int]:
        """Return the `n` words of `text` most characteristic of `emotion`, in their order there, padded with PAD."""
        words = [int(word) for word in dict.fromkeys(text.tolist()) if word >= FIRST_WORD]
        best = sorted(words, key=lambda word: (-self.weights[word, emotion], word))[:n]
        chosen = sorted(best, key=words.index)
        return chosen + [PAD] * (n - len(chosen))


def lexicon(texts: Ids, emotions: NDArray[np.int64], n_words: int) -> Lexicon:
    """Return the lexicon of `texts` (texts, tokens) with their emotions (texts,).

    The weight is a word's share of the log-likelihood ratio (Dunning 1993): its count in the emotion times the log of
    how much more common it is there than everywhere. A rare word weighs little, a common word without bias nothing.
    """
    counts = np.zeros((n_words, len(EMOTIONS)))
    np.add.at(counts, (texts, emotions[:, None]), 1)  # (words, emotions)
    counts[:FIRST_WORD] = 0
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(1.0, counts.sum())  # (words, emotions)
    seen = counts > 0
    weights = np.zeros_like(counts)
    weights[seen] = counts[seen] * np.log(counts[seen] / expected[seen])
    weights[:FIRST_WORD] = -np.inf
    return Lexicon(weights)


def keyword_sets(keywords: Ids, weights: NDArray[np.float64], n: int) -> Ids:
    """Return `n` or fewer different rows of `keywords` (texts, keywords): what to say of one emotion.

    The most characteristic first, by the summed `weights` (words,) of the emotion; rows that share a word with a row
    taken before come last. Keywords of a real sentence, for words picked one by one need not go together.
    """
    rows = sorted({tuple(row) for row in keywords.tolist()}, key=lambda row: (-sum(_weights(row, weights)), row))
    used: set[int] = set()
    apart: list[tuple[int, ...]] = []
    rest: list[tuple[int, ...]] = []
    for row in rows:
        (rest if used & set(row) else apart).append(row)
        used |= set(row) - {PAD}
    return np.array((apart + rest)[:n], dtype=np.int64).reshape(-1, keywords.shape[1])


def _weights(row: tuple[int, ...], weights: NDArray[np.float64]) -> list[float]:
    return [float(weights[word]) for word in row if word >= FIRST_WORD]

"""The words that have an id, and how a text becomes a row of ids of one length.

models/vocabulary.json holds `words`, in which a word's place is its id, and `special`, the ids that are no words.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from types import MappingProxyType

from bhab.errors import LabelMapError
from bhab.schema import TOKENS
from bhab.store import read_json, write_json

SPECIAL: Mapping[str, int] = MappingProxyType({"pad": 0, "unknown": 1, "start": 2, "end": 3})
SPECIAL_WORDS = tuple(f"<{name}>" for name in SPECIAL)  # a clean text has no `<`: they cannot be met in one
PAD, UNKNOWN, START, END = SPECIAL.values()
MAX_WORDS = TOKENS - 2  # beside start and end
SPACE = "\u2581"  # SentencePiece's: at the beginning of a subword it stands for the space before a word


@dataclass(frozen=True)
class Vocabulary:
    """All words with an id, the special ones first."""

    words: tuple[str, ...]
    ids: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", {word: number for number, word in enumerate(self.words)})

    def __len__(self) -> int:
        return len(self.words)

    def digest(self) -> str:
        """Return the SHA-256 of the words in the order of their ids: equal for the same ids and for no others."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()

    def encode(self, words: Sequence[str]) -> list[int]:
        """Return exactly TOKENS ids: start, up to MAX_WORDS words, end, padding. What is beyond is cut off."""
        ids = [START, *map(self.ids.get, words[:MAX_WORDS], repeat(UNKNOWN)), END]
        return ids + [PAD] * (TOKENS - len(ids))

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words of a row of ids, up to end; a word that was unknown stays `<unknown>`."""
        found = []
        for number in ids:
            if number == END:
                break
            if number not in (PAD, START):
                found.append(self.words[number])
        return found

    def spoken(self, ids: Iterable[int]) -> list[str]:
        """Return the words of a row of ids as a person reads them: of subwords, those that they are parts of."""
        found = self.decode(ids)
        return join(found) if any(word.startswith(SPACE) for word in self.words) else found


def join(subwords: Iterable[str]) -> list[str]:
    """Return the words that `subwords` are parts of."""
    return "".join(subwords).replace(SPACE, " ").split()


def build(texts: Iterable[Sequence[str]], size: int, min_count: int) -> Vocabulary:
    """Return the `size` most frequent words of `texts`, special ones included; ties in the order of code points."""
    counts = Counter(word for words in texts for word in words)
    frequent = sorted((word for word, n in counts.items() if n >= min_count), key=lambda word: (-counts[word], word))
    return Vocabulary((*SPECIAL_WORDS, *frequent[: size - len(SPECIAL)]))


def save(vocabulary: Vocabulary, path: Path) -> None:
    """Write models/vocabulary.json."""
    write_json({"words": list(vocabulary.words), "special": dict(SPECIAL)}, path)


def load(path: Path) -> Vocabulary:
    """Read models/vocabulary.json. Raises LabelMapError for special ids or words this package was not built for."""
    found = read_json(path)
    words = found.get("words")
    if found.get("special") != dict(SPECIAL):
        raise LabelMapError(f"{path}: special ids {found.get('special')}, expected {dict(SPECIAL)}")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise LabelMapError(f"{path}: no list of `words`, expected one string for each id")
    if tuple(words[: len(SPECIAL)]) != SPECIAL_WORDS:
        raise LabelMapError(f"{path}: words begin {words[: len(SPECIAL)]}, expected {list(SPECIAL_WORDS)}")
    if len(set(words)) != len(words):
        twice = next(word for word, n in Counter(words).items() if n > 1)
        raise LabelMapError(f"{path}: {twice!r} has two ids, expected one for each word")
    return Vocabulary(tuple(words))

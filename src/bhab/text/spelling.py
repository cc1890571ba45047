"""What words have in common by how they are written: their beginnings, which hold the stem, and their ends.

Bengali inflects by suffixes: who knows `ghor` knows the beginning of `ghorer` and `ghortake`.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BEGINNINGS = (2, 3, 4, 5, 6)  # code points
ENDS = (1, 2, 3)
PARTS = len(BEGINNINGS) + len(ENDS)


def spellings(words: Sequence[str]) -> NDArray[np.int64]:
    """Return the numbers of the parts of each word, (words, PARTS), 0 for none.

    A part that only one word has says nothing of others and has no number.
    """
    parts = [_parts(word) for word in words]
    counts = Counter(part for found in parts for part in found if part)
    numbers = {part: number for number, part in enumerate(sorted(p for p, n in counts.items() if n > 1), start=1)}
    return np.array([[numbers.get(part, 0) for part in found] for found in parts], dtype=np.int64).reshape(-1, PARTS)


def _parts(word: str) -> list[str]:
    if word.startswith("<"):  # no word
        return [""] * PARTS
    beginnings = [f"{word[:n]}-" if len(word) >= n else "" for n in BEGINNINGS]
    return beginnings + [f"-{word[-n:]}" if len(word) > n else "" for n in ENDS]

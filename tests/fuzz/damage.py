"""Damage to a good file, at every kind of place."""

from collections.abc import Iterator, Sequence
from itertools import cycle

import numpy as np

HEADER = 96  # bytes at the start of a file where sizes stand
EXTREMES = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    bytes(4),
    bytes(8),
)


def damaged(seeds: Sequence[bytes], rng: np.random.Generator) -> Iterator[bytes]:
    """Yield damaged copies of `seeds` for ever."""
    for seed in cycle(seeds):
        yield cut(seed, rng)
        yield flipped(seed, rng)
        yield overwritten(seed, rng)
        yield spliced(seed, pick(rng, seeds), rng)
        yield repeated(seed, rng)
        yield flipped(overwritten(cut(seed, rng) or b"?", rng), rng)


def pick(rng: np.random.Generator, choices: Sequence[bytes]) -> bytes:
    return choices[int(rng.integers(len(choices)))]


def cut(content: bytes, rng: np.random.Generator) -> bytes:
    """Return the beginning of `content`, often of the header alone."""
    end = len(content) if rng.random() < 0.5 else min(len(content), HEADER)
    return content[: int(rng.integers(end))]


def flipped(content: bytes, rng: np.random.Generator) -> bytes:
    """Return `content` with 1 to 32 bits flipped."""
    changed = bytearray(content)
    for place in rng.integers(len(changed), size=int(rng.integers(1, 33))):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def overwritten(content: bytes, rng: np.random.Generator) -> bytes:
    """Return `content` with an extreme number somewhere in its first bytes, where sizes stand."""
    new, at = pick(rng, EXTREMES), int(rng.integers(min(len(content), HEADER)))
    return content[:at] + new + content[at + len(new) :]


def spliced(content: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """Return the beginning of one file and the end of another."""
    return content[: int(rng.integers(len(content)))] + other[int(rng.integers(len(other))) :]


def repeated(content: bytes, rng: np.random.Generator) -> bytes:
    """Return `content` with a piece of it many times over."""
    start = int(rng.integers(len(content)))
    piece = content[start : start + int(rng.integers(1, 200))]
    return content[:start] + piece * int(rng.integers(2, 200)) + content[start:]

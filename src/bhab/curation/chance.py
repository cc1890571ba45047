"""Where chance comes from: a hash of the sample's id, never its place in a file or the order of work."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

UNITS = 8  # of four bytes each, in a digest


def unit_interval(key: str, salt: str) -> float:
    """Map `key` to [0, 1), the same on every machine and in every order."""
    return int.from_bytes(_digest(key, salt)[:8], "big") / 2**64


def unit_intervals(keys: Iterable[str], salt: str) -> NDArray[np.float64]:
    """Map each of many `keys` to UNITS numbers in [0, 1), of 32 bits each: (keys, UNITS)."""
    digests = b"".join(_digest(key, salt) for key in keys)
    return np.frombuffer(digests, ">u4").reshape(-1, UNITS) / 2**32


def generator(key: str, salt: str) -> np.random.Generator:
    """Return a Generator that belongs to `key`: the same draws on every machine and in every order."""
    return np.random.default_rng(int.from_bytes(_digest(key, salt)[:16], "big"))


def _digest(key: str, salt: str) -> bytes:
    return hashlib.sha256(f"{salt}\x00{key}".encode()).digest()

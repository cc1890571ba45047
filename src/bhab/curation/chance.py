"""Where chance comes from: a hash of the sample's id, never its place in a file or the order of work."""

import hashlib

import numpy as np


def unit_interval(key: str, salt: str) -> float:
    """Map `key` to [0, 1), the same on every machine and in every order."""
    return int.from_bytes(_digest(key, salt)[:8], "big") / 2**64


def generator(key: str, salt: str) -> np.random.Generator:
    """Return a Generator that belongs to `key`: the same draws on every machine and in every order."""
    return np.random.default_rng(int.from_bytes(_digest(key, salt)[:16], "big"))


def seed32(key: str, salt: str) -> int:
    """Map `key` to an unsigned 32-bit seed, for libraries that take no Generator."""
    return int.from_bytes(_digest(key, salt)[:4], "big")


def _digest(key: str, salt: str) -> bytes:
    return hashlib.sha256(f"{salt}\x00{key}".encode()).digest()

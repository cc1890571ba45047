"""Candidates for faces that are nearly the same picture, without comparing all with all.

Unsigned 64-bit hashes hold the signs of the 64 lowest frequencies of a crop, after the median of each over the faces.
Crops of each face are taken at the marks of a Golomb ruler: of two copies moved against each other by any whole
distance up to the ruler's length, one crop each shows exactly the same part. A mirrored crop has the hash of the crop
itself but for the bits of odd frequencies. Faces that agree in all of some randomly chosen bits are candidates (Indyk,
Motwani, "Approximate Nearest Neighbors", 1998); sorting finds them, so the work grows as n log n.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bhab.curation.chance import generator
from bhab.schema import FACE_PX

Images = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

CHUNK = 1024  # faces worked on at once
STRETCH = 1 << 17  # entries of a table looked at at once
THREADS = 2  # NumPy works outside of Python's lock; any number gives the same
RULERS = ((0,), (0, 1), (0, 1, 3), (0, 1, 4, 6))  # every Golomb ruler there is that measures each distance just once
WAVES = 10  # frequencies along each side, of which the 64 lowest pairs make the hash
BITS = 64
AMPLITUDE = 64  # of a wave, in whole numbers: sums are exact, whatever the processor does
SAMPLE = 4096  # faces, evenly spaced, whose medians are used

TABLES = 32
NEIGHBOURS = 4  # next crops of the same key that a crop is paired with: a crowd of copies costs no more than a pair
KEY_BITS_PER_DOUBLING = 1.5  # of n: waves of faces are not independent, 1.5 bits halve the crops of the same key
MAX_DISTANCE = 10  # bits of 64 in which the hashes of candidates may differ
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd; Knuth's multiplicative hash, "The Art of Computer Programming" 3, 6.4

ROW_BITS, DISTANCE_BITS, MOVE_BITS = np.uint64(24), np.uint64(7), np.uint64(8)  # of a pair packed into one number
MOVE_ZERO = 8
MIRRORED, NO_MOVE = 1 << 8, -1


class Candidates(NamedTuple):
    """Pairs of rows, the lower first, ordered by (one, other, mirrored).

    `move` is in px (down, right), and takes the first face, after mirroring if it is `mirrored`, onto the second.
    """

    one: NDArray[np.int64]  # (pairs,)
    other: NDArray[np.int64]  # (pairs,)
    mirrored: NDArray[np.bool_]  # (pairs,)
    move: NDArray[np.int64]  # (pairs, 2)

    def part(self, start: int, stop: int) -> "Candidates":
        """Return some of the pairs."""
        rows = slice(start, stop)
        return Candidates(self.one[rows], self.other[rows], self.mirrored[rows], self.move[rows])


def candidates(images: Images, reach: int) -> Candidates:
    """Return the pairs that may be the same picture moved by up to `reach` px; most pairs that are, and some more."""
    if len(images) == 0:
        return _unpacked(np.empty(0, dtype=np.uint64), reach)
    marks = next(ruler for ruler in RULERS if ruler[-1] >= reach)
    plain, odd = hashes(images, marks)
    crops = np.concatenate([plain, plain ^ odd], axis=1)  # (n, 2 * crops of a face)
    moves = _moves(marks)  # (2 * crops, 2 * crops)
    best = np.empty(0, dtype=np.uint64)
    for entries, low in _tables(crops.ravel()):
        parts = [(start, lag) for start in range(0, len(entries), STRETCH) for lag in range(1, NEIGHBOURS + 1)]
        found = [_packed(*_close(crops, entries[i : i + STRETCH + lag], low, lag), moves) for i, lag in parts]
        best = _nearest(np.concatenate([best, *found]))
    return _unpacked(best, reach)


def hashes(images: Images, marks: tuple[int, ...]) -> tuple[Hashes, np.uint64]:
    """Return the hashes of all crops of each face, (n, marks * marks), and the bits that mirroring turns over."""
    side, crops = FACE_PX - marks[-1], np.arange(len(marks))
    wave = np.rint(AMPLITUDE * np.cos(np.pi * np.outer(np.arange(WAVES), np.arange(side) + 0.5) / side))
    bank = np.stack([np.pad(wave, ((0, 0), (mark, marks[-1] - mark))) for mark in marks]).reshape(-1, FACE_PX)
    down, right = np.divmod(np.arange(1, WAVES * WAVES), WAVES)  # without the mean
    lowest = np.lexsort((right, down, down**2 + right**2))[:BITS]
    rows = crops[:, None, None] * WAVES + down[lowest]  # of the bank, (marks, 1, BITS)
    columns = crops[:, None] * WAVES + right[lowest]  # (marks, BITS)
    chosen = (rows * len(bank) + columns).reshape(-1, BITS)  # (crops, BITS)

    def strengths(part: Images) -> NDArray[np.float64]:
        waves = bank @ (part.astype(np.float64) @ bank.T)  # (faces, marks * WAVES, marks * WAVES)
        each = waves.reshape(len(part), -1)[:, chosen]  # (faces, crops, BITS)
        length = np.sqrt(np.square(each).sum(axis=2, keepdims=True))
        return np.asarray(
            each / np.maximum(length, 1.0), dtype=np.float64
        )  # of whole numbers only an empty one is below 1

    odd = right[lowest] % 2 == 1
    sample = images[:: -(-len(images) // SAMPLE)]
    middle = np.where(odd, 0.0, np.median(strengths(sample)[:, 0], axis=0))  # (BITS,)
    with ThreadPoolExecutor(THREADS) as pool:
        starts = range(0, len(images), CHUNK)
        parts = list(pool.map(lambda i: _bits(strengths(images[i : i + CHUNK]) > middle), starts))
    return np.concatenate(parts).reshape(len(images), -1), _bits(odd)[0]


def _bits(signs: NDArray[np.bool_]) -> Hashes:
    return np.packbits(signs, axis=-1).view(np.uint64)


def _tables(crops: Hashes) -> Iterator[tuple[Hashes, np.uint64]]:
    """Yield one entry a crop, sorted, its place in the `low` bits below its key: bits of a hash, drawn by chance."""
    place_bits = np.uint64(max(1, (len(crops) - 1).bit_length()))
    low = (np.uint64(1) << place_bits) - np.uint64(1)
    n_bits = min(BITS // 2, round(KEY_BITS_PER_DOUBLING * np.log2(len(crops))))
    places = np.arange(len(crops), dtype=np.uint64)
    entries = np.empty_like(places)
    rng = generator("tables", "bhab-near-1")
    for _ in range(TABLES):
        seen = np.bitwise_or.reduce(np.uint64(1) << rng.choice(BITS, n_bits, replace=False).astype(np.uint64))
        np.bitwise_and(crops, seen, out=entries)
        entries *= MIX
        entries &= ~low
        entries |= places
        entries.sort()
        yield entries, low


def _close(crops: Hashes, entries: Hashes, low: np.uint64, lag: int) -> tuple[Places, Places, Places]:
    """Return (rows, versions, distances) of crops `lag` apart with equal keys: those close enough, of different faces.

    Rows and versions are (2, pairs), the lower row first.
    """
    first, second = entries[:-lag], entries[lag:]
    at = np.flatnonzero((first ^ second) <= low)
    pair = (np.stack([first[at], second[at]]) & low).astype(np.int64)
    distance = np.bitwise_count(crops.ravel()[pair[0]] ^ crops.ravel()[pair[1]])
    near = distance <= MAX_DISTANCE
    row, version = np.divmod(pair[:, near], crops.shape[1])
    other = row[0] != row[1]
    return row[:, other], version[:, other], distance[near][other].astype(np.int64)


def _moves(marks: tuple[int, ...]) -> NDArray[np.int64]:
    """Return for each two versions of crops the move between their faces, packed; NO_MOVE where both are mirrored."""
    down, right = np.divmod(np.arange(len(marks) ** 2), len(marks))
    place = np.array(marks)[np.stack([down, right], axis=1)]  # (crops, 2)
    mirrored_place = np.stack([place[:, 0], marks[-1] - place[:, 1]], axis=1)  # of the crop in the mirrored face
    straight = place[None] - place[:, None]  # (crops, crops, 2): from the first face to the second
    turned = place[None] - mirrored_place[:, None]  # from the mirrored first face to the second
    turned_back = (mirrored_place[None] - place[:, None]) * (1, -1)  # the same, where the second crop is mirrored
    packed = [_pack_move(each) for each in (straight, turned, turned_back)]
    packed[1:] = [each | MIRRORED for each in packed[1:]]
    return np.block([[packed[0], packed[2]], [packed[1], np.full_like(packed[0], NO_MOVE)]])


def _pack_move(move: NDArray[np.int64]) -> NDArray[np.int64]:
    return (move[..., 0] + MOVE_ZERO) * 2 * MOVE_ZERO + move[..., 1] + MOVE_ZERO


def _packed(row: Places, version: Places, distance: Places, moves: Places) -> Hashes:
    """Return one number for each pair that has a move; they sort by (one, other, mirrored, distance, move)."""
    move = moves[version[0], version[1]]
    ok = move != NO_MOVE
    one, other, far = (each[ok].astype(np.uint64) for each in (row[0], row[1], distance))
    mirrored, move = np.divmod(move[ok].astype(np.uint64), np.uint64(MIRRORED))
    pair = ((one << ROW_BITS | other) << np.uint64(1)) | mirrored
    return np.asarray((pair << DISTANCE_BITS | far) << MOVE_BITS | move, dtype=np.uint64)


def _nearest(packed: Hashes) -> Hashes:
    """Return the entry of the least distance for each pair, sorted."""
    packed = np.sort(packed)
    pair = packed >> (DISTANCE_BITS + MOVE_BITS)
    first = np.ones(len(pair), dtype=np.bool_)
    first[1:] = pair[1:] != pair[:-1]
    return np.asarray(packed[first], dtype=np.uint64)


def _unpacked(packed: Hashes, reach: int) -> Candidates:
    def field(shift: np.uint64, bits: np.uint64) -> NDArray[np.int64]:
        return (packed >> shift & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)

    down, right = np.divmod(field(np.uint64(0), MOVE_BITS), 2 * MOVE_ZERO)
    at = MOVE_BITS + DISTANCE_BITS
    return Candidates(
        one=field(at + np.uint64(1) + ROW_BITS, ROW_BITS),
        other=field(at + np.uint64(1), ROW_BITS),
        mirrored=field(at, np.uint64(1)) == 1,
        move=np.clip(np.stack([down, right], axis=1) - MOVE_ZERO, -reach, reach),
    )

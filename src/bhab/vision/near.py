"""Which faces are nearly the same picture: moved, mirrored, lit otherwise, stored again, marked with an owner's name.

Two faces are compared by their detail: the picture without its broad light and its finest grain. Different people share
the broad light, a bright oval on a dark ground, and correlate by it at up to .94; by their detail they do not.

Images are uint8 (n, 48, 48). Sums are of whole numbers, so that no figure depends on the processor or its threads.
"""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.config import CurateConfig
from bhab.curation.near import NearPairs
from bhab.schema import FACE_PX
from bhab.vision.hashing import THREADS, Candidates, candidates

Images = NDArray[np.uint8]
Detail = NDArray[np.int16]  # (n, 48, 48), in eighths of a grey level
Move = tuple[int, int]  # down and right, in px

CHUNK = 4096  # pairs worked on at once
BLOCK = 128  # pairs correlated at once: what fits a processor's cache
FINE = np.array([1, 4, 6, 4, 1], dtype=np.float32)  # binomial, standard deviation 1 px: takes grain and JPEG's noise
FINE_SUM = 256  # of its weights along both axes
BROAD_PX = 17  # side of the box that is the broad light
RIM_PX = 3  # of what both show, left out: detail there depends on what lies beyond, which a move made up
STEPS = 8  # of detail to a grey level
MIN_DETAIL = 1.5  # grey levels of standard deviation; the correlation of less is one of noise
PROMISING = 0.5  # correlation that a pair above any useful limit has one px beside its best place
AROUND = [np.array([down, right]) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]


def near_faces(images: Images, config: CurateConfig) -> NearPairs:
    """Return the pairs whose detail correlates by `min_face_correlation` or more after some move, and mirroring.

    The similarity is the correlation at the first such move that was tried; the best may be a little higher.
    Candidates are drawn by chance, the same on every run: the less alike two faces are, the likelier they are missed.
    Of a crowd of faces that are all alike not every pair is listed, but enough to connect them.
    """
    found = candidates(images, config.max_face_shift_px)
    parts = [found.part(i, i + CHUNK) for i in range(0, len(found.one), CHUNK)]
    with ThreadPoolExecutor(THREADS) as pool:
        alike = pool.map(lambda part: _similarity(images, part, config), parts)
        similarity = np.concatenate([np.zeros(0), *alike])
    order = np.lexsort((found.mirrored, -similarity, found.other, found.one))  # the better of plain and mirrored first
    order = order[similarity[order] >= config.min_face_correlation]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(found.one[order]) != 0) | (np.diff(found.other[order]) != 0)
    kept = order[first]
    return NearPairs(found.one[kept], found.other[kept], found.mirrored[kept], similarity[kept])


def detail(images: Images) -> Detail:
    """Return what is between the finest grain and the broad light, edges repeated outwards."""
    margin = BROAD_PX // 2
    strip = np.pad(images, ((0, 0), (margin, margin), (0, 0)), mode="edge").reshape(-1, FACE_PX)  # one call for all
    fine = cv2.sepFilter2D(strip, cv2.CV_32F, FINE, FINE, borderType=cv2.BORDER_REPLICATE)
    broad = cv2.boxFilter(strip, cv2.CV_32F, (BROAD_PX, BROAD_PX), normalize=False, borderType=cv2.BORDER_REPLICATE)
    between = fine * np.float32(BROAD_PX**2) - broad * np.float32(FINE_SUM)
    between *= np.float32(STEPS / (BROAD_PX**2 * FINE_SUM))
    whole = np.rint(between, out=between).astype(np.int16)
    return np.asarray(whole.reshape(len(images), -1, FACE_PX)[:, margin:-margin], dtype=np.int16)


def _similarity(images: Images, pairs: Candidates, config: CurateConfig) -> NDArray[np.float64]:
    """Return the correlation of each pair, 0 for equal faces, going uphill from its move until it is enough."""
    rows, place = np.unique(np.concatenate([pairs.one, pairs.other]), return_inverse=True)
    details = np.concatenate([detail(images[rows[i : i + BLOCK]]) for i in range(0, len(rows), BLOCK)])
    one, other = place.reshape(2, -1)

    def at(chosen: NDArray[np.int64], move: NDArray[np.int64]) -> NDArray[np.float64]:
        found = np.zeros(len(chosen))
        moves, group = np.unique(np.column_stack([pairs.mirrored[chosen], move]), axis=0, return_inverse=True)
        order = np.argsort(group, kind="stable")
        bounds = np.searchsorted(group[order], np.arange(len(moves) + 1))
        for (mirrored, down, right), start, stop in zip(moves.tolist(), bounds, bounds[1:], strict=False):
            for i in range(start, stop, BLOCK):
                mine = order[i : min(i + BLOCK, stop)]
                first, second = details[one[chosen[mine]]], details[other[chosen[mine]]]
                found[mine] = _correlation(*_overlap(first[:, :, ::-1] if mirrored else first, second, down, right))
        return found

    move = pairs.move.copy()
    best = at(np.arange(len(one)), move)
    best[(images[pairs.one] == images[pairs.other]).all(axis=(1, 2))] = 0
    reach, enough = config.max_face_shift_px, config.min_face_correlation
    climbing = np.flatnonzero((best > PROMISING) & (best < enough))
    while len(climbing):
        start, better = move[climbing], np.zeros(len(climbing), dtype=bool)
        for step in AROUND:
            tried = np.clip(start + step, -reach, reach)
            score = at(climbing, tried)
            higher = score > best[climbing]
            best[climbing[higher]], move[climbing[higher]] = score[higher], tried[higher]
            better |= higher
        climbing = climbing[better & (best[climbing] < enough)]
    return best


def _overlap(first: Detail, second: Detail, down: int, right: int) -> tuple[Detail, Detail]:
    """Return the parts of both that show the same, if `first` moved by (down, right) is `second`, without their rim."""

    def both(move: int) -> tuple[slice, slice]:
        here, there = max(0, -move), max(0, move)
        return slice(here + RIM_PX, FACE_PX - there - RIM_PX), slice(there + RIM_PX, FACE_PX - here - RIM_PX)

    rows, columns = both(down), both(right)
    return first[:, rows[0], columns[0]], second[:, rows[1], columns[1]]


def _correlation(first: Detail, second: Detail) -> NDArray[np.float64]:
    """Return the correlation of each two pictures, 0 where one is flat."""
    one, other = (each.astype(np.float64, order="C").reshape(len(each), -1) for each in (first, second))
    n = one.shape[1]
    sums, others = one.sum(axis=1), other.sum(axis=1)
    squares = n * np.einsum("ij,ij->i", one, one) - sums * sums  # n squared times the variance
    other_squares = n * np.einsum("ij,ij->i", other, other) - others * others
    shared = n * np.einsum("ij,ij->i", one, other) - sums * others
    flat = np.minimum(squares, other_squares) < (n * MIN_DETAIL * STEPS) ** 2
    return np.where(flat, 0.0, shared / np.sqrt(np.maximum(squares * other_squares, 1.0)))

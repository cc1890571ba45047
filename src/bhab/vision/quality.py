"""Faults of one 48 x 48 grey face that a table of numbers does not show: what it is a picture of, and how it was made.

Every measure takes faces as uint8, (n, 48, 48), and returns one float64 for each, shape (n,). They were made for faces
of this size: what CleanVision looks for in photographs (odd size, odd aspect, grey) says nothing here.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.schema import FACE_PX

Faces = NDArray[np.uint8]  # (n, 48, 48)
Scores = NDArray[np.float64]  # (n,)

CHUNK = 128  # faces at a time: their intermediates stay in the processor's cache
LEVELS = 256
TINY = 1e-9  # less than one pixel's share, more than a rounding error of a sum of shares
DIGITS = 4  # kept of a score: beyond them, processors may differ

REACH = 5  # pixels: an edge of a sharp face is over within them
EDGE_POWER = 6  # high, so that the few strong edges decide, and noise, which is everywhere but small, does not

BAR_SPREAD = 8  # grey levels that a line of a bar may spread over, once compressed as JPEG
BAR_OUTLIERS = 2  # pixels at each end of a line's grey levels that do not count
BAR_STEP = 24  # grey levels between a bar and the picture; a backdrop fades into what stands before it
BAR_EDGE = 0.8  # of the edge must be such a step: a bar ends along a straight line, a backdrop along a head
BAR_BLUR = 1  # pixels that the edge of a bar may be wide

STROKE = 12  # grey levels that a stroke of overlaid text is lighter or darker than both neighbours
TEXT_PX = 7  # height of a line of text in a face of 48 pixels; watermarks of stock photographs are 6 to 9 high

BLOCKS = (2, 3, 4)  # factors by which a smaller picture may have been enlarged


def face_quality(faces: Faces) -> dict[str, Scores]:
    """Return the scores of all checks of faces, by the names of the checks in params.yaml."""
    parts = [_chunk(faces[start : start + CHUNK]) for start in range(0, len(faces), CHUNK)]
    none = {name: scores[:0] for name, scores in _chunk(np.zeros((1, FACE_PX, FACE_PX), np.uint8)).items()}
    return {name: np.concatenate([none[name], *(part[name] for part in parts)]).round(DIGITS) for name in none}


def _chunk(faces: Faces) -> dict[str, Scores]:
    shares = level_shares(faces)
    p05, p10, p90, p95 = quantiles(shares, (0.05, 0.10, 0.90, 0.95))
    across, down = np.ascontiguousarray(faces), np.ascontiguousarray(faces.transpose(0, 2, 1))
    return {
        "image_flat": entropy_bits(shares),
        "image_dark": p90,
        "image_bright": p10,
        "image_low_contrast": p95 - p05,
        "image_blurred": edge_slope(across, down),
        "image_pixelated": block_ratio(across, down),
        "image_barred": bar_share(across, down),
        "image_overlaid_text": stroke_excess(across),
    }


def level_shares(faces: Faces) -> NDArray[np.float64]:
    """Return the share of each grey level in each face, shape (n, 256)."""
    places = faces.reshape(len(faces), -1).astype(np.intp)
    places += LEVELS * np.arange(len(faces))[:, np.newaxis]
    counts = np.bincount(places.ravel(), minlength=LEVELS * len(faces))
    return counts.reshape(-1, LEVELS) / FACE_PX**2


def entropy_bits(shares: NDArray[np.float64]) -> Scores:
    """Return the entropy of the grey levels in bits (Shannon 1948): 0 for one level, 8 for all alike."""
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    bits: Scores = 0.0 - np.einsum("ij,ij->i", shares, logs)
    return bits


def quantiles(shares: NDArray[np.float64], of: Sequence[float]) -> list[Scores]:
    """Return for each of the shares `of` the lowest grey level which so many of the pixels do not exceed."""
    below = np.cumsum(shares, axis=1)
    return [(below < share - TINY).sum(axis=1).astype(np.float64) for share in of]


def edge_slope(across: Faces, down: Faces) -> Scores:
    """Return the share of a face's strongest edges that falls on one pixel: 1 sharp, 0.2 spread over five.

    The ratio of the power means of the differences between neighbours and between pixels REACH apart, over both
    directions. It does not change with contrast. A step under a Gaussian blur of 1.2 pixels has 0.35; a face without
    any edge has 1.
    """
    near, far = np.zeros(len(across)), np.zeros(len(across))
    for faces in (across, down):
        near += _power_sum(cv2.absdiff(faces[:, :, 1:], faces[:, :, :-1]))
        far += _power_sum(cv2.absdiff(faces[:, :, REACH:], faces[:, :, :-REACH]))
    ratio: Scores = np.divide(near, far, out=np.ones_like(near), where=far > 0) ** (1 / EDGE_POWER)
    return ratio


def _power_sum(differences: Faces) -> Scores:
    flat = differences.reshape(len(differences), -1).astype(np.float32)
    flat *= np.float32(1 / LEVELS)
    square = flat * flat
    total: Scores = np.einsum("ij,ij,ij->i", square, square, square).astype(np.float64)
    return total


def block_ratio(across: Faces, down: Faces) -> Scores:
    """Return the smallest share of jumps that is left inside blocks of 2, 3 or 4 pixels: 0 for an enlarged picture.

    The differences between neighbours are summed over lines and taken by their place in a block; the ratio is the
    least place to the greatest. A face without any difference has 1.
    """
    jumps = sum(
        cv2.absdiff(faces[:, :, 1:], faces[:, :, :-1]).sum(axis=1, dtype=np.int64) for faces in (across, down)
    )  # (n, 47)
    ratios = []
    for size in BLOCKS:
        means = np.stack([np.mean(jumps[:, place::size], axis=1) for place in range(size)])  # (size, n)
        inside = np.sort(means, axis=0)[:-1].max(axis=0)  # all places but one
        ratios.append(np.divide(inside, means.max(axis=0), out=np.ones(len(across)), where=means.max(axis=0) > 0))
    least: Scores = np.min(ratios, axis=0)
    return least


def bar_share(across: Faces, down: Faces) -> Scores:
    """Return the share of the frame under bars: lines of one grey level from an edge inwards, up to a straight step."""
    left, right = bar_px(down), bar_px(down[:, ::-1])
    top, bottom = bar_px(across), bar_px(across[:, ::-1])
    seen = np.clip(1 - (left + right) / FACE_PX, 0, 1) * np.clip(1 - (top + bottom) / FACE_PX, 0, 1)
    return 1 - seen


def bar_px(faces: Faces) -> NDArray[np.int64]:
    """Return how many lines from the top of each face are a bar, shape (n,)."""
    widths = np.zeros(len(faces), np.int64)
    first = np.sort(faces[:, 0], axis=1)
    for number in np.flatnonzero(_spread(first) <= BAR_SPREAD):
        lines = np.sort(faces[number], axis=1)
        flat = _spread(lines) <= BAR_SPREAD
        width = int(np.argmin(flat)) if not flat.all() else FACE_PX
        beyond = width + BAR_BLUR
        if beyond < FACE_PX:
            step = np.abs(faces[number, beyond].astype(np.int64) - int(lines[width - 1, FACE_PX // 2])) > BAR_STEP
            widths[number] = width if step.mean() >= BAR_EDGE else 0
    return widths


def _spread(lines: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the spread of sorted lines, shape (..., 48), without their outliers."""
    return lines[..., -1 - BAR_OUTLIERS].astype(np.int64) - lines[..., BAR_OUTLIERS]


def stroke_excess(faces: Faces) -> Scores:
    """Return how many upright strokes a line of the busiest TEXT_PX lines holds more than the face's median line.

    A stroke is a pixel lighter, or darker, than both its neighbours by over STROKE. Hair, teeth and knitwear have
    some; overlaid text has ten and more in each of a few lines, and none in the rest of the face.
    """
    up = cv2.subtract(faces[:, :, 1:], faces[:, :, :-1]) > STROKE
    down = cv2.subtract(faces[:, :, :-1], faces[:, :, 1:]) > STROKE
    strokes = (up[:, :, :-1] & down[:, :, 1:]) | (down[:, :, :-1] & up[:, :, 1:])  # (n, 48, 46)
    lines = strokes.sum(axis=2, dtype=np.uint8).astype(np.int64)  # (n, 48)
    sums = np.cumsum(np.pad(lines, ((0, 0), (1, 0))), axis=1)
    windows = (sums[:, TEXT_PX:] - sums[:, :-TEXT_PX]) / TEXT_PX
    excess: Scores = windows.max(axis=1) - np.median(lines, axis=1)
    return excess

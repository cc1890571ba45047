"""Children of training faces: rotation, shift, shear, zoom and flip, drawn for each child from a hash of its id.

The recipe is albumentations' `Affine`, then its `HorizontalFlip` (`by_albumentations`). `children` makes the same
pictures, to the byte, without what the library spends on each call. Images are uint8 (n, FACE_PX, FACE_PX) grey.
"""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.config import AugmentConfig
from bhab.curation.chance import unit_intervals
from bhab.schema import FACE_PX

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]  # (children,)

CENTRE = FACE_PX / 2 - 0.5  # in px, of the middle of the first pixel from 0
THREADS = 2  # OpenCV works outside of Python's lock; any number gives the same
CHUNK = 512  # children a thread makes at once

ENLARGED = 2  # times, on the sheet
FRAME_PX = 4
TILE_PX = ENLARGED * FACE_PX + 2 * FRAME_PX
LABEL_PX = 92  # left of each row
PAPER, INK = 255, 30


@dataclass(frozen=True, slots=True)
class Draws:
    """What happens to a parent on the way to its child, one row a child: turned, sheared, zoomed, shifted, flipped."""

    angle_deg: Floats
    shear_deg: Floats
    zoom: Floats  # times
    right: Floats  # of the side; the shift itself is in whole pixels
    down: Floats
    flipped: NDArray[np.bool_]


def draws(child_ids: Iterable[str], config: AugmentConfig) -> Draws:
    """Return what each child draws, uniform in the ranges: a function of its id and the salt alone. 0.5 us a child."""
    unit = unit_intervals(child_ids, config.salt)  # (children, UNITS)
    spread = 2 * unit - 1  # in [-1, 1)
    return Draws(
        angle_deg=config.rotation_deg * spread[:, 0],
        shear_deg=config.shear_deg * spread[:, 1],
        zoom=1 + config.zoom_share * spread[:, 2],
        right=config.shift_share * spread[:, 3],
        down=config.shift_share * spread[:, 4],
        flipped=unit[:, 5] < config.flip_probability,
    )


def children(parents: Image, drawn: Draws, threads: int = THREADS) -> Image:
    """Return the child of each of `parents`, in their order. About 8 us a child on one core.

    What a shift uncovers repeats the edge, as in the paper's ImageDataGenerator.
    """
    made = np.empty((len(parents), FACE_PX, FACE_PX), np.uint8)
    matrices, flipped = _matrices(drawn), drawn.flipped.tolist()

    def make(rows: slice) -> None:
        for parent, child, matrix, flip in zip(parents[rows], made[rows], matrices[rows], flipped[rows], strict=True):
            cv2.warpAffine(parent, matrix, (FACE_PX, FACE_PX), child, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)
            if flip:  # a flip within the matrix moves sampling points by up to 1/32 px: ten grey levels, on noise
                cv2.flip(child, 1, child)

    parts = [slice(start, start + CHUNK) for start in range(0, len(made), CHUNK)]
    if min(threads, len(parts)) < 2:  # noqa: PLR2004 - nothing to gain
        for part in parts:
            make(part)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(make, parts))  # the list: or an error would go unheard
    return made


def _matrices(drawn: Draws) -> Floats:
    """Return where each pixel goes, (children, 2, 3): zoomed, turned and sheared about the centre, then shifted.

    The products are those of albumentations, in its order; a shift is cut to whole pixels, as there.
    """
    turn, shear = np.deg2rad(drawn.angle_deg % 360), np.tan(np.deg2rad(-drawn.shear_deg))
    sine, cosine = np.sin(turn), np.cos(turn)
    xx, xy = (cosine - shear * sine) * drawn.zoom, (sine + shear * cosine) * drawn.zoom
    yx, yy = -sine * drawn.zoom, cosine * drawn.zoom
    x = CENTRE + np.trunc(drawn.right * FACE_PX) - CENTRE * (xx + xy)
    y = CENTRE + np.trunc(drawn.down * FACE_PX) - CENTRE * (yx + yy)
    return np.stack([xx, xy, x, yx, yy, y], axis=1).reshape(-1, 2, 3)


def by_albumentations(parents: Image, drawn: Draws) -> Image:
    """Return what `children` does, from albumentations itself: the definition of the recipe. 0.7 ms a child."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # or its import asks the network for a newer version
    import albumentations as alb  # 2 s to import

    made = np.empty((len(parents), FACE_PX, FACE_PX), np.uint8)
    for row, (parent, *draw) in enumerate(zip(parents, *astuple(drawn), strict=True)):
        angle_deg, shear_deg, zoom, right, down, flipped = (float(value) for value in draw)
        affine = alb.Affine(
            rotate=(angle_deg, angle_deg),
            translate_percent={"x": (right, right), "y": (down, down)},
            shear={"x": (shear_deg, shear_deg), "y": (0, 0)},  # both at once would add rotation
            scale=(zoom, zoom),
            keep_ratio=True,
            border_mode=cv2.BORDER_REPLICATE,
            p=1.0,
        )
        made[row] = alb.Compose([affine, alb.HorizontalFlip(p=flipped)])(image=parent)["image"]
    return made


def contact_sheet(rows: Sequence[tuple[str, Sequence[Sequence[Image]]]]) -> Image:
    """Return one grey picture: in each row a label and some families, the parent in a dark frame, then its children.

    Without rows it is a small blank sheet.
    """
    if not rows:
        return np.full((TILE_PX, TILE_PX), PAPER, np.uint8)
    strips = [_strip(label, families) for label, families in rows]
    width = max(strip.shape[1] for strip in strips)
    return np.vstack([np.pad(s, ((0, 0), (0, width - s.shape[1])), constant_values=PAPER) for s in strips])


def _strip(label: str, families: Sequence[Sequence[Image]]) -> Image:
    title = np.full((TILE_PX, LABEL_PX), PAPER, np.uint8)
    cv2.putText(title, label, (FRAME_PX, TILE_PX // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    tiles = [_tile(face, PAPER if i else INK) for family in families for i, face in enumerate(family)]
    return np.hstack([title, *tiles])


def _tile(face: Image, frame: int) -> Image:
    large = np.repeat(np.repeat(face, ENLARGED, axis=0), ENLARGED, axis=1)
    return np.pad(large, FRAME_PX, constant_values=frame)

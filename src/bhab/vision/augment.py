"""Children of training faces: rotation, shift, shear, zoom and flip, drawn for each child from a hash of its id.

Images are uint8, (FACE_PX, FACE_PX) grey.
"""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.config import AugmentConfig
from bhab.curation.chance import seed32
from bhab.schema import FACE_PX

if TYPE_CHECKING:
    import albumentations

Image = NDArray[np.uint8]

ENLARGED = 2  # times, on the sheet
FRAME_PX = 4
TILE_PX = ENLARGED * FACE_PX + 2 * FRAME_PX
LABEL_PX = 92  # left of each row
PAPER, INK = 255, 30


def augmenter(config: AugmentConfig) -> Callable[[Image, str], Image]:
    """Return the function that makes of a face and the id of its child that child.

    The same two give the same child, in any order and any process. What a shift uncovers repeats the edge, as in the
    paper's ImageDataGenerator. With all ranges 0 a child is its parent.
    """
    transform = _transform(config)

    def child(parent: Image, child_id: str) -> Image:
        transform.set_random_seed(seed32(child_id, config.salt))
        return np.asarray(transform(image=parent)["image"], dtype=np.uint8)

    return child


def _transform(config: AugmentConfig) -> "albumentations.Compose":
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # or its import asks the network for a newer version
    import albumentations as alb  # 2 s to import

    affine = alb.Affine(
        rotate=(-config.rotation_deg, config.rotation_deg),
        translate_percent=(-config.shift_share, config.shift_share),
        shear={"x": (-config.shear_deg, config.shear_deg), "y": (0, 0)},  # both at once would add rotation
        scale=(1 - config.zoom_share, 1 + config.zoom_share),
        keep_ratio=True,
        border_mode=cv2.BORDER_REPLICATE,
        p=1.0,
    )
    return alb.Compose([affine, alb.HorizontalFlip(p=config.flip_probability)])


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

"""A face as models of faces read it: the second of the five layers from camera to voice."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.schema import FACE_PX
from bhab.vision.detect import Box
from bhab.vision.picture import Grey


def crop(grey: Grey, box: Box, margin: float) -> NDArray[np.uint8]:
    """Return the square around the middle of `box`, `margin` of its side larger, as (48, 48).

    Where it reaches beyond the picture, the picture's edge goes on.
    """
    side = max(1, round(max(box.width, box.height) * (1 + margin)))
    left = round(box.x + (box.width - side) / 2)
    top = round(box.y + (box.height - side) / 2)
    rows = np.clip(np.arange(top, top + side), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, grey.shape[1] - 1)
    square = grey[rows[:, np.newaxis], columns]  # (side, side)
    how = cv2.INTER_AREA if side >= FACE_PX else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (FACE_PX, FACE_PX), interpolation=how), dtype=np.uint8)

"""A canvas for faces: what is drawn in a face's own coordinates lands where its pose puts it.

Points are float64 (points, 2), or (outlines, points, 2), in half face heights, x to the viewer's right, y down.
Images are uint8, CANVAS_PX square. Every step is exact (fixed-point polygons and blurs, and on arrays nothing but
+ - * / and sqrt), so that the bytes do not depend on the processor.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.schema import FACE_PX

OVERSAMPLING = 3
CANVAS_PX = OVERSAMPLING * FACE_PX
UNIT_PX = CANVAS_PX / 1.8  # pixels in half a face height
SHIFT = 4  # fractional bits of a coordinate in OpenCV's polygons
TURN = 0.22  # how far a full turn moves what is nearest to the viewer
UNCHANGED = 128  # of the soft layer: below darkens, above lightens
SOFTNESS = 2.6  # standard deviation of its blur, in canvas pixels

Points = NDArray[np.float64]
Image = NDArray[np.uint8]

_STEP = (np.arange(CANVAS_PX, dtype=np.float32) - np.float32(CANVAS_PX / 2)) / np.float32(UNIT_PX)
SPAN = np.linspace(-1, 1, 17)  # (17,), from one end of an arch to the other
ARCH = 1 - SPAN * SPAN  # (17,), 1 in the middle
BOX = 1 - (SPAN * SPAN) * (SPAN * SPAN)  # (17,), squarer
CIRCLE = np.array([(math.cos(a * math.pi / 12), math.sin(a * math.pi / 12)) for a in range(24)])  # (24, 2)

MIRROR = np.array([-1.0, 1.0])
_T = (SPAN[:, None] + 1) / 2  # (17, 1)
_START, _BY, _END = (1 - _T) * (1 - _T), 2 * _T * (1 - _T), _T * _T  # weights of a quadratic Bezier curve


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is held before the camera: turns are -1 to 1, the rest half face heights and radians."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll_rad: float = 0.0
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0


class Canvas:
    """An image being drawn, and a soft layer of shade that is laid over it in one go."""

    def __init__(self, pose: Pose, level: float) -> None:
        self.pose = pose
        self.image = np.full((CANVAS_PX, CANVAS_PX), _byte(level), np.uint8)
        self.soft = np.full_like(self.image, UNCHANGED)
        scale = pose.zoom * UNIT_PX * (1 << SHIFT)
        self._turn = (scale * math.cos(pose.roll_rad), scale * math.sin(pose.roll_rad))
        self._centre = np.array([pose.x, pose.y]) * (UNIT_PX * (1 << SHIFT)) + (CANVAS_PX << SHIFT) / 2

    def place(self, points: Points) -> NDArray[np.int32]:
        """Return where `points` of the face are on the canvas, in 1/16 pixels: (outlines, points of each, 2)."""
        x, y = points[..., 0], points[..., 1]
        near = np.maximum(0, 1 - x * x - 0.8 * (y * y))  # the face as a dome
        x = x + TURN * self.pose.yaw * near
        y = y + TURN * self.pose.pitch * near
        cos, sin = self._turn
        placed = np.empty(points.shape)
        placed[..., 0] = x * cos - y * sin
        placed[..., 1] = x * sin + y * cos
        placed += self._centre
        return np.rint(placed).astype(np.int32).reshape(-1, *points.shape[-2:])

    def fill(self, points: Points, level: float, on: Image | None = None) -> None:
        """Fill polygons, on the image or on another of its size."""
        target = self.image if on is None else on
        cv2.fillPoly(target, list(self.place(points)), _byte(level), cv2.LINE_AA, SHIFT)

    def stroke(self, points: Points, level: float, width: float, on: Image | None = None) -> None:
        """Draw lines `width` half face heights wide, on the image or on another of its size."""
        target = self.image if on is None else on
        px = max(1, round(width * self.pose.zoom * UNIT_PX))
        cv2.polylines(
            target,
            list(self.place(points)),
            isClosed=False,
            color=_byte(level),
            thickness=px,
            lineType=cv2.LINE_AA,
            shift=SHIFT,
        )

    def mask(self, points: Points) -> Image:
        """Return 255 inside a polygon and 0 outside."""
        mask = np.zeros_like(self.image)
        self.fill(points, 255, mask)
        return mask

    def paste(self, layer: Image, mask: Image) -> None:
        """Put `layer` on the image where `mask` is not 0."""
        cv2.copyTo(layer, mask, self.image)

    def shade(self, points: Points, by: float, width: float = 0.0) -> None:
        """Darken (`by` under 0) or lighten softly: inside a polygon, or along a line `width` wide."""
        level = UNCHANGED * (1 + by)
        if width:
            self.stroke(points, level, width, self.soft)
        else:
            self.fill(points, level, self.soft)

    def lay_shade(self) -> None:
        """Multiply the image by the soft layer."""
        soft = cv2.GaussianBlur(self.soft, (0, 0), SOFTNESS)
        self.image = cv2.multiply(self.image, soft, scale=1 / UNCHANGED)

    def lit_ball(self, radius: tuple[float, float], light: tuple[float, float, float], level: float) -> Image:
        """Return a matt ellipsoid of this grey level where the face is, for the skin to be cut from."""
        x = (_STEP - np.float32(self.pose.x)) / np.float32(radius[0] * self.pose.zoom)  # (CANVAS_PX,)
        y = (_STEP - np.float32(self.pose.y)) / np.float32(radius[1] * self.pose.zoom)
        depth = np.sqrt(np.maximum(np.float32(0.02), 1 - (x * x)[None, :] - (y * y)[:, None]))
        facing = light[0] * x[None, :] + light[1] * y[:, None] + light[2] * depth
        lit = np.clip(np.float32(level) * (np.float32(0.5) + np.float32(0.5) * facing), 0, 255)
        return np.asarray(lit, dtype=np.uint8)


def points(*pairs: tuple[float, float]) -> Points:
    """Return pairs of x and y as an array."""
    return np.array(pairs)


def ellipse(x: float, y: float, rx: float, ry: float) -> Points:
    """Return an ellipse."""
    return CIRCLE * (rx, ry) + (x, y)


def bend(start: tuple[float, float], by: tuple[float, float], end: tuple[float, float]) -> Points:
    """Return the quadratic Bezier curve from `start` to `end`, drawn towards `by`."""
    return _START * start + _BY * by + _END * end


def curve(x: Points, y: Points) -> Points:
    """Return the points of a line from its xs and ys."""
    return np.stack([x, y], axis=1)


def between(one: Points, other: Points) -> Points:
    """Return the polygon between two lines that run the same way."""
    return np.concatenate([one, other[::-1]])


def both(right: Points) -> Points:
    """Return outlines of the viewer's right half of the face, and their mirror images: (outlines, points, 2)."""
    outlines = right.reshape(-1, *right.shape[-2:])
    return np.concatenate([outlines, outlines * MIRROR])


def rows(first: Points, step: tuple[float, float], n: int) -> Points:
    """Return `first` and its copies, each moved on by `step`: (n, points, 2)."""
    return np.stack([np.add(first, (i * step[0], i * step[1])) for i in range(n)])


def _byte(level: float) -> int:
    return min(255, max(0, round(level)))

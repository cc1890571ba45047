"""Copies of a picture that are not quite equal, and pictures that show no face.

Images are uint8 (FACE_PX, FACE_PX).
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.schema import FACE_PX

MAX_SHIFT_PX = 3
CONTRAST = (0.8, 1.2)  # times
BRIGHTNESS = (-20.0, 20.0)  # grey levels added
JPEG_QUALITY = (60, 91)  # what pages and cameras use
NOISE = (3.0, 6.0)  # standard deviation, grey levels: a small sensor in poor light
ROTATION_DEG = (1.0, 2.0)  # either way: what differs when a face is cut out and set upright a second time
MIDDLE = (FACE_PX / 2 - 0.5, FACE_PX / 2 - 0.5)
WORDS = ("NO IMAGE", "REMOVED", "404", "PHOTO", "DELETED", "ERROR")

Image = NDArray[np.uint8]


def shifted(image: Image, rng: np.random.Generator) -> Image:
    """Return `image` moved by 1 to MAX_SHIFT_PX pixels right or down, left or up, its edge repeated."""
    right, down = 0, 0
    while right == down == 0:
        right, down = (int(move) for move in rng.integers(-MAX_SHIFT_PX, MAX_SHIFT_PX + 1, 2))
    wide = np.pad(image, MAX_SHIFT_PX, mode="edge")
    left, top = MAX_SHIFT_PX - right, MAX_SHIFT_PX - down
    return wide[top : top + FACE_PX, left : left + FACE_PX]


def mirrored(image: Image, _rng: np.random.Generator) -> Image:
    """Return `image` as a mirror shows it."""
    return image[:, ::-1]


def relit(image: Image, rng: np.random.Generator) -> Image:
    """Return `image` with other contrast and brightness."""
    return _bytes((image - 128.0) * rng.uniform(*CONTRAST) + 128.0 + rng.uniform(*BRIGHTNESS))


def reencoded(image: Image, rng: np.random.Generator) -> Image:
    """Return `image` after JPEG compression."""
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*JPEG_QUALITY))])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def noisy(image: Image, rng: np.random.Generator) -> Image:
    """Return `image` with noise in every pixel."""
    return _bytes(image + rng.normal(0, rng.uniform(*NOISE), image.shape))


def rotated(image: Image, rng: np.random.Generator) -> Image:
    """Return `image` turned a little around its middle, its edge repeated."""
    angle = float(rng.uniform(*ROTATION_DEG)) * (1 if rng.random() < 0.5 else -1)  # noqa: PLR2004 - one half
    matrix = cv2.getRotationMatrix2D(MIDDLE, angle, 1.0)
    turned = cv2.warpAffine(image, matrix, (FACE_PX, FACE_PX), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)


COPIES: Mapping[str, Callable[[Image, np.random.Generator], Image]] = {
    "shifted": shifted,
    "mirrored": mirrored,
    "relit": relit,
    "reencoded": reencoded,
    "noisy": noisy,
    "rotated": rotated,
}


def no_face(number: int, rng: np.random.Generator) -> Image:
    """Return a card with writing, a drawing of shapes, or noise, in turn."""
    image = np.full((FACE_PX, FACE_PX), int(rng.integers(180, 256)), dtype=np.uint8)
    ink = int(rng.integers(0, 60))
    if number % 3 == 0:
        word = WORDS[number // 3 % len(WORDS)]
        scale = (FACE_PX - 6) / cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 1)[0][0]
        cv2.putText(image, word, (3, int(rng.integers(20, 40))), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1)
        return image
    if number % 3 == 1:
        for _ in range(5):
            x, y, size = (int(value) for value in rng.integers((4, 4, 3), (44, 44, 16)))
            corner = (x + size, y + int(rng.integers(3, 16)))
            cv2.rectangle(image, (x, y), corner, int(rng.integers(0, 256)), -1 if rng.random() < 0.5 else 1)  # noqa: PLR2004 - one half
        return image
    return rng.integers(0, 256, image.shape, dtype=np.uint8)


def _bytes(levels: NDArray[np.floating]) -> Image:
    return np.asarray(np.clip(np.rint(levels), 0, 255), dtype=np.uint8)

"""Bytes of a picture to one 48 x 48 face.

Grey is uint8 (48, 48), ITU-R BT.601 luma by Pillow's integers (299 R + 587 G + 114 B); a picture that is grey already
keeps its levels, and one of 48 x 48 its pixels. Colour is uint8 (48, 48, 3), sRGB as stored; an alpha channel is left
out, never blended. Nothing but pixels comes through: no EXIF (its orientation is applied first), ICC or comment.
"""

import io
import math
import struct
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from simplejpeg import decode_jpeg, decode_jpeg_header  # type: ignore[import-untyped]  # its stubs are not marked

from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.schema import FACE_PX
from bhab.vision.measures import mean_and_variance

MAGIC = {  # first bytes -> Pillow's name of the only decoder that may look at the rest
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"BM": "BMP",
    b"P5": "PPM",
}
ORIENTED = (b"Exif", b"tiff:Orientation")  # where a JPEG says which side is up: EXIF, XMP
MAX_SIDE_PX = 8192  # the bound of source_width_px and source_height_px in bhab.schema
GREY_SPREAD = 2.0  # mean distance between a pixel's channels; in grey pictures stored as colour, JPEG rounding is below
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)  # Pillow's, on broken files


@dataclass(frozen=True, slots=True)
class DecodedFace:
    """One face in canonical form, and the size it was published in."""

    grey: NDArray[np.uint8]  # (48, 48)
    colour: NDArray[np.uint8] | None  # (48, 48, 3), none for a grey picture
    width_px: int
    height_px: int


def decode_face(content: bytes, config: IngestConfig) -> DecodedFace | Drop:
    """Return the picture's centre square as a face, or why it cannot be one."""
    name = format_of(content, config)
    if isinstance(name, Drop):
        return name
    plain = _plain_jpeg(content, config) if name == "JPEG" else None
    face = _by_pillow(content, name, config) if plain is None else plain
    if isinstance(face, Drop):
        return face
    contrast = math.sqrt(mean_and_variance(face.grey)[1])
    if contrast < config.min_contrast:
        found = f"contrast {contrast:.2f} grey levels"
        return Drop("image_blank", f"{found}, expected at least {config.min_contrast:g}")
    return face


def _plain_jpeg(content: bytes, config: IngestConfig) -> DecodedFace | None:
    """Return the face of a grey JPEG that is sound in every byte and has no orientation; any other is for Pillow.

    Both use libjpeg-turbo, so the pixels are the same; without Pillow's own reading of headers it takes a fifth of the
    time.
    """
    try:
        height_px, width_px, space, _ = decode_jpeg_header(content)
        if space != "Gray" or too_large(width_px, height_px, config) or any(tag in content for tag in ORIENTED):
            return None
        grey = decode_jpeg(content, colorspace="GRAY", strict=True)[:, :, 0]
    except ValueError:
        return None
    return DecodedFace(_resized(grey), None, width_px, height_px)


def _by_pillow(content: bytes, name: str, config: IngestConfig) -> DecodedFace | Drop:
    image = opened(content, name, config)
    if isinstance(image, Drop):
        return image
    width_px, height_px = image.size
    try:
        ImageOps.exif_transpose(image, in_place=True)
        return DecodedFace(_resized(levels(image)), _colour(image), width_px, height_px)
    except DAMAGED as error:
        return Drop(
            "image_undecodable", f"{len(content)} bytes of {image.format} that end early or are damaged: {error}"
        )


def too_large(width_px: int, height_px: int, config: IngestConfig) -> bool:
    """Return whether a picture of this size is not decoded at all."""
    return width_px * height_px > config.max_pixels or max(width_px, height_px) > MAX_SIDE_PX


def format_of(content: bytes, config: IngestConfig) -> str | Drop:
    """Return Pillow's name of the format that the first bytes tell."""
    if not content:
        return Drop("file_empty", "0 bytes, expected a picture")
    if len(content) > config.max_bytes:
        return Drop("file_too_large", f"more than {config.max_bytes} bytes")
    names = [name for magic, name in MAGIC.items() if content.startswith(magic)]
    if not names:
        return Drop("image_undecodable", f"first bytes {content[:8]!r}, expected JPEG, PNG, BMP or PGM")
    return names[0]


def opened(content: bytes, name: str, config: IngestConfig) -> Image.Image | Drop:
    """Return the picture with its header read and its pixels not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=[name])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Drop("image_too_large", f"a {name} far beyond {config.max_pixels} pixels")
    except UnidentifiedImageError:  # its message holds an address in memory
        return Drop("image_undecodable", f"{len(content)} bytes that begin like {name}, but have no valid header")
    except DAMAGED as error:
        return Drop("image_undecodable", f"a damaged header of {name}: {error}")
    width_px, height_px = image.size
    if too_large(width_px, height_px, config):
        limit = f"at most {config.max_pixels} pixels and {MAX_SIDE_PX} a side"
        return Drop("image_too_large", f"{width_px} x {height_px} pixels, expected {limit}")
    return image


def levels(image: Image.Image) -> NDArray[np.uint8]:
    """Return the grey levels of a picture, (height, width)."""
    if image.mode.startswith("I"):  # 16 bits: Pillow would clip them to 8, not scale
        grey: NDArray[np.uint8] = (np.clip(np.asarray(image), 0, 65_535) >> 8).astype(np.uint8)
        return grey
    return np.asarray(image if image.mode == "L" else image.convert("L"), dtype=np.uint8)


def _colour(image: Image.Image) -> NDArray[np.uint8] | None:
    if image.mode in {"1", "L", "LA"} or image.mode.startswith("I"):
        return None
    colour = _resized(np.asarray(image.convert("RGB")))  # (48, 48, 3)
    spread = colour.max(axis=2).astype(np.int16) - colour.min(axis=2)  # (48, 48)
    return colour if spread.mean() >= GREY_SPREAD else None


def _resized(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the centre square of `pixels`, (height, width) or (height, width, 3), at 48 x 48."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = pixels[top : top + side, left : left + side]
    if side == FACE_PX:
        return np.ascontiguousarray(square)
    return np.asarray(cv2.resize(square, (FACE_PX, FACE_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)

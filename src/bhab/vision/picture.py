"""Bytes of a picture of any size to its grey levels: uint8 (height, width), as bhab.vision.decode makes them grey.

The same limits hold as for faces of a corpus: first bytes decide, and the size is read before any pixel.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps
from simplejpeg import decode_jpeg, decode_jpeg_header  # type: ignore[import-untyped]  # its stubs are not marked

from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.vision.decode import DAMAGED, ORIENTED, format_of, levels, opened, too_large

Grey = NDArray[np.uint8]  # (height, width)


def decode_picture(content: bytes, config: IngestConfig) -> Grey | Drop:
    """Return the picture in `content`, the right side up, or why it is not taken."""
    name = format_of(content, config)
    if isinstance(name, Drop):
        return name
    plain = _plain_jpeg(content, config) if name == "JPEG" else None
    if plain is not None:
        return plain
    image = opened(content, name, config)
    if isinstance(image, Drop):
        return image
    try:
        ImageOps.exif_transpose(image, in_place=True)
        return levels(image)
    except DAMAGED as error:
        return Drop("image_undecodable", f"{len(content)} bytes of {name} that end early or are damaged: {error}")


def _plain_jpeg(content: bytes, config: IngestConfig) -> Grey | None:
    """Return a sound JPEG with luma and without an orientation; any other is for Pillow, which is slower."""
    try:
        height_px, width_px, space, _ = decode_jpeg_header(content)
        if space not in {"Gray", "YCbCr"} or too_large(width_px, height_px, config):
            return None
        if any(tag in content for tag in ORIENTED):
            return None
        grey: Grey = decode_jpeg(content, colorspace="GRAY", strict=True)[:, :, 0]
    except ValueError:
        return None
    return grey

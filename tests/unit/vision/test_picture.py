import numpy as np
import pytest
from live_parts import PARAMS, announced, drawn, encoded

from bhab.config import load_params
from bhab.curation.decisions import Drop
from bhab.vision.decode import decode_face
from bhab.vision.picture import decode_picture

LIMITS = load_params(PARAMS).ingest
RAMP = np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8)  # (60, 80)
COLOUR = np.stack([RAMP, RAMP[::-1], 255 - RAMP], axis=2)
LUMA = (COLOUR @ np.array([299, 587, 114]) / 1000).round()  # ITU-R BT.601


@pytest.mark.parametrize(
    ("content", "wanted", "within"),
    [
        pytest.param(encoded(RAMP, "PNG"), RAMP, 0, id="grey PNG"),
        pytest.param(encoded(RAMP, "PPM"), RAMP, 0, id="PGM"),
        pytest.param(encoded(RAMP.astype(np.uint16) << 8, "PNG"), RAMP, 0, id="PNG of 16 bits"),
        pytest.param(encoded(RAMP, quality=95), RAMP, 6, id="grey JPEG"),
        pytest.param(encoded(COLOUR, "PNG"), LUMA, 1, id="colour PNG"),
        pytest.param(encoded(COLOUR, quality=95), LUMA, 6, id="colour JPEG"),
    ],
)
def test_grey_levels_of_the_whole_picture(content, wanted, within):
    grey = decode_picture(content, LIMITS)
    assert (grey.dtype, grey.shape) == (np.uint8, wanted.shape)
    assert np.abs(grey.astype(int) - wanted).max() <= within


def test_a_picture_taken_sideways_is_put_upright():
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees, clockwise
    upright = decode_picture(encoded(RAMP, quality=95, exif=exif), LIMITS)
    assert upright.shape == (80, 60)
    assert np.abs(upright.astype(int) - np.rot90(RAMP, -1)).max() <= 6


def test_a_face_of_48_pixels_is_what_ingest_makes_of_it():
    content = encoded(drawn("a"))
    assert (decode_picture(content, LIMITS) == decode_face(content, LIMITS).grey).all()


@pytest.mark.parametrize(
    ("content", "drop"),
    [
        pytest.param(b"", Drop("file_empty", "0 bytes, expected a picture"), id="nothing"),
        pytest.param(
            b"%PDF-1.7",
            Drop("image_undecodable", "first bytes b'%PDF-1.7', expected JPEG, PNG, BMP or PGM"),
            id="not a picture",
        ),
        pytest.param(
            announced(20_000, 20_000),
            Drop("image_too_large", "a PNG far beyond 40000000 pixels"),
            id="20,000 x 20,000 pixels",
        ),
        pytest.param(
            announced(9_000, 10),
            Drop("image_too_large", "9000 x 10 pixels, expected at most 40000000 pixels and 8192 a side"),
            id="one side too long",
        ),
    ],
)
def test_what_is_no_picture_says_why(content, drop):
    assert decode_picture(content, LIMITS) == drop

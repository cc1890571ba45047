import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.schema import FACES
from bhab.vision.decode import MAX_SIDE_PX, DecodedFace, decode_face

RAMP = np.add.outer(np.arange(48) * 2, np.arange(48) * 3).astype(np.uint8)  # (48, 48), all levels apart


def config(**changes):
    limits = {
        "batch": 1,
        "max_bytes": 1_000_000,
        "max_seconds": 1,
        "max_memory_mb": 1,
        "max_pixels": 100_000,
        "max_duration_s": 30.0,
        "min_duration_s": 0.3,
        "min_sample_rate_hz": 16_000,
        "max_text_chars": 1000,
        "min_contrast": 4.0,
        "silence_dbfs": -60.0,
    }
    return IngestConfig.model_validate(limits | changes)


def encoded(pixels, name="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format=name, **options)
    return file.getvalue()


def colourful(shape=(48, 48)):
    """An RGB picture, (height, width, 3), red on top and blue below."""
    picture = np.zeros((*shape, 3), np.uint8)
    picture[: shape[0] // 2, :, 0] = 200
    picture[shape[0] // 2 :, :, 2] = 100
    return picture


PNG = encoded(RAMP)
JPEG = encoded(RAMP, "JPEG")
CUT = "end early or are damaged: image file is truncated (2 bytes not processed)"


@pytest.mark.parametrize(
    ("content", "limits", "drop"),
    [
        pytest.param(b"", {}, Drop("file_empty", "0 bytes, expected a picture"), id="nothing"),
        pytest.param(
            PNG,
            {"max_bytes": len(PNG) - 1},
            Drop("file_too_large", f"more than {len(PNG) - 1} bytes"),
            id="a byte too many",
        ),
        pytest.param(
            b"GIF89a" + bytes(20),
            {},
            Drop("image_undecodable", "first bytes b'GIF89a\\x00\\x00', expected JPEG, PNG, BMP or PGM"),
            id="a format that is not allowed",
        ),
        pytest.param(
            b"\xff\xd8\xffhello",
            {},
            Drop("image_undecodable", "8 bytes that begin like JPEG, but have no valid header"),
            id="first bytes of JPEG and no more",
        ),
        pytest.param(
            JPEG[:-100],
            {},
            Drop("image_undecodable", f"{len(JPEG) - 100} bytes of JPEG that {CUT}"),
            id="a JPEG without its end",
        ),
        pytest.param(
            encoded(np.full((60, 50), 9, np.uint8)),
            {},
            Drop("image_blank", "contrast 0.00 grey levels, expected at least 4"),
            id="one grey level",
        ),
        pytest.param(
            PNG,
            {"max_pixels": 2303},
            Drop("image_too_large", "48 x 48 pixels, expected at most 2303 pixels and 8192 a side"),
            id="a pixel too many",
        ),
        pytest.param(
            b"P5\n8193 1\n255\n" + bytes(8193),
            {},
            Drop("image_too_large", "8193 x 1 pixels, expected at most 100000 pixels and 8192 a side"),
            id="a side too long",
        ),
        pytest.param(
            b"P5\n60000 60000\n255\n",
            {},
            Drop("image_too_large", "a PPM far beyond 100000 pixels"),
            id="a header that promises 3.6 gigapixels",
        ),
    ],
)
def test_a_picture_is_dropped_with_its_reason(content, limits, drop):
    assert decode_face(content, config(**limits)) == drop


@pytest.mark.parametrize("name", ["PNG", "BMP", "PPM"])
def test_grey_48_x_48_keeps_its_pixels(name):
    face = decode_face(encoded(RAMP, name), config())
    assert (face.grey == RAMP).all()
    assert (face.colour, face.width_px, face.height_px) == (None, 48, 48)


def test_a_jpeg_decodes_as_opencv_does():
    expected = cv2.imdecode(np.frombuffer(JPEG, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert (decode_face(JPEG, config()).grey == expected).all()


def test_grey_stored_as_colour_is_grey():
    face = decode_face(encoded(np.dstack([RAMP] * 3)), config())
    assert face.colour is None
    assert (face.grey == RAMP).all()


def test_colour_is_kept_beside_its_luma():
    face = decode_face(encoded(colourful()), config())
    assert (face.colour == colourful()).all()
    assert (int(face.grey[0, 0]), int(face.grey[47, 47])) == (60, 11)  # .299 x 200 and .114 x 100


def test_sixteen_bits_are_scaled_not_clipped():
    face = decode_face(encoded(RAMP.astype(np.uint16) << 8), config())
    assert (face.grey == RAMP).all()


def test_the_centre_square_is_taken():
    wide = np.zeros((48, 96), np.uint8)
    wide[:, 24:72] = RAMP
    face = decode_face(encoded(wide), config())
    assert (face.grey == RAMP).all()
    assert (face.width_px, face.height_px) == (96, 48)


def test_a_larger_picture_is_averaged_down():
    doubled = RAMP.repeat(2, axis=0).repeat(2, axis=1)
    assert (decode_face(encoded(doubled), config()).grey == RAMP).all()


def test_the_camera_was_turned():
    exif = Image.Exif()
    exif[0x0112] = 3  # orientation: upside down
    assert (decode_face(encoded(RAMP, exif=exif), config()).grey == RAMP[::-1, ::-1]).all()


def test_the_longest_side_is_the_schemas():
    bounds = {column.name: column.bounds for column in FACES}
    assert bounds["source_width_px"] == bounds["source_height_px"] == (1, MAX_SIDE_PX)


@given(
    content=st.sampled_from([PNG, JPEG, encoded(RAMP, "BMP"), encoded(RAMP, "PPM")]),
    place=st.integers(0, 400),
    junk=st.binary(max_size=8),
)
def test_damage_ends_in_a_face_or_a_drop(content, place, junk):
    damaged = content[:place] + junk + content[place + len(junk) :]
    assert isinstance(decode_face(damaged, config()), (DecodedFace, Drop))

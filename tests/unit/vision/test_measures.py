import cv2
import numpy as np
import pytest

from bhab.schema import FACES, SkinTone
from bhab.vision.measures import face_measures, skin_angle, tone_of

RAMP = np.arange(48 * 48, dtype=np.int64).reshape(48, 48) % 251


def flat(rgb):
    return np.full((48, 48, 3), rgb, np.uint8)


def lit(rgb):
    """Return a face of one colour with hair above, a dark mouth below and a blue wall beside it."""
    face = flat(rgb)
    face[:12], face[34:38, 16:32], face[:, :8], face[:, 40:] = (20, 15, 10), (90, 20, 30), (60, 90, 200), (60, 90, 200)
    return face


@pytest.mark.parametrize(
    ("rgb", "tone"),
    [  # CIELAB of sRGB by hand: L, b and the angle are in the ids
        pytest.param((250, 225, 205), SkinTone.VERY_LIGHT, id="L 91, b 13, 72 degrees"),
        pytest.param((215, 180, 150), SkinTone.LIGHT, id="L 76, b 20, 52 degrees"),
        pytest.param((205, 160, 125), SkinTone.INTERMEDIATE, id="L 69, b 25, 38 degrees"),
        pytest.param((180, 135, 100), SkinTone.TAN, id="L 60, b 26, 21 degrees"),
        pytest.param((130, 90, 65), SkinTone.BROWN, id="L 42, b 21, -21 degrees"),
        pytest.param((70, 45, 35), SkinTone.DARK, id="L 21, b 11, -69 degrees"),
    ],
)
def test_skin_is_classed_by_its_angle_whatever_lies_around_it(rgb, tone):
    assert tone_of(skin_angle(lit(rgb))) == tone
    assert skin_angle(lit(rgb)) == skin_angle(flat(rgb))


def test_the_angle_is_that_of_the_definition():
    lab = cv2.cvtColor(flat((205, 160, 125)).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[0, 0]
    expected = np.degrees(np.arctan2(lab[0] - 50, lab[2]))
    assert abs(skin_angle(flat((205, 160, 125))) - expected) < 2  # 8-bit CIELAB


@pytest.mark.parametrize(
    ("ita_deg", "tone"),
    [
        pytest.param(55.1, SkinTone.VERY_LIGHT, id="above 55"),
        pytest.param(55.0, SkinTone.LIGHT, id="55 is light"),
        pytest.param(41.0, SkinTone.INTERMEDIATE, id="41 is intermediate"),
        pytest.param(28.0, SkinTone.TAN, id="28 is tan"),
        pytest.param(10.0, SkinTone.BROWN, id="10 is brown"),
        pytest.param(-30.0, SkinTone.DARK, id="-30 is dark"),
        pytest.param(-90.0, SkinTone.DARK, id="the lowest angle"),
    ],
)
def test_classes_begin_above_their_limit(ita_deg, tone):
    assert tone_of(ita_deg) == tone


@pytest.mark.parametrize(
    "colour",
    [
        pytest.param(flat((128, 128, 128)), id="grey in three channels"),
        pytest.param(flat((131, 128, 127)), id="grey with the tint of a JPEG"),
        pytest.param(flat((60, 90, 200)), id="blue light: nothing is yellower than grey"),
        pytest.param(flat((0, 0, 0)), id="black"),
        pytest.param(flat((255, 255, 255)), id="burnt out"),
    ],
)
def test_there_is_no_angle_without_skin(colour):
    assert skin_angle(colour) is None


def test_a_grey_picture_is_measured_without_a_tone():
    grey = RAMP.astype(np.uint8)
    laplacian = cv2.Laplacian(grey, cv2.CV_64F)
    measures = face_measures(grey, None)
    assert measures == {
        "brightness": pytest.approx(grey.mean()),
        "contrast": pytest.approx(grey.std()),
        "sharpness": pytest.approx(laplacian.var()),
        "ita_deg": None,
        "skin_tone_ita": None,
    }
    assert set(measures) <= {column.name for column in FACES}


def test_a_colour_picture_is_measured_with_a_tone():
    measures = face_measures(flat((205, 160, 125))[..., 0], flat((205, 160, 125)))
    assert measures == {
        "brightness": 205.0,
        "contrast": 0.0,
        "sharpness": 0.0,
        "ita_deg": skin_angle(flat((205, 160, 125))),
        "skin_tone_ita": "intermediate",
    }


def test_a_blurred_picture_is_less_sharp_and_a_darker_one_less_bright():
    noise = np.random.default_rng(1).integers(0, 256, (48, 48), dtype=np.uint8)
    sharp, soft = face_measures(noise, None), face_measures(cv2.GaussianBlur(noise, (5, 5), 1), None)
    assert soft["sharpness"] < sharp["sharpness"] / 4
    assert face_measures(noise // 2, None)["brightness"] < sharp["brightness"] * 0.51

from pathlib import Path

import cv2
import numpy as np
import pytest

from bhab.config import load_params
from bhab.curation.findings import checks_of
from bhab.schema import Modality
from bhab.vision.quality import face_quality

LIMITS = load_params(Path(__file__).parents[3] / "params.yaml").quality
Y, X = np.mgrid[-1:1:48j, -1:1:48j]


def face(seed=1):
    """Return a sharp grey face: an ellipse with eyes and a mouth before a shaded wall, and a photograph's grain."""
    grey = np.where((X / 0.7) ** 2 + Y**2 < 0.9, 190 - 50 * X**2 - 40 * (Y > 0.6), 110 + 30 * X + 20 * Y)
    grey = np.where((np.abs(Y - 0.45) < 0.06) & (np.abs(X) < 0.3), 50, grey)
    grey = np.where((np.abs(np.abs(X) - 0.3) < 0.09) & (np.abs(Y + 0.2) < 0.07), 20, grey)
    return clipped(grey + np.random.default_rng(seed).normal(0, 4, (48, 48)))


def clipped(grey):
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def blurred(sigma, noise=0.0):
    soft = cv2.GaussianBlur(face().astype(np.float32), (0, 0), sigma)
    return clipped(soft + np.random.default_rng(2).normal(0, noise, (48, 48)))


def with_lines(grey, rows, level):
    return np.concatenate([np.full((rows, 48), level, np.uint8), grey[rows:]])


def enlarged(factor):
    small = cv2.resize(face(), (48 // factor, 48 // factor), interpolation=cv2.INTER_AREA)
    return small.repeat(factor, axis=0).repeat(factor, axis=1)


def watermarked():
    """Return a face under a line of upright strokes, three pixels apart, as letters of seven pixels are."""
    grey = face()
    grey[28:35, 2:46:3] = 255
    return grey


def flagged(grey):
    scores = face_quality(grey[np.newaxis])
    return {c.name for c in checks_of(Modality.FACES) if c.flags(scores[c.name], getattr(LIMITS, c.name).limit)[0]}


@pytest.mark.parametrize(
    ("grey", "checks"),
    [
        pytest.param(face(), set(), id="a clean face"),
        pytest.param(np.zeros((48, 48), np.uint8), {"image_flat", "image_dark", "image_low_contrast"}, id="black"),
        pytest.param(
            np.full((48, 48), 255, np.uint8), {"image_flat", "image_bright", "image_low_contrast"}, id="white"
        ),
        pytest.param(clipped(face() * 0.25), {"image_dark", "image_low_contrast"}, id="four times darker"),
        pytest.param(clipped(195 + face() * 0.3), {"image_bright", "image_low_contrast"}, id="burnt out"),
        pytest.param(clipped(100 + face() * 0.25), {"image_low_contrast"}, id="in fog"),
        pytest.param(blurred(1.6), {"image_blurred"}, id="out of focus"),
        pytest.param(blurred(1.6, noise=4.0), {"image_blurred"}, id="out of focus and noisy"),
        pytest.param(
            clipped(128 + (blurred(1.6) - 128.0) * 0.7), {"image_blurred"}, id="out of focus at less contrast"
        ),
        pytest.param(enlarged(2), {"image_pixelated"}, id="24 pixels made 48"),
        pytest.param(enlarged(3), {"image_pixelated"}, id="16 pixels made 48"),
        pytest.param(enlarged(4), {"image_pixelated"}, id="12 pixels made 48"),
        pytest.param(with_lines(face(), 5, 0), {"image_barred"}, id="a black bar of five lines"),
        pytest.param(with_lines(face(), 5, 255).T.copy(), {"image_barred"}, id="a white bar at the side"),
        pytest.param(with_lines(face(), 1, 0), set(), id="one black line is no bar"),
        pytest.param(watermarked(), {"image_overlaid_text"}, id="text across the face"),
    ],
)
def test_what_is_wrong_is_flagged_and_nothing_else(grey, checks):
    assert flagged(grey) == checks


def test_a_backdrop_of_one_grey_level_is_no_bar():
    grey = np.where((X / 0.7) ** 2 + Y**2 < 0.8, face(), 255).astype(np.uint8)
    assert "image_barred" not in flagged(grey)


def test_scores_do_not_depend_on_who_else_is_judged():
    faces = np.stack([face(seed) for seed in range(300)])
    together = face_quality(faces)
    alone = [face_quality(one[np.newaxis]) for one in faces[[0, 127, 128, 299]]]
    for name, scores in together.items():
        assert scores[[0, 127, 128, 299]].tolist() == [one[name][0] for one in alone]


def test_no_faces_have_no_scores():
    assert {name: len(s) for name, s in face_quality(np.empty((0, 48, 48), np.uint8)).items()} == {
        check.name: 0 for check in checks_of(Modality.FACES)
    }

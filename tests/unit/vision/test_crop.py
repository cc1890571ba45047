import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.vision.crop import crop
from bhab.vision.detect import Box

PICTURE = np.random.default_rng(1).integers(0, 256, (120, 160)).astype(np.uint8)


@given(st.integers(0, 112), st.integers(0, 72))
def test_a_box_of_48_pixels_is_cut_out_as_it_is(x, y):
    assert (crop(PICTURE, Box(x, y, 48, 48), 0.0) == PICTURE[y : y + 48, x : x + 48]).all()


@given(st.floats(-50, 200), st.floats(-50, 150), st.floats(0.5, 300), st.floats(0.5, 300), st.floats(0, 1))
def test_any_box_gives_a_face_of_levels_of_the_picture(x, y, width, height, margin):
    face = crop(np.clip(PICTURE, 40, 90), Box(x, y, width, height), margin)
    assert (face.shape, face.dtype) == ((48, 48), np.uint8)
    assert face.min() >= 40
    assert face.max() <= 90


def test_the_margin_is_a_share_of_the_side_around_it():
    assert (crop(PICTURE, Box(50, 40, 40, 40), 0.2) == PICTURE[36:84, 46:94]).all()


def test_a_box_that_is_no_square_is_cut_out_as_one():
    assert (crop(PICTURE, Box(50, 40, 48, 40), 0.0) == PICTURE[36:84, 50:98]).all()


@pytest.mark.parametrize("side", [20, 48, 100])
def test_beyond_the_picture_its_edge_goes_on(side):
    left = np.zeros((100, 100), np.uint8)
    left[:, 0] = 200
    assert (crop(left, Box(-150, 0, side, side), 0.0) == 200).all()

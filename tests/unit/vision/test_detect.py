import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_parts import PARAMS, drawn, scene

from bhab.config import load_params
from bhab.errors import TableError
from bhab.schema import Emotion
from bhab.vision.detect import Box, cascade, detector_of, find_faces

LIVE = load_params(PARAMS).live


def test_drawn_faces_are_found_where_they_are():
    places = [(20, 100, 160), (240, 40, 120), (400, 180, 220)]
    names = zip("abc", (Emotion.HAPPY, Emotion.SAD, Emotion.NEUTRAL), places, strict=True)
    picture = scene(*[(drawn(name, emotion), *place) for name, emotion, place in names])
    found = find_faces(picture, cascade(LIVE), LIVE.frame_px, LIVE.max_faces)
    wanted = sorted(places, key=lambda place: -place[2])
    assert len(found) == len(wanted)
    for box, (x, y, side) in zip(found, wanted, strict=True):
        middle = (box.x + box.width / 2, box.y + box.height / 2)
        assert np.hypot(middle[0] - x - side / 2, middle[1] - y - side / 2) < 0.1 * side
        assert 0.7 * side < box.width < 1.2 * side


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.full((480, 640), 110, np.uint8), id="an even grey"),
        pytest.param(np.full((1, 1), 110, np.uint8), id="one pixel"),
        pytest.param(np.tile(np.arange(200, dtype=np.uint8), (100, 1)), id="a ramp"),
    ],
)
def test_no_face_is_no_box(picture):
    assert find_faces(picture, cascade(LIVE), LIVE.frame_px, LIVE.max_faces) == []


@given(
    st.tuples(st.integers(8, 900), st.integers(8, 900)),
    st.tuples(*[st.floats(0, 0.5)] * 2, *[st.floats(0.1, 0.5)] * 2),
)
def test_boxes_come_back_in_pixels_of_the_picture(size, share):
    height, width = size

    def detector(seen):
        assert max(seen.shape) <= 320
        return [Box(*(part * side for part, side in zip(share, [*seen.shape[::-1]] * 2, strict=True)))]

    (box,) = find_faces(np.zeros(size, np.uint8), detector, 320, 1)
    wanted = [part * side for part, side in zip(share, [width, height] * 2, strict=True)]
    assert [box.x, box.y, box.width, box.height] == pytest.approx(wanted)


def test_the_largest_come_first_and_no_more_than_asked_for():
    boxes = [Box(50, 0, 10, 10), Box(0, 0, 10, 10), Box(0, 0, 5, 5), Box(0, 0, 20, 20)]
    found = find_faces(np.zeros((100, 100), np.uint8), lambda _: boxes, 320, 3)
    assert found == [boxes[3], boxes[1], boxes[0]]


def test_a_yunet_that_is_not_there_is_an_error(tmp_path, capfd):
    with pytest.raises(TableError, match=r"none\.onnx: .*expected the ONNX file of YuNet"):
        detector_of(LIVE.model_copy(update={"yunet": str(tmp_path / "none.onnx")}))
    capfd.readouterr()  # OpenCV prints as well

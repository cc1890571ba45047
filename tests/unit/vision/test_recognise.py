import numpy as np
import pytest
from live_parts import drawn, model, plain

from bhab.errors import LabelMapError, TableError
from bhab.schema import EMOTIONS, Emotion
from bhab.vision.recognise import load_recogniser


@pytest.fixture
def made(tmp_path):
    (tmp_path / "made.onnx").write_bytes(model())
    return load_recogniser(tmp_path / "made.onnx", "made")


def test_probabilities_are_in_the_order_of_the_names(made):
    chances = made.ask(np.stack([plain(emotion) for emotion in Emotion]))
    assert [EMOTIONS[place] for place in chances.argmax(axis=1)] == list(EMOTIONS)
    assert made.name == "made"


def test_probabilities_sum_to_one_and_do_not_depend_on_the_others(made):
    faces = np.stack([drawn(name) for name in "abcd"])
    together = made.ask(faces)
    assert together.sum(axis=1) == pytest.approx(np.ones(4))
    assert together == pytest.approx(np.concatenate([made.ask(face[np.newaxis]) for face in faces]))


def test_no_faces_are_no_rows(made):
    assert made.ask(np.zeros((0, 48, 48), np.uint8)).shape == (0, 7)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        pytest.param(None, TableError, "no such file; `dvc repro publish` writes", id="no file"),
        pytest.param(b"nothing", TableError, "not a model in ONNX", id="not ONNX"),
        pytest.param(model(EMOTIONS[::-1]), LabelMapError, "class names .'surprise', 'sad'", id="another order"),
        pytest.param(model(EMOTIONS[:6]), LabelMapError, "class names", id="six emotions"),
        pytest.param(
            model(shape=(3, 48, 48)),
            TableError,
            r"inputs \{'faces': \[3, 48, 48\]\}, expected faces of \[1, 48, 48\]",
            id="a model of colour",
        ),
    ],
)
def test_what_is_no_model_of_ours_is_refused(tmp_path, content, error, message):
    if content is not None:
        (tmp_path / "made.onnx").write_bytes(content)
    with pytest.raises(error, match=message):
        load_recogniser(tmp_path / "made.onnx", "made")

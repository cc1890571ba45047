import numpy as np
import onnx
import pytest
import torch

from bhab.fairness.intervals import Figure
from bhab.models.fer import FER
from bhab.schema import EMOTIONS, Split
from bhab.training.compress import Judged, ask_onnx, judge, left_float, to_int8
from bhab.training.export import to_onnx
from bhab.training.faces import faces_of, labelled
from bhab.training.fer import ask
from bhab.training.seed import repeatable


@pytest.mark.parametrize(
    ("name", "left"),
    [
        pytest.param("light_cnn", {}, id="light_cnn"),
        pytest.param("best_fer", {"GRU": 1}, id="best_fer"),
        pytest.param("bhab_net", {}, id="bhab_net"),
        pytest.param("rnn", {"GRU": 2}, id="rnn"),
    ],
)
def test_int8_is_smaller_and_says_much_the_same_to_the_same_bytes(name, left, recipe, corpus):
    repeatable(1, 1)
    model = FER[name](recipe(width=0.5)).eval()
    faces = faces_of(corpus.faces, labelled(corpus.splits, Split.TRAIN)).images
    whole = to_onnx(model, EMOTIONS)
    small = to_int8(whole, faces)
    assert (to_int8(whole, faces), left_float(small)) == (small, left)
    assert len(small) < (0.4 if not left else 1.1) * len(whole)
    assert {p.key: p.value for p in onnx.load_from_string(small).metadata_props} == {"emotions": ",".join(EMOTIONS)}
    said, expected = ask_onnx(small, faces), ask(model, faces).numpy()
    assert np.abs(ask_onnx(whole, faces) - expected).max() < 1e-4
    assert 0 < np.abs(said - expected).max() < 0.2 * np.ptp(expected)


def test_no_faces_get_no_answers():
    assert ask_onnx(to_onnx(torch.nn.Flatten(), EMOTIONS), torch.zeros(0, 48, 48, dtype=torch.uint8)).shape == (0, 7)


def places(text):
    return np.array([int(digit) for digit in text], dtype=np.int64)


@pytest.mark.parametrize(
    ("said", "whole", "figures"),
    [
        pytest.param("0123", "0123", (1.0, 0.0, 1.0), id="the same, all right"),
        pytest.param("0120", "0123", (0.75, 0.25, 0.75), id="one lost"),
        pytest.param("0123", "0120", (1.0, -0.25, 0.75), id="one won"),
        pytest.param("0121", "0120", (0.75, 0.0, 0.75), id="wrong in another way"),
    ],
)
def test_a_variant_is_judged_beside_the_whole_model(said, whole, figures, evaluate_config):
    group = np.array(["a", "b", "c", "d"])
    found = judge(places(said), places(whole), places("0123"), group, evaluate_config)
    assert (found.n, found.accuracy.value, found.lost.value, found.same.value) == (4, *figures)
    assert found.lost.low <= found.lost.value <= found.lost.high
    assert (found.lost.low < found.lost.high) == (figures[1] != 0)


def test_the_faces_of_one_person_are_drawn_together(evaluate_config):
    said, whole = places("0" * 20), places("0" * 10 + "1" * 10)
    one, many = (
        judge(said, whole, whole, np.array([str(i // each) for i in range(20)]), evaluate_config).lost
        for each in (10, 1)
    )
    assert (one.value, one.low, one.high) == (0.5, 0.0, 1.0)
    assert 0 < many.low < many.high < 1


def test_no_faces_have_no_figures(evaluate_config):
    none = places("")
    assert judge(none, none, none, np.array([], dtype=np.str_), evaluate_config) == Judged(0)
    assert Judged(0).accuracy is None
    assert Figure(0.0, 0.0, 0.0, 0) != Judged(0).lost

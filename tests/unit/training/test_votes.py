import numpy as np
import pytest

from bhab.training.votes import by_agreement

ALL, MOST, MORE, HALF, ANY = "all agree", "four in five or more", "more than half", "half or fewer", "any majority"


def votes(first, second=0, outside=0):
    """Votes for angry, for disgust, and outside the seven."""
    return [first, second, 0, 0, 0, 0, 0, outside]


@pytest.mark.parametrize(
    ("face", "bands"),
    [
        pytest.param(votes(10), {ALL, ANY}, id="ten of ten"),
        pytest.param(votes(9, 1), {MOST, ANY}, id="nine"),
        pytest.param(votes(8, 0, 2), {MOST, ANY}, id="eight, two for no emotion of ours"),
        pytest.param(votes(7, 3), {MORE, ANY}, id="seven"),
        pytest.param(votes(6, 4), {MORE, ANY}, id="six"),
        pytest.param(votes(5, 5), {HALF}, id="five of ten are no majority"),
        pytest.param(votes(0, 0, 10), {HALF}, id="not a face"),
        pytest.param(votes(2, 1), {MORE, ANY}, id="two of three"),
        pytest.param(votes(0), set(), id="no votes, beside a face with some"),
    ],
)
def test_a_face_is_in_the_band_of_its_votes(face, bands, answers_of, evaluate_config):
    answers = answers_of(np.zeros(2, dtype=np.int64), np.eye(7)[[0, 0]])
    found = by_agreement({"m": answers}, np.array([face, votes(3, 3)]), evaluate_config)
    assert [band.agreement for band in found] == [ALL, MOST, MORE, HALF, ANY]
    assert {band.agreement for band in found if band.n - (band.agreement == HALF)} == bands


def test_label_and_majority_are_two_truths(answers_of, evaluate_config):
    answers = answers_of(np.array([0, 0, 1, 1]), np.eye(7)[[0, 1, 1, 0]])
    found = by_agreement({"m": answers}, np.array([votes(10), votes(0, 10), votes(10), votes(10)]), evaluate_config)[0]
    figures = found.label, found.models["m"]["by_label"], found.models["m"]["by_majority"]
    assert (found.n, [figure.value for figure in figures]) == (4, [0.25, 0.5, 0.75])


def test_without_a_majority_only_the_label_is_a_truth(answers_of, evaluate_config):
    answers = answers_of(np.array([0, 1]), np.eye(7)[[0, 0]])
    half = by_agreement({"m": answers}, np.array([votes(4, 4), votes(3, 3)]), evaluate_config)[3]
    assert (half.n, half.label, half.models["m"]["by_majority"]) == (2, None, None)
    assert half.models["m"]["by_label"].value == 0.5


def test_a_corpus_without_votes_has_no_bands(answers_of, evaluate_config):
    answers = answers_of(np.array([0]), np.eye(7)[[0]])
    assert by_agreement({"m": answers}, np.zeros((1, 8), dtype=np.int64), evaluate_config) == []
    assert by_agreement({}, np.zeros((0, 8), dtype=np.int64), evaluate_config) == []

from contextlib import nullcontext

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_recall_fscore_support

from bhab.fairness.intervals import wilson
from bhab.schema import EMOTIONS
from bhab.training.scores import (
    Bin,
    Score,
    balanced_accuracy,
    calibration,
    confusion,
    expected_calibration_error,
    macro_f1,
    per_emotion,
    score,
)


def drawn(n, classes=7):
    rng = np.random.default_rng(n)
    truth = rng.integers(0, classes, n)
    logits = rng.normal(0, 1, (n, 7)) + 1.5 * np.eye(7)[truth]
    return truth, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("n", "classes"),
    [pytest.param(200, 7, id="all emotions"), pytest.param(40, 3, id="emotions without a face")],
)
def test_figures_are_those_of_scikit_learn(n, classes):
    truth, probabilities = drawn(n, classes)
    predicted = probabilities.argmax(axis=1)
    counts = confusion(truth, predicted)
    assert macro_f1(counts) == pytest.approx(f1_score(truth, predicted, average="macro"))
    with pytest.warns(UserWarning, match="y_pred contains classes not in y_true") if classes < 7 else nullcontext():
        assert balanced_accuracy(counts) == pytest.approx(balanced_accuracy_score(truth, predicted))
    theirs = precision_recall_fscore_support(truth, predicted, labels=range(7), zero_division=0)
    ours = [(row.precision, row.recall, row.f1, row.support) for row in per_emotion(counts)]
    np.testing.assert_allclose(ours, np.transpose(theirs))
    assert [row.emotion for row in per_emotion(counts)] == list(EMOTIONS)


def test_a_confusion_matrix_has_the_truth_in_its_rows():
    counts = confusion(np.array([0, 0, 3]), np.array([0, 3, 3]))
    assert counts.shape == (7, 7)
    assert {(int(r), int(c)): int(counts[r, c]) for r, c in np.argwhere(counts)} == {(0, 0): 1, (0, 3): 1, (3, 3): 1}


def test_a_score_carries_intervals_and_its_count(evaluate_config):
    truth, probabilities = drawn(300)
    found = score(truth, probabilities, evaluate_config)
    hits = int((probabilities.argmax(axis=1) == truth).sum())
    assert found.accuracy == wilson(hits, 300)
    for figure in found.balanced_accuracy, found.macro_f1:
        assert figure.low < figure.value < figure.high
        assert figure.n == 300
    assert found == score(truth, probabilities, evaluate_config)


def test_no_faces_have_no_score(evaluate_config):
    none = np.zeros(0, dtype=np.intp)
    assert score(none, np.zeros((0, 7)), evaluate_config) == Score(0, None, None, None, None)


def confident(confidence, n, right):
    rest = (1 - confidence) / 6
    rows = np.full((n, 7), rest)
    rows[:, 0] = confidence
    truth = np.where(np.arange(n) < right, 0, 1)
    return truth, rows


@pytest.mark.parametrize(
    ("confidence", "n", "right", "ece"),
    [
        pytest.param(0.75, 4, 3, 0.0, id="as sure as right"),
        pytest.param(0.9, 4, 2, 0.4, id="too sure"),
        pytest.param(1.0, 2, 2, 0.0, id="certain falls in the last bin"),
    ],
)
def test_calibration_error_is_the_distance_of_confidence_and_accuracy(confidence, n, right, ece):
    truth, probabilities = confident(confidence, n, right)
    bins = calibration(truth, probabilities)
    assert bins == [Bin(n, pytest.approx(confidence), right / n)]
    assert expected_calibration_error(bins) == pytest.approx(ece)

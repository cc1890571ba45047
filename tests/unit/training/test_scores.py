from contextlib import nullcontext

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss, precision_recall_fscore_support

from bhab.fairness.grouped import resampled
from bhab.fairness.intervals import Figure, wilson
from bhab.schema import EMOTIONS
from bhab.training.scores import Score, averages, confusion, judge, share, share_of


def drawn(n, classes=7):
    rng = np.random.default_rng(n)
    truth = rng.integers(0, classes, n)
    logits = rng.normal(0, 1, (n, 7)) + 1.5 * np.eye(7)[truth]
    return truth, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("n", "classes"),
    [pytest.param(200, 7, id="all emotions"), pytest.param(40, 3, id="emotions without a face")],
)
def test_figures_are_those_of_scikit_learn(n, classes, answers_of, evaluate_config):
    truth, probabilities = drawn(n, classes)
    predicted = probabilities.argmax(axis=1)
    score, per_class = judge(answers_of(truth, probabilities), evaluate_config)
    macro, weighted = (
        precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)[:3]
        for kind in ("macro", "weighted")
    )
    with pytest.warns(UserWarning, match="y_pred contains classes not in y_true") if classes < 7 else nullcontext():
        assert score.balanced_accuracy.value == pytest.approx(balanced_accuracy_score(truth, predicted))
    assert (score.macro_precision.value, score.macro_f1.value) == pytest.approx((macro[0], macro[2]))
    ours = (score.weighted_precision.value, score.accuracy.value, score.weighted_f1.value)
    assert ours == pytest.approx(weighted)
    assert score.nll.value == pytest.approx(log_loss(truth, probabilities, labels=range(7)), abs=1e-6)
    squares = np.square(probabilities - np.eye(7)[truth]).sum(axis=1)
    assert score.brier.value == pytest.approx(squares.mean(), abs=1e-6)
    theirs = precision_recall_fscore_support(truth, predicted, labels=range(7), zero_division=0)
    rows = [(row.precision.value, row.recall.value, row.f1.value, row.support) for row in per_class]
    np.testing.assert_allclose(rows, np.transpose(theirs))
    assert [row.emotion for row in per_class] == list(EMOTIONS)
    told = [probabilities.max(axis=1)[predicted == place] for place in range(7)]
    assert [row.confidence for row in per_class] == [float(own.mean()) if len(own) else None for own in told]


def test_a_confusion_matrix_has_the_truth_in_its_rows():
    counts = confusion(np.array([0, 0, 3]), np.array([0, 3, 3]))
    assert counts.shape == (7, 7)
    assert {(int(r), int(c)): int(counts[r, c]) for r, c in np.argwhere(counts)} == {(0, 0): 1, (0, 3): 1, (3, 3): 1}


def test_every_figure_lies_in_its_interval_and_comes_out_again(answers_of, evaluate_config):
    answers = answers_of(*drawn(300))
    score, per_class = judge(answers, evaluate_config)
    over_all = [getattr(score, name) for name in Score.__slots__]
    figures = [f for f in over_all if isinstance(f, Figure)]
    assert (len(figures), {f.n for f in figures}) == (10, {300})
    of_emotions = [f for row in per_class for f in (row.recall, row.precision, row.f1)]
    assert [f for f in figures + of_emotions if not f.low < f.value < f.high] == []
    assert (score, per_class) == judge(answers, evaluate_config)


def test_copies_of_a_face_add_nothing_to_what_is_known(answers_of, evaluate_config):
    truth, probabilities = drawn(60)
    names = [f"{i:02}" for i in range(60)]
    alone = judge(answers_of(truth, probabilities, names), evaluate_config)[0]
    fivefold = answers_of(np.repeat(truth, 5), np.repeat(probabilities, 5, axis=0), np.repeat(names, 5))
    copied = judge(fivefold, evaluate_config)[0]
    assert (copied.n, copied.groups) == (300, 60)
    for name in ("macro_f1", "nll", "ece", "weighted_precision"):
        one, other = getattr(alone, name), getattr(copied, name)
        assert (one.low, one.high) == pytest.approx((other.low, other.high))
    assert copied.accuracy.low <= alone.accuracy.low + 0.02


def test_one_product_gives_what_a_loop_over_resamples_gives(answers_of, evaluate_config):
    truth, probabilities = drawn(80)
    group = np.array([f"{i // 3:02}" for i in range(80)])
    found = judge(answers_of(truth, probabilities, group), evaluate_config)[0].macro_f1
    predicted, rng, values = probabilities.argmax(axis=1), np.random.default_rng(evaluate_config.seed), []
    names = np.unique(group)
    for _ in range(evaluate_config.resamples):
        picked = names[rng.integers(0, len(names), len(names))]
        rows = np.concatenate([np.flatnonzero(group == name) for name in picked])
        values.append(float(averages(confusion(truth[rows], predicted[rows]))["macro_f1"]))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))


def test_resamples_come_in_blocks_of_bounded_size(monkeypatch):
    tables = np.arange(30.0).reshape(10, 3)
    whole = resampled(tables, 7, np.random.default_rng(1))
    monkeypatch.setattr("bhab.fairness.grouped.BLOCK", 20)
    assert np.array_equal(resampled(tables, 7, np.random.default_rng(1)), whole)


@pytest.mark.parametrize(
    ("hits", "n", "draws", "low", "high"),
    [
        pytest.param(9, 9, [1.0, 1.0], wilson(9, 9).low, 1.0, id="all right: draws say nothing, Wilson's is taken"),
        pytest.param(50, 100, [0.2, 0.8], 0.215, 0.785, id="groups alike inside: draws go further"),
        pytest.param(50, 100, [0.5, 0.5], wilson(50, 100).low, wilson(50, 100).high, id="draws too close"),
        pytest.param(0, 0, [], 0.0, 1.0, id="no rows"),
        pytest.param(1, 2, [np.nan, 0.0, 1.0], 0.025, 0.975, id="a draw without a row has no value"),
    ],
)
def test_a_share_has_the_wider_of_two_intervals(hits, n, draws, low, high):
    found = share(hits, n, np.array(draws))
    assert (found.low, found.high) == pytest.approx((min(low, wilson(hits, n).low), max(high, wilson(hits, n).high)))


def test_what_is_never_said_or_never_there_has_no_score(answers_of, evaluate_config):
    truth = np.array([0, 0, 1, 1, 2])
    probabilities = np.eye(7)[[0, 0, 0, 3, 0]] * 0.94 + 0.01
    rows = judge(answers_of(truth, probabilities), evaluate_config)[1]
    nothing = Figure(0.0, 0.0, 1.0, 0)
    assert [row.recall == nothing for row in rows] == [False, False, False, True, True, True, True]
    assert [row.precision == nothing for row in rows] == [False, True, True, False, True, True, True]
    assert [row.f1 == nothing for row in rows] == [False, False, False, False, True, True, True]


def test_no_faces_have_no_score(answers_of, evaluate_config):
    none = answers_of(np.zeros(0, dtype=np.int64), np.zeros((0, 7)))
    assert judge(none, evaluate_config) == (Score(0, 0), [])
    assert share_of(none.right, none.group, evaluate_config) == wilson(0, 0)

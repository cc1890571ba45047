"""Wrong labels come first: on small problems with known noise, and by law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bhab.curation.label_issues import score_labels, score_with_reviews
from bhab.curation.labels import NONE
from bhab.schema import EMOTIONS

CLASSES = len(EMOTIONS)
UNSEEN = -1


def noisy(n, *, sure, swapped, seed=0):
    """Return (probabilities, labels, wrong): a model as `sure` of the true class, a share `swapped` of wrong labels."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, CLASSES, n)
    logits = rng.normal(0, 1, (n, CLASSES))
    logits[np.arange(n), true] += sure
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = rng.random(n) < swapped
    return probabilities, np.where(wrong, (true + rng.integers(1, CLASSES, n)) % CLASSES, true), wrong


def careless(n, *, share, seed=0):
    """Return (probabilities, labels, wrong) where emotion 2 alone was given without care: `share` of it is wrong."""
    probabilities, labels, _ = noisy(n, sure=2.5, swapped=0, seed=seed)
    rng = np.random.default_rng(seed + 1)
    wrong = rng.random(n) < share / (share + (1 - share) * (CLASSES - 1))
    wrong &= labels != 2
    labels = np.where(wrong, 2, labels)
    spread = wrong[:, None] * np.eye(CLASSES)[2] * 0.3  # models trained on such labels half believe them
    probabilities = probabilities + spread
    return probabilities / probabilities.sum(axis=1, keepdims=True), labels, wrong


def share_of_pairs(score, wrong):
    """Return the share of pairs of a wrong and a right label in which the wrong one has the higher score: ROC-AUC."""
    return float((score[wrong][:, None] > score[~wrong]).mean())


@pytest.mark.parametrize(
    ("problem", "least"),
    [
        pytest.param(noisy(700, sure=8, swapped=0.1), 0.999, id="classes far apart, one label in ten wrong"),
        pytest.param(noisy(700, sure=8, swapped=0.01), 0.999, id="classes far apart, one label in a hundred wrong"),
        pytest.param(noisy(700, sure=3, swapped=0.2), 0.93, id="classes that overlap"),
        pytest.param(careless(2000, share=0.6), 0.95, id="one emotion was given without care"),
    ],
)
def test_wrong_labels_come_first(problem, least):
    probabilities, labels, wrong = problem
    assert share_of_pairs(score_labels(probabilities, labels), wrong) > least


def test_a_careless_emotion_is_found_better_than_by_the_probability_of_the_label_alone():
    probabilities, labels, wrong = careless(2000, share=0.6)
    alone = 1 - probabilities[np.arange(len(labels)), labels]
    assert share_of_pairs(score_labels(probabilities, labels), wrong) > share_of_pairs(alone, wrong) + 0.02


def test_the_threshold_of_one_half_tells_wrong_from_right_where_classes_are_far_apart():
    probabilities, labels, wrong = noisy(700, sure=8, swapped=0.1)
    assert np.array_equal(score_labels(probabilities, labels) > 0.5, wrong)


rows = st.lists(
    st.tuples(st.integers(NONE, CLASSES - 1), st.lists(st.integers(0, 20), min_size=CLASSES, max_size=CLASSES)),
    max_size=12,
)


def arrays(drawn):
    """Return probabilities, exact zeros and ones among them, and labels."""
    counts = np.array([weights for _, weights in drawn], dtype=np.float64).reshape(len(drawn), CLASSES)
    counts[counts.sum(axis=1) == 0] = 1
    return counts / counts.sum(axis=1, keepdims=True), np.array([label for label, _ in drawn], dtype=np.int64)


@given(rows)
def test_every_label_has_a_score_between_0_and_1_and_no_other_row_has_one(drawn):
    probabilities, labels = arrays(drawn)
    score = score_labels(probabilities, labels)
    assert np.array_equal(np.isnan(score), labels == NONE)
    known = score[labels != NONE]
    assert ((known >= 0) & (known <= 1)).all()


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(drawn, random):
    order = list(range(len(drawn)))
    random.shuffle(order)
    probabilities, labels = arrays(drawn)
    order = np.array(order, dtype=np.int64)
    np.testing.assert_allclose(
        score_labels(probabilities[order], labels[order]), score_labels(probabilities, labels)[order], rtol=1e-9
    )


def more_suspicious(score, labels, row):
    """Return how many rows with the label of `row` score at least as high."""
    return int((score[labels == labels[row]] >= score[row]).sum())


@given(rows.filter(len), st.data())
def test_a_more_probable_label_never_comes_earlier_among_those_of_its_emotion(drawn, data):
    probabilities, labels = arrays(drawn)
    row = data.draw(st.integers(0, len(labels) - 1))
    gain = data.draw(st.floats(0, 1))
    better = probabilities.copy()
    better[row] *= 1 - gain
    better[row, labels[row]] += gain
    if labels[row] != NONE:
        after = more_suspicious(score_labels(better, labels), labels, row)
        assert after >= more_suspicious(score_labels(probabilities, labels), labels, row)


@pytest.mark.parametrize("swapped", [0.05, 0.1, 0.3])
def test_the_mean_score_is_the_share_of_wrong_labels(swapped):
    probabilities, labels, wrong = noisy(3000, sure=6, swapped=swapped)
    assert score_labels(probabilities, labels).mean() == pytest.approx(wrong.mean(), abs=0.03)


@given(rows)
def test_unlabelled_rows_change_no_score(drawn):
    probabilities, labels = arrays(drawn)
    known = labels != NONE
    np.testing.assert_array_equal(
        score_labels(probabilities, labels)[known], score_labels(probabilities[known], labels[known])
    )


def reviews_of(wrong, share, seed=0):
    seen = np.random.default_rng(seed).random(len(wrong)) < share
    return np.where(seen, wrong, UNSEEN).astype(np.int8), seen


def test_reviews_improve_the_rows_nobody_looked_at():
    probabilities, labels, wrong = careless(3000, share=0.6)
    reviewed, seen = reviews_of(wrong, 0.2)
    learned = score_with_reviews(probabilities, labels, reviewed)[~seen]
    before = score_labels(probabilities, labels)[~seen]
    assert share_of_pairs(learned, wrong[~seen]) > share_of_pairs(before, wrong[~seen])


@pytest.mark.parametrize(
    "reviewed",
    [
        pytest.param(np.full(700, UNSEEN), id="nobody looked"),
        pytest.param(np.where(np.arange(700) < 300, 0, UNSEEN), id="all that were looked at are right"),
        pytest.param(np.where(np.arange(700) < 300, 1, UNSEEN), id="all that were looked at are wrong"),
        pytest.param(np.where(np.arange(700) < 10, np.arange(700) % 2, UNSEEN), id="few were looked at"),
    ],
)
def test_reviews_that_teach_nothing_leave_the_scores_as_they_are(reviewed):
    probabilities, labels, _ = noisy(700, sure=3, swapped=0.2)
    np.testing.assert_array_equal(
        score_with_reviews(probabilities, labels, reviewed.astype(np.int8)), score_labels(probabilities, labels)
    )


def test_with_reviews_too_an_unlabelled_row_has_no_score():
    probabilities, labels, wrong = noisy(700, sure=3, swapped=0.2)
    labels[:50] = NONE
    score = score_with_reviews(probabilities, labels, wrong.astype(np.int8))
    assert np.array_equal(np.isnan(score), labels == NONE)
    assert ((score[50:] >= 0) & (score[50:] <= 1)).all()


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_with_reviews_too_the_order_of_rows_does_not_matter(random):
    probabilities, labels, wrong = noisy(300, sure=3, swapped=0.3)
    reviewed, _ = reviews_of(wrong, 0.5)
    order = list(range(300))
    random.shuffle(order)
    np.testing.assert_allclose(
        score_with_reviews(probabilities[order], labels[order], reviewed[order]),
        score_with_reviews(probabilities, labels, reviewed)[order],
        atol=1e-6,
    )

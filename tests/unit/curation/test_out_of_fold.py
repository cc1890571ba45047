import numpy as np
import pytest

from bhab.config import ProbeConfig
from bhab.curation.out_of_fold import look_wrong, predict_out_of_fold, vote_out_of_fold
from bhab.schema import EMOTIONS, Modality

CONFIG = ProbeConfig(
    seed=1, threads=1, folds=dict.fromkeys(Modality, 3), salt="test", epochs=1, networks=1, processes=1
)
N = 180
FOLDS = np.arange(N) // 3 % 3


def corpus(classes=3):
    """Rows around one point for each emotion."""
    labels = np.arange(N) % classes
    noise = np.random.default_rng(1).normal(0, 0.3, (N, classes))
    return np.eye(classes)[labels] * 2 + noise, labels


def predicted(matrix, labels, folds=FOLDS):
    return predict_out_of_fold(lambda seen: matrix, labels, folds, 1.0, CONFIG)


def test_a_fold_is_predicted_without_its_own_labels():
    matrix, labels = corpus()
    changed = np.where(FOLDS == 1, (labels + 1) % 3, labels)
    before, after = predicted(matrix, labels), predicted(matrix, changed)
    assert before[FOLDS == 1].tolist() == after[FOLDS == 1].tolist()
    assert before[FOLDS == 0].tolist() != after[FOLDS == 0].tolist()


def test_features_are_made_without_the_rows_of_the_fold():
    matrix, labels = corpus()
    asked = []
    predict_out_of_fold(lambda seen: asked.append(seen) or matrix, labels, FOLDS, 1.0, CONFIG)
    assert [seen.tolist() for seen in asked] == [(fold != FOLDS).tolist() for fold in range(3)]


def test_what_can_be_told_is_told_and_rows_sum_to_one():
    matrix, labels = corpus()
    found = predicted(matrix, labels)
    assert (found.argmax(axis=1) == labels).mean() > 0.98
    assert np.allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("wrong", "left_out"),
    [
        pytest.param([], [], id="none is wrong"),
        pytest.param([1, 40], [1, 40], id="fewer than may be left out"),
        pytest.param([1, 5, 11, 19, 22, 27, 40, 48, 58, 66], None, id="more than that"),
    ],
)
def test_wrong_labels_are_left_out_before_learning_but_never_many(wrong, left_out):
    matrix, labels = corpus()
    labels[list(wrong)] = (labels[list(wrong)] + 1) % 3
    known = FOLDS < 2
    found = np.flatnonzero(look_wrong(matrix, labels, FOLDS, known, 10.0)).tolist()
    assert len(found) <= 0.03 * known.sum()
    assert found == left_out if left_out is not None else set(found) <= set(wrong)


@pytest.mark.parametrize(
    ("labels", "folds", "expected"),
    [
        pytest.param(np.full(6, -1), np.arange(6) % 2, [1 / 7] * 7, id="no row has a label"),
        pytest.param(np.full(6, 2), np.arange(6) % 2, [0, 0, 1, 0, 0, 0, 0], id="all have the same"),
        pytest.param(np.arange(6), np.zeros(6, np.int64), [1 / 7] * 7, id="one fold, so nothing to learn from"),
    ],
)
def test_where_nothing_can_be_learned(labels, folds, expected):
    assert predicted(np.eye(6), labels, folds).tolist() == [expected] * 6


def test_an_emotion_that_no_other_fold_has_gets_nothing():
    matrix, labels = corpus()
    labels[FOLDS == 2] = 2
    labels[FOLDS != 2] %= 2
    assert predicted(matrix, labels)[FOLDS == 2, 2].max() == 0


def test_no_row_at_all():
    none = np.zeros(0, np.int64)
    assert predicted(np.zeros((0, 3)), none, none).shape == (0, len(EMOTIONS))


def on_circle(*degrees):
    """Rows of length 1."""
    angle = np.deg2rad(degrees)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def voted(matrix, labels, folds):
    from scipy.sparse import csr_matrix

    return vote_out_of_fold(lambda seen: csr_matrix(matrix), np.array(labels), np.array(folds))


def test_the_nearest_rows_of_other_folds_vote():
    matrix = on_circle(0, 1, 2, 3, 4, 5, 90, 91, 92, 93, 94, 95)
    found = voted(matrix, [0] * 6 + [1] * 6, [0, 1] * 6)
    assert found.argmax(axis=1).tolist() == [0] * 6 + [1] * 6
    assert np.allclose(found.sum(axis=1), 1)


def test_a_row_among_both_labels_is_given_both():
    matrix = on_circle(0, 1, 2, -1, -2, 90)
    found = voted(matrix, [0, 0, 1, 1, 0, 1], [0, 1, 1, 1, 1, 1])  # five rows vote, of each label as much
    assert found[0, 0] == pytest.approx(found[0, 1])


def test_a_rare_label_weighs_more():
    matrix = on_circle(0, *([1] * 4), 1)
    found = voted(matrix, [-1, 0, 0, 0, 0, 1], [0, 1, 1, 1, 1, 1])
    assert found[0, 1] == pytest.approx(found[0, 0])


def test_all_rows_as_near_as_the_last_that_votes_vote():
    matrix = on_circle(0, *([1] * 14))
    found = voted(matrix, [-1, *([0] * 7), *([1] * 7)], [0] + [1] * 14)
    assert found[0, 0] == pytest.approx(found[0, 1])


@pytest.mark.parametrize(
    ("labels", "folds"),
    [
        pytest.param([-1] * 4, [0, 1, 0, 1], id="no row has a label"),
        pytest.param([0, 1, 2, 3], [0, 0, 0, 0], id="one fold"),
    ],
)
def test_where_nobody_can_vote_all_emotions_get_the_same(labels, folds):
    assert voted(on_circle(0, 30, 60, 90), labels, folds).tolist() == [[1 / 7] * 7] * 4


def test_rows_without_any_feature_are_given_what_the_others_have_on_balance():
    assert voted(np.zeros((6, 2)), [0, 0, 0, 1, 1, 1], [0, 1] * 3)[:, :2] == pytest.approx(0.4, abs=0.1)

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bhab.fairness.grouped import f1_difference, macro_f1

LABELS = np.array([0, 0, 1, 1, 2, 2, 2, 0])
GUESSED = np.array([0, 1, 1, 1, 2, 0, 2, 0])
GROUP = np.array(list("aabbccdd"))


def rng():
    return np.random.default_rng(1)


def test_macro_f1_is_that_of_scikit_learn():
    found = macro_f1(LABELS, GUESSED, GROUP, 200, rng())
    assert found.value == pytest.approx(f1_score(LABELS, GUESSED, average="macro"))
    assert (found.low <= found.value <= found.high, found.n) == (True, 8)


def test_a_label_that_is_only_guessed_is_no_label():
    labels, guessed = np.array([0, 0]), np.array([0, 3])
    assert macro_f1(labels, guessed, np.array(["a", "b"]), 100, rng()).value == pytest.approx(2 / 3)


def test_rows_of_one_group_say_as_much_as_one():
    alone = macro_f1(LABELS, GUESSED, np.arange(8).astype(str), 500, rng())
    together = macro_f1(np.tile(LABELS, 5), np.tile(GUESSED, 5), np.tile(np.arange(8), 5).astype(str), 500, rng())
    assert (alone.low, alone.high) == pytest.approx((together.low, together.high))


def test_nothing_to_score():
    none = np.array([], dtype=np.int64)
    assert macro_f1(none, none, np.array([], dtype=str), 100, rng()).n == 0


def test_the_difference_to_oneself_is_nothing():
    found = f1_difference(LABELS, (GUESSED, GUESSED), GROUP, 100, rng())
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_the_difference_is_paired():
    better = f1_difference(LABELS, (LABELS, GUESSED), GROUP, 200, rng())
    assert better.value == pytest.approx(1 - f1_score(LABELS, GUESSED, average="macro"))
    assert better.low >= 0

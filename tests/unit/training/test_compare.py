import numpy as np
import pytest

from bhab.errors import TableError
from bhab.training.compare import Pair, holm, mcnemar, nobody_right, pairs, ranked, same_rows

N = 120


def said(truth, wrong):
    """Probabilities of a model that says the label, but the next emotion on the rows of `wrong`."""
    places = np.where(np.isin(np.arange(len(truth)), wrong), (truth + 1) % 7, truth)
    return np.eye(7)[places] * 0.93 + 0.01


@pytest.fixture
def models(answers_of):
    def make(group=None, **wrong):
        truth = np.arange(N) % 7
        return {name: answers_of(truth, said(truth, rows), group) for name, rows in wrong.items()}

    return make


@pytest.mark.parametrize(
    ("only_one", "only_other", "p"),
    [
        pytest.param(0, 0, 1.0, id="never of two minds"),
        pytest.param(5, 5, 1.0, id="as often the one as the other"),
        pytest.param(1, 9, 22 / 1024, id="two tails of ten coins: 2 (1 + 10) of 1,024"),
        pytest.param(8, 0, 2 / 256, id="eight heads, or eight tails"),
    ],
)
def test_mcnemar_is_exact(only_one, only_other, p):
    assert mcnemar(only_one, only_other) == pytest.approx(p)


@pytest.mark.parametrize(
    ("chances", "found"),
    [
        pytest.param([], [], id="no pairs"),
        pytest.param([0.04], [0.04], id="one pair needs no correction"),
        pytest.param([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02], id="Holm 1979: never under an earlier one"),
        pytest.param([0.9, 0.8], [1.0, 1.0], id="at most 1"),
    ],
)
def test_holm_corrects_for_all_pairs(chances, found):
    assert holm(chances) == pytest.approx(found)


def test_the_better_model_comes_first_and_wins_beyond_chance(models, evaluate_config):
    asked = models(bad=range(40), good=range(0, 20, 2), fair=range(11))
    assert ranked(asked) == ["good", "fair", "bad"]
    found = pairs(asked, evaluate_config)
    assert [(p.one, p.other, p.only_one, p.only_other, p.beyond_chance) for p in found] == [
        ("good", "fair", 5, 4, False),
        ("good", "bad", 30, 0, True),
        ("fair", "bad", 29, 0, True),
    ]
    assert [p.accuracy.value for p in found] == pytest.approx([1 / N, 30 / N, 29 / N])
    assert [p.p_holm >= p.p for p in found] == [True, True, True]


def test_a_win_on_the_faces_of_one_person_is_not_beyond_chance(models, evaluate_config):
    person = ["p" if i < 20 else f"{i:03}" for i in range(N)]
    [pair] = pairs(models(person, good=[], bad=range(20)), evaluate_config)
    assert pair.p < 1e-5
    assert (pair.accuracy.low, pair.beyond_chance) == (0, False)
    [alone] = pairs(models(good=[], bad=range(20)), evaluate_config)
    assert (alone.p, alone.beyond_chance) == (pair.p, True)


def test_equal_models_differ_by_nothing(models, evaluate_config):
    [pair] = pairs(models(one=range(9), two=range(9)), evaluate_config)
    assert pair == Pair("one", "two", pair.accuracy, pair.macro_f1, 0, 0, 1.0, 1.0, beyond_chance=False)
    assert {(f.value, f.low, f.high, f.n) for f in (pair.accuracy, pair.macro_f1)} == {(0, 0, 0, N)}


def test_what_nobody_gets_right(models):
    assert np.flatnonzero(nobody_right(models(one=[3, 5], two=[5, 7]))).tolist() == [5]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            lambda own: own.rows(np.arange(N) > 0),
            "predictions of two: 119 test faces, of which 119 are among the 120 of one, expected the same ones;",
            id="other faces",
        ),
        pytest.param(
            lambda own: type(own)(own.sample_id, (own.truth + 1) % 7, own.probabilities, own.group, own.leaked),
            "predictions of two: 120 test faces have another label than those of one, expected equal ones;",
            id="other labels",
        ),
    ],
)
def test_models_that_were_asked_something_else_are_not_compared(change, message, models):
    asked = models(one=[1], two=[2])
    same_rows(asked)
    with pytest.raises(TableError, match=message):
        same_rows(asked | {"two": change(asked["two"])})

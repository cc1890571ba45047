import numpy as np
import pytest

from bhab.training.alignment import judge

STEPS, CHARACTERS = 30, 12


def reading(places):
    """Weights that read one place a step, a little beside it too."""
    weights = np.exp(-((np.arange(CHARACTERS) - np.asarray(places)[:, None]) ** 2) / 0.5)
    return weights / weights.sum(axis=1, keepdims=True)


LINE = np.linspace(0, CHARACTERS - 1, STEPS)


@pytest.mark.parametrize(
    ("weights", "low", "high"),
    [
        pytest.param(reading(LINE), (0.99, 1.0, 0.5, 0.9), (1, 1, 1, 1), id="a straight line"),
        pytest.param(reading(LINE**2 / (CHARACTERS - 1)), (0.95, 1.0, 0.5, 0.9), (0.98, 1, 1, 1), id="slow, then fast"),
        pytest.param(reading(LINE[::-1]), (-1, 1.0, 0.5, 0.9), (-0.99, 1, 1, 1), id="backwards, by small steps"),
        pytest.param(reading(np.full(STEPS, 4.0)), (0, 1, 0.5, 0), (0, 1, 1, 0), id="staying"),
        pytest.param(reading(LINE * 3 % 11), (-0.1, 0.8, 0.4, 0.8), (0.7, 0.99, 1, 1), id="starting over"),
        pytest.param(np.full((STEPS, CHARACTERS), 1 / CHARACTERS), (0, 1, 0.08, 0), (0, 1, 0.09, 0), id="everywhere"),
        pytest.param(reading([3.0]), (0, 1, 0.5, 0), (0, 1, 1, 0), id="one step"),
        pytest.param(np.ones((5, 1)), (0, 1, 1, 0), (0, 1, 1, 0), id="one character"),
    ],
)
def test_what_is_said_of_a_reading(weights, low, high):
    found = judge(weights)
    values = (found.diagonality, found.monotone, found.focus, found.covered)
    assert [b <= round(v, 9) <= a for b, v, a in zip(low, values, high, strict=True)] == [True] * 4, found

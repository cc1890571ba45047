import numpy as np
import pytest

from bhab.fairness.intervals import Figure, bootstrap, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998, table I, method 3: 81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="Newcombe 1998: 15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="Newcombe 1998: 0 of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="Newcombe 1998: 1 of 29"),
    ],
)
def test_wilson_gives_the_published_interval(hits, n, low, high):
    figure = wilson(hits, n)
    assert (round(figure.low, 4), round(figure.high, 4)) == (low, high)
    assert figure.n == n


def test_no_items_say_nothing():
    assert wilson(0, 0) == Figure(0.0, 0.0, 1.0, 0)


def test_bootstrap_of_a_mean_is_near_its_normal_interval():
    values = np.random.default_rng(0).normal(5, 1, 400)
    figure = bootstrap(lambda rows: float(values[rows].mean()), 400, resamples=2000, rng=np.random.default_rng(1))
    half = 1.96 * values.std() / 20
    assert figure.value == values.mean()
    assert abs(figure.low - (figure.value - half)) < 0.02
    assert abs(figure.high - (figure.value + half)) < 0.02

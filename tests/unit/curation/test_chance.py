import numpy as np
import pytest

from bhab.curation.chance import generator, unit_interval, unit_intervals


def test_chance_belongs_to_the_key_and_the_salt():
    draws = {(k, s): unit_interval(k, s) for k in ("a", "b") for s in ("1", "2")}
    assert len(set(draws.values())) == 4
    assert unit_interval("a", "1") == draws["a", "1"]
    assert generator("a", "1").integers(0, 1 << 30) == generator("a", "1").integers(0, 1 << 30)


def test_draws_are_even():
    draws = np.array([unit_interval(str(i), "s") for i in range(4000)])
    counts, _ = np.histogram(draws, bins=10, range=(0, 1))
    assert draws.min() >= 0
    assert draws.max() < 1
    assert 330 < counts.min() <= counts.max() < 470  # 400 expected, sigma 19


def test_many_numbers_belong_to_their_key():
    many = unit_intervals(["a", "b"], "s")
    assert many.shape == (2, 8)
    assert np.array_equal(many[1:], unit_intervals(["b"], "s"))
    assert many[:, 0].tolist() == pytest.approx([unit_interval("a", "s"), unit_interval("b", "s")], abs=2**-32)
    assert len(set(many.ravel())) == 16
    assert unit_intervals([], "s").shape == (0, 8)

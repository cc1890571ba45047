import numpy as np

from bhab.curation.chance import generator, seed32, unit_interval


def test_chance_belongs_to_the_key_and_the_salt():
    draws = {(k, s): unit_interval(k, s) for k in ("a", "b") for s in ("1", "2")}
    assert len(set(draws.values())) == 4
    assert unit_interval("a", "1") == draws["a", "1"]
    assert generator("a", "1").integers(0, 1 << 30) == generator("a", "1").integers(0, 1 << 30)
    assert seed32("a", "1") != seed32("a", "2")


def test_draws_are_even():
    draws = np.array([unit_interval(str(i), "s") for i in range(4000)])
    counts, _ = np.histogram(draws, bins=10, range=(0, 1))
    assert draws.min() >= 0
    assert draws.max() < 1
    assert 330 < counts.min() <= counts.max() < 470  # 400 expected, sigma 19

"""How far apart the best and the worst group are, and how far chance alone would set them apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bhab.fairness.groups import GroupScore
from bhab.fairness.intervals import Figure

CHANCE_DRAWS = 2000  # the 95 % point of a gap is then good to about 0.002
CHANCE_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest score minus the smallest, over groups that are named and scored.

    `low` and `high` are the 95 % interval of the difference between these two groups. They were picked because they
    lie apart, so of many groups some gap is always there: `by_chance` is the gap that equal groups of these sizes
    exceed in 1 of 20 draws. A gap below it says nothing.
    """

    value: float
    low: float
    high: float
    by_chance: float
    worst: str
    best: str
    n_worst: int
    n_best: int


def gap_between(rows: Sequence[GroupScore], rng: np.random.Generator) -> Gap | None:
    """Return the gap over the named and scored groups of `rows`, None if there are fewer than two."""
    scored = sorted(
        ((row.score, row.group) for row in rows if row.named and row.score is not None),
        key=lambda pair: (pair[0].value, pair[1]),
    )
    if len(scored) < 2:  # noqa: PLR2004 - a gap has two ends
        return None
    (worst, worst_name), (best, best_name) = scored[0], scored[-1]
    low, high = newcombe(best, worst)
    chance = gap_by_chance([figure for figure, _ in scored], rng)
    return Gap(best.value - worst.value, low, high, chance, worst_name, best_name, worst.n, best.n)


def newcombe(first: Figure, second: Figure) -> tuple[float, float]:
    """Return the 95 % interval of `first - second`, two shares with Wilson intervals (Newcombe 1998, method 10)."""
    difference = first.value - second.value
    low = difference - math.hypot(first.value - first.low, second.high - second.value)
    high = difference + math.hypot(first.high - first.value, second.value - second.low)
    return max(-1.0, low), min(1.0, high)


def gap_by_chance(figures: Sequence[Figure], rng: np.random.Generator) -> float:
    """Return the 95 % point of the gap if the same hits fell on the same rows without regard to group.

    Shuffling hits over rows and counting them by group is one draw of the multivariate hypergeometric distribution.
    """
    sizes = np.array([f.n for f in figures])  # (groups,)
    hits = round(sum(f.value * f.n for f in figures))
    draws = rng.multivariate_hypergeometric(sizes, hits, size=CHANCE_DRAWS)  # (draws, groups)
    shares = draws / sizes
    return float(np.quantile(shares.max(axis=1) - shares.min(axis=1), CHANCE_LEVEL))

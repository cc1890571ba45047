"""A figure and how far to trust it: the Wilson interval of a share, the bootstrap of anything else."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959963984540054  # standard normal quantile at 0.975


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval and the count behind it."""

    value: float
    low: float
    high: float
    n: int


def wilson(hits: int, n: int) -> Figure:
    """Return the share `hits / n` with its Wilson score interval (Wilson 1927); n = 0 gives the interval [0, 1]."""
    if n == 0:
        return Figure(0.0, 0.0, 1.0, 0)
    p = hits / n
    centre = (p + Z_95 * Z_95 / (2 * n)) / (1 + Z_95 * Z_95 / n)
    half = Z_95 / (1 + Z_95 * Z_95 / n) * math.sqrt(p * (1 - p) / n + Z_95 * Z_95 / (4 * n * n))
    return Figure(p, max(0.0, centre - half), min(1.0, centre + half), n)


def bootstrap(
    measure: Callable[[NDArray[np.intp]], float], n: int, *, resamples: int, rng: np.random.Generator
) -> Figure:
    """Return `measure` over all of `n` rows with its 95 % percentile bootstrap interval (Efron 1979).

    `measure` takes row numbers, shape (n,), with repeats in a resample, and returns one value.
    """
    if n == 0:
        return Figure(0.0, 0.0, 0.0, 0)
    draws = [measure(rng.integers(0, n, n)) for _ in range(resamples)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return Figure(float(measure(np.arange(n))), float(low), float(high), n)

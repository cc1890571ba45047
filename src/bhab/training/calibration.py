"""How far a model is as sure as it is right: `confidence` is the probability of what it said, (rows,)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 15  # of the usual expected calibration error (Guo et al. 2017)
CHANCE_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions made with about the same confidence: how sure they were on average, and how many were right."""

    n: int
    confidence: float
    hits: int


def calibration(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Bin]:
    """Return the bins, of equal width in confidence, that hold any prediction."""
    places = equal_width(confidence)
    return [
        Bin(int(here.sum()), float(confidence[here].mean()), int(right[here].sum()))
        for here in (places == place for place in range(CALIBRATION_BINS))
        if here.any()
    ]


def equal_width(confidence: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the bin of each row, of as many that share [0, 1] evenly: (rows,)."""
    return np.minimum((confidence * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)


def equal_mass(confidence: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the bin of each row, of as many that share the rows evenly, as far as they differ (Nixon et al. 2019)."""
    rank = np.searchsorted(np.sort(confidence), confidence)  # (rows,)
    return (rank * CALIBRATION_BINS // max(1, len(rank))).astype(np.intp)


def expected_calibration_error(gaps: NDArray[np.float64], n: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    """Return the mean distance of confidence and accuracy, weighted by the bins' rows, of `n` rows in all.

    `gaps` are sums of confidence less hits by bin, (..., bins).
    """
    distance: NDArray[np.float64] = np.abs(gaps).sum(axis=-1) / n
    return distance


def error_by_chance(confidence: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> float:
    """Return the calibration error that a model as sure as this, and just as often right, exceeds in 1 of 20 draws.

    Its hits are drawn with the probabilities that it states (consistency resampling, Broecker and Smith 2007).
    """
    places, n = equal_width(confidence), len(confidence)
    drawn = np.empty(resamples)
    for number in range(resamples):
        gaps = np.bincount(places, confidence - (rng.random(n) < confidence), minlength=CALIBRATION_BINS)
        drawn[number] = np.abs(gaps).sum() / n
    return float(np.quantile(drawn, CHANCE_LEVEL))

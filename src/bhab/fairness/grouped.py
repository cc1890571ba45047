"""Intervals that know of groups: rows of one group are much alike, and say little more than one.

Rows are summed by group once; a resample draws groups, with repeats, and sums their sums: one matrix product for all.
"""

import numpy as np
from numpy.typing import NDArray

from bhab.fairness.intervals import Figure
from bhab.schema import EMOTIONS

BLOCK = 4_000_000  # draws held at once: 32 MB, however many resamples of however many groups

Places = NDArray[np.int64]  # in EMOTIONS, (n,)


def macro_f1(
    labels: Places, guessed: Places, group: NDArray[np.str_], resamples: int, rng: np.random.Generator
) -> Figure:
    """Return the mean F1 of the labels that occur, with a 95 % interval by drawing groups (Efron 1979), n of rows."""
    if not len(labels):
        return Figure(0.0, 0.0, 0.0, 0)
    tables = confusions(labels, guessed, group)
    draws = np.array([f1_of(table) for table in resampled(tables, resamples, rng)])
    return percentiles(f1_of(tables.sum(axis=0)), draws, len(labels))


def f1_difference(
    labels: Places, guessed: tuple[Places, Places], group: NDArray[np.str_], resamples: int, rng: np.random.Generator
) -> Figure:
    """Return by how much the macro-F1 of the first guesses is higher than that of the second, on the same draws."""
    both = np.stack([confusions(labels, one, group) for one in guessed], axis=1)  # (groups, 2, 7, 7)
    draws = np.array([f1_of(first) - f1_of(second) for first, second in resampled(both, resamples, rng)])
    first, second = both.sum(axis=0)
    return percentiles(f1_of(first) - f1_of(second), draws, len(labels))


def confusions(labels: Places, guessed: Places, group: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return the confusion matrix of each group, (groups, 7, 7), labels down and guesses across."""
    cells = np.eye(len(EMOTIONS) ** 2)[labels * len(EMOTIONS) + guessed]  # (n, 49)
    return sums_by(cells, group).reshape(-1, len(EMOTIONS), len(EMOTIONS))


def sums_by(values: NDArray[np.float64], group: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return the sum of the rows of `values`, (n, columns), of each group: (groups, columns)."""
    names, number = np.unique(group, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, number, values)
    return sums


def resampled(tables: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the sum of as many groups as there are, drawn with repeats, for each resample.

    Sums of whole numbers are exact, and so the same on every machine.
    """
    n = len(tables)
    flat, sums = tables.reshape(n, -1), []
    block = max(1, BLOCK // max(1, n))
    for first in range(0, resamples, block):
        draws = range(min(block, resamples - first))
        drawn = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in draws])  # (draws, groups)
        sums.append(drawn.astype(np.float64) @ flat)
    return np.concatenate(sums).reshape(resamples, *tables.shape[1:])


def percentiles(value: float, draws: NDArray[np.float64], n: int) -> Figure:
    """Return `value` with the 95 % percentile interval of `draws` (Efron 1979); a draw that has no value is nan."""
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return Figure(float(value), float(low), float(high), n)


def f1_of(table: NDArray[np.float64]) -> float:
    """Return the mean over the labels that occur of F1, twice the hits over what was meant and what was said."""
    meant, said = table.sum(axis=1), table.sum(axis=0)
    there = meant > 0
    return float((2 * np.diag(table)[there] / (meant + said)[there]).mean()) if there.any() else 0.0

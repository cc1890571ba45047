"""Macro-F1 with an interval that knows of groups: texts of one group are much alike, and say little more than one."""

import numpy as np
from numpy.typing import NDArray

from bhab.fairness.intervals import Figure
from bhab.schema import EMOTIONS

Places = NDArray[np.int64]  # in EMOTIONS, (n,)


def macro_f1(
    labels: Places, guessed: Places, group: NDArray[np.str_], resamples: int, rng: np.random.Generator
) -> Figure:
    """Return the mean F1 of the labels that occur, with a 95 % interval by drawing groups (Efron 1979), n of rows."""
    if not len(labels):
        return Figure(0.0, 0.0, 0.0, 0)
    tables = confusions(labels, guessed, group)
    draws = [f1_of(table) for table in resampled(tables, resamples, rng)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return Figure(f1_of(tables.sum(axis=0)), float(low), float(high), len(labels))


def f1_difference(
    labels: Places, guessed: tuple[Places, Places], group: NDArray[np.str_], resamples: int, rng: np.random.Generator
) -> Figure:
    """Return by how much the macro-F1 of the first guesses is higher than that of the second, on the same draws."""
    both = np.stack([confusions(labels, one, group) for one in guessed], axis=1)  # (groups, 2, 7, 7)
    draws = [f1_of(first) - f1_of(second) for first, second in resampled(both, resamples, rng)]
    low, high = np.quantile(draws, [0.025, 0.975])
    first, second = both.sum(axis=0)
    return Figure(f1_of(first) - f1_of(second), float(low), float(high), len(labels))


def confusions(labels: Places, guessed: Places, group: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return the confusion matrix of each group, (groups, 7, 7), labels down and guesses across."""
    names, number = np.unique(group, return_inverse=True)
    tables = np.zeros((len(names), len(EMOTIONS), len(EMOTIONS)))
    np.add.at(tables, (number, labels, guessed), 1)
    return tables


def resampled(tables: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the sum of as many groups as there are, drawn with repeats, for each resample."""
    n = len(tables)
    drawn = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(resamples)])  # (resamples, n)
    return (drawn.astype(np.float64) @ tables.reshape(n, -1)).reshape(resamples, *tables.shape[1:])


def f1_of(table: NDArray[np.float64]) -> float:
    """Return the mean over the labels that occur of F1, twice the hits over what was meant and what was said."""
    meant, said = table.sum(axis=1), table.sum(axis=0)
    there = meant > 0
    return float((2 * np.diag(table)[there] / (meant + said)[there]).mean()) if there.any() else 0.0

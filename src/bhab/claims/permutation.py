"""The permutation detector: given counts of classes, or a confusion matrix, do the names stand for what they say?

Class names in alphabetical order over codes that are in another order give a table that looks sound and is wrong in
most of its rows. Arrays are float64: counts (names,), confusion matrices (names, names) with true classes as rows.
A naming is an array of places, intp (names,): row i stands for class naming[i].
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import gammaln
from scipy.stats import chi2, norm, poisson

from bhab.claims.naming import FALSE_ALARM, Naming, judged, needed_log_odds
from bhab.errors import ClaimError

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
SURE_LOG_ODDS = -float(np.log(FALSE_ALARM))
SURE_Z = float(norm.isf(FALSE_ALARM))
MIN_GAIN = 0.2  # of recall, for each moved name: below, a poor model explains the table as well as a wrong map


def by_supports(supports: Mapping[str, int], reference: Mapping[str, int]) -> Naming:
    """Return what rows with these counts are, judged by the counts of a reference set.

    If each count is that of a class of the reference, the rows are that set, and their names follow. Otherwise they
    are taken as a sample like the reference (Dirichlet-multinomial: both have sampling noise).
    Raises ClaimError for a name that the reference does not have.
    """
    unknown = sorted(set(supports) - set(reference))
    if unknown or not supports:
        raise ClaimError(f"label map: found rows {unknown}, expected some of {sorted(reference)}")
    exact = _by_equal_counts(supports, reference)
    return exact if exact is not None else _by_likelihood(supports, reference)


def by_diagonal(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> Naming:
    """Return what the predictions (columns) of a confusion matrix are, judged by its true rows.

    The best naming has the largest sum of recalls; it must beat the names as printed by more than chance.
    Raises ClaimError for a matrix that is not square over `names`.
    """
    counts = _square(names, matrix).T  # (predicted, true)
    n = counts.sum(axis=0)  # (true,)
    smooth = (counts + 0.5) / (n + 1)

    def advantage(one: Places, other: Places) -> float:
        rows = np.flatnonzero(one != other)
        moved = np.concatenate([one[rows], other[rows]])
        rates = np.concatenate([smooth[rows, one[rows]], -smooth[rows, other[rows]]])
        variance = np.abs(rates) * (1 - np.abs(rates)) / (n[moved] + 1)
        gain = float(rates.sum())
        return gain / float(np.sqrt(variance.sum())) if gain > MIN_GAIN * len(rows) else 0.0

    critical = float(norm.isf(np.exp(-needed_log_odds(len(names)))))
    return _judge(names, smooth, advantage, limits=(critical, SURE_Z), what="predictions")


def _by_equal_counts(supports: Mapping[str, int], reference: Mapping[str, int]) -> Naming | None:
    """Return what follows if every count is that of a class of the reference, None if one is not."""
    owners = {count: [name for name in reference if reference[name] == count] for count in set(supports.values())}
    if any(list(supports.values()).count(count) > len(names) for count, names in owners.items()):
        return None
    found = {n: n if reference[n] == count else owners[count][0] for n, count in supports.items()}
    chance = sum(float(poisson.logpmf(count, max(reference[n], 0.5))) for n, count in supports.items())
    moved = any(reference[n] != count for n, count in supports.items())
    rejected = moved and -chance > needed_log_odds(len(reference))
    sure = {n: len(owners[count]) == 1 and (rejected or found[n] == n) for n, count in supports.items()}
    return judged(found, sure, rejected=rejected, what="rows")


def _by_likelihood(supports: Mapping[str, int], reference: Mapping[str, int]) -> Naming:
    names = list(supports)
    s, alpha = (np.array([side[n] for n in names], dtype=np.float64) for side in (supports, reference))
    fit = gammaln(s[:, None] + alpha + 1) - gammaln(alpha + 1)  # (rows, classes), up to a constant

    def advantage(one: Places, other: Places) -> float:
        rows = np.arange(len(names))
        return float(fit[rows, one].sum() - fit[rows, other].sum())

    best = _assigned(fit)
    if _unlike(s, alpha[best]):
        found = {n: names[best[i]] for i, n in enumerate(names)}
        return Naming("unlike", found, (), tuple(names), "rows do not fit the reference under any naming")
    limits = (needed_log_odds(len(names)), SURE_LOG_ODDS)
    return _judge(names, fit, advantage, limits=limits, what="rows")


def _unlike(one: Floats, other: Floats) -> bool:
    """Return whether a chi-squared test of homogeneity tells two samples of counts apart."""
    a, b = one.sum(), other.sum()
    if a == 0 or b == 0 or len(one) == 1:
        return False
    statistic = (np.square(np.sqrt(b / a) * one - np.sqrt(a / b) * other) / np.maximum(one + other, 1)).sum()
    return bool(chi2.sf(statistic, len(one) - 1) < FALSE_ALARM)


def _judge(
    names: Sequence[str],
    score: Floats,
    advantage: Callable[[Places, Places], float],
    *,
    limits: tuple[float, float],
    what: str,
) -> Naming:
    """Return the verdict from scores (names, names), of which the best naming has the largest sum.

    `limits`: the advantage that rules out the names as printed, and the one over its rivals that makes a name sure.
    """
    printed, best = np.arange(len(names)), _assigned(score)
    rejected = advantage(best, printed) > limits[0]
    base = best if rejected else printed
    sure = {}
    for row, name in enumerate(names):
        rival = score.copy()
        rival[row, base[row]] = -np.inf if len(names) > 1 else score[row, base[row]]
        sure[name] = len(names) > 1 and advantage(base, _assigned(rival)) > limits[1]
    return judged({n: names[base[i]] for i, n in enumerate(names)}, sure, rejected=rejected, what=what)


def _assigned(score: Floats) -> Places:
    """Return the naming with the largest sum of scores (the Hungarian method)."""
    finite = np.where(np.isfinite(score), score, -1e12)
    return np.asarray(linear_sum_assignment(finite, maximize=True)[1], dtype=np.intp)


def _square(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> Floats:
    if not names or [len(row) for row in matrix] != [len(names)] * len(names):
        raise ClaimError(f"confusion matrix: rows of {[len(row) for row in matrix]}, expected {len(names)} of as many")
    return np.array(matrix, dtype=np.float64)

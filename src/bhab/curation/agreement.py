"""How far annotators agree. Votes are counted in arrays of (items, values) int64, in any order of values."""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def pairwise_agreement(counts: Counts) -> NDArray[np.float64]:
    """Return for each item with two votes or more the share of pairs of annotators who agree, in the order of items.

    This is P_i of Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971).
    """
    counts = counts[counts.sum(axis=1) > 1]
    votes = counts.sum(axis=1)  # (items,)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (votes * (votes - 1))
    return np.asarray(agreeing, dtype=np.float64)


def krippendorff_alpha(counts: Counts) -> float | None:
    """Return Krippendorff's alpha for nominal values: 1 is perfect agreement, 0 that of chance.

    None where it is not defined: no item has two votes, or all votes are for one value. Follows section D of
    Krippendorff, "Computing Krippendorff's Alpha-Reliability" (University of Pennsylvania, 2011).
    """
    votes = counts.sum(axis=1)
    counts, votes = counts[votes > 1], votes[votes > 1]
    by_value = counts.sum(axis=0)  # (values,), n_c
    n = int(by_value.sum())
    expected = n * n - int((by_value * by_value).sum())  # n (n - 1) times the disagreement expected by chance
    if expected == 0:
        return None
    observed = float((counts * (votes[:, None] - counts) / (votes[:, None] - 1)).sum())  # n times the one observed
    return 1 - (n - 1) * observed / expected

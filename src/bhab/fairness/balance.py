"""Who is in a corpus: counts and shares by group, how even they are, and whether a group tells the label."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.fairness.groups import shown_as


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly rows are spread over the groups that state a value.

    `ens` is the effective number of species, exp of the Shannon entropy (Hill 1973): as many equal groups would be
    as diverse. `sei` is the Shannon evenness, entropy / log(groups) (Pielou 1966), 1.0 if all are equal, None for
    fewer than two groups. `cramers_v` is the association with the label, None if either has fewer than two values.
    """

    n: int
    groups: int
    ens: float
    sei: float | None
    cramers_v: float | None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Rows of one group, and of it by split and by emotion; None stands for a count from 1 to k - 1."""

    group: str
    n: int
    share: float
    by_split: dict[str, int | None]
    by_emotion: dict[str, int | None]


def evenness(values: Sequence[str | None], labels: Sequence[str | None]) -> Evenness:
    """Return the measures over the rows of `values` that state one; V over those that have a label as well."""
    stated = [v for v in values if v]
    counts = np.array(sorted(Counter(stated).values()), dtype=np.float64)  # (groups,)
    shares = counts / counts.sum() if len(stated) else counts
    entropy = float(-(shares * np.log(shares)).sum())
    sei = entropy / math.log(len(counts)) if len(counts) > 1 else None
    both = [(v, label) for v, label in zip(values, labels, strict=True) if v and label]
    return Evenness(len(stated), len(counts), math.exp(entropy) if stated else 0.0, sei, cramers_v(both))


def cramers_v(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cramer's V of two nominal variables, sqrt(chi2 / (n * (min(rows, columns) - 1))), from 0 to 1.

    This is the plain V of Cramer (1946): no Yates continuity correction, no bias correction (Bergsma 2013), so small
    tables come out somewhat high. None if either variable has fewer than two values.
    """
    rows, columns = sorted({a for a, _ in pairs}), sorted({b for _, b in pairs})
    seen = Counter(pairs)
    return association(np.array([[seen[a, b] for b in columns] for a in rows], dtype=np.float64))


def association(table: NDArray[np.float64]) -> float | None:
    """Return the plain Cramer's V of a table of counts, (rows, columns), none of whose sums is 0."""
    smaller = min(table.shape) if table.size else 0
    return math.sqrt(chi2(table) / (table.sum() * (smaller - 1))) if smaller > 1 else None


def chi2(table: NDArray[np.float64]) -> float:
    """Return Pearson's chi-squared of a table of counts, (rows, columns), none of whose sums is 0."""
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float((np.square(table - expected) / expected).sum())


def count_groups(
    values: Sequence[str | None],
    splits: Sequence[str],
    emotions: Sequence[str],
    *,
    min_n_shown: int,
) -> list[GroupCount]:
    """Return every group with its counts, largest first; groups under k rows are one unnamed row. Counts sum to all."""
    groups = shown_as(values, min_n_shown)
    by_split = Counter(zip(groups, splits, strict=True))
    by_emotion = Counter(zip(groups, emotions, strict=True))
    return [
        GroupCount(
            group,
            n,
            n / len(groups),
            _cells(group, by_split, min_n_shown),
            _cells(group, by_emotion, min_n_shown),
        )
        for group, n in sorted(Counter(groups).items(), key=lambda item: (-item[1], item[0]))
    ]


def _cells(group: str, counts: Mapping[tuple[str, str], int], k: int) -> dict[str, int | None]:
    """Return the counts of one group over all second values there are, without those of too few people to show."""
    names = sorted({name for _, name in counts})
    found = {name: counts.get((group, name), 0) for name in names}
    return {name: n if n == 0 or n >= k else None for name, n in found.items()}

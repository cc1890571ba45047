"""Accuracy and recall by group, under k-anonymity.

A group of fewer than `min_n_shown` rows is not named: all of them together are one row, OTHER. A group of fewer than
`min_n_scored` rows is listed with its count and no score. A missing value is a group too, NOT_STATED.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bhab.fairness.intervals import Figure, wilson

NOT_STATED = "not stated"
OTHER = "other groups (n<{k})"
AND = " & "  # between the two values that name an intersection


@dataclass(frozen=True, slots=True)
class GroupScore:
    """The share of one group that the model got right; `score` is None where the group is too small to be scored."""

    group: str
    n: int
    score: Figure | None
    named: bool  # False for NOT_STATED and OTHER, which are no demographic group


def intersect(first: Sequence[str | None], second: Sequence[str | None]) -> list[str | None]:
    """Return the name of the intersection each row is in, None where either value is missing."""
    return [a + AND + b if a and b else None for a, b in zip(first, second, strict=True)]


def shown_as(values: Sequence[str | None], min_n_shown: int) -> list[str]:
    """Return the group each row is listed under: its value, NOT_STATED, or OTHER if fewer than k rows share it."""
    sizes = Counter(v for v in values if v)
    other = OTHER.format(k=min_n_shown)
    return [NOT_STATED if not v else v if sizes[v] >= min_n_shown else other for v in values]


def score_groups(
    correct: Sequence[bool], values: Sequence[str | None], *, min_n_shown: int, min_n_scored: int
) -> list[GroupScore]:
    """Return every group with its 95 % Wilson interval: scored ones worst first, then the rest by name.

    `correct` and `values` have one item a row; recall is this over the rows of one emotion. Counts sum to the rows.
    """
    groups = shown_as(values, min_n_shown)
    sizes, hits = Counter(groups), Counter(g for g, ok in zip(groups, correct, strict=True) if ok)
    unnamed = {NOT_STATED, OTHER.format(k=min_n_shown)}
    rows = [
        GroupScore(group, n, wilson(hits[group], n) if n >= min_n_scored else None, named=group not in unnamed)
        for group, n in sizes.items()
    ]
    return sorted(rows, key=lambda row: (row.score is None, row.score.value if row.score else 0.0, row.group))

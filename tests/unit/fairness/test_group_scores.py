import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.fairness.groups import NOT_STATED, GroupScore, intersect, score_groups, shown_as
from bhab.fairness.intervals import wilson


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param(["f", "f", "m", "m"], ["f", "f", "m", "m"], id="groups of k rows are named"),
        pytest.param(["f", "f", "x"], ["f", "f", "other groups (n<2)"], id="a group under k is not named"),
        pytest.param(["x", "y"], ["other groups (n<2)"] * 2, id="all groups under k are one"),
        pytest.param([None, "", "f", "f"], [NOT_STATED, NOT_STATED, "f", "f"], id="nothing stated is a group"),
        pytest.param([None], [NOT_STATED], id="few rows that state nothing point at nobody"),
        pytest.param([], [], id="no rows"),
    ],
)
def test_groups_are_shown_by_name_only_from_k_rows(values, shown):
    assert shown_as(values, 2) == shown


def test_scored_groups_come_worst_first_and_small_ones_without_a_score():
    values = ["f"] * 4 + ["m"] * 5 + ["o"] * 3 + ["x"] + [None] * 4
    correct = [True] * 4 + [True, False, False, False, False] + [True] * 3 + [True] + [False] * 4
    assert score_groups(correct, values, min_n_shown=2, min_n_scored=4) == [
        GroupScore(NOT_STATED, 4, wilson(0, 4), named=False),
        GroupScore("m", 5, wilson(1, 5), named=True),
        GroupScore("f", 4, wilson(4, 4), named=True),
        GroupScore("o", 3, None, named=True),
        GroupScore("other groups (n<2)", 1, None, named=False),
    ]


def test_an_intersection_needs_both_values():
    assert intersect(["f", "f", None, ""], ["old", None, "old", "old"]) == ["f & old", None, None, None]


ROWS = st.lists(st.tuples(st.booleans(), st.sampled_from(["f", "m", "x", "y", None])), max_size=60)


@given(ROWS)
def test_no_row_and_no_hit_is_lost(rows):
    scored = score_groups([ok for ok, _ in rows], [v for _, v in rows], min_n_shown=3, min_n_scored=1)
    hits = sum(round(row.score.value * row.n) for row in scored)
    assert (sum(row.n for row in scored), hits) == (len(rows), sum(ok for ok, _ in rows))


@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    first, second = (
        score_groups([ok for ok, _ in part], [v for _, v in part], min_n_shown=3, min_n_scored=5)
        for part in (rows, mixed)
    )
    assert first == second


@given(ROWS, st.integers(1, 10))
def test_no_group_under_k_is_named(rows, k):
    scored = score_groups([ok for ok, _ in rows], [v for _, v in rows], min_n_shown=k, min_n_scored=1)
    assert [row for row in scored if row.named and row.n < k] == []

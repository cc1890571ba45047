import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.fairness.balance import Evenness, GroupCount, count_groups, cramers_v, evenness

REAL = os.environ.get("BHAB_REAL_DATA")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], Evenness(0, 0, 0.0, None, None), id="no rows"),
        pytest.param([None, None], Evenness(0, 0, 0.0, None, None), id="nothing stated"),
        pytest.param(["f", "f"], Evenness(2, 1, 1.0, None, None), id="one group is as diverse as one"),
        pytest.param(["f", "m", None], Evenness(2, 2, 2.0, 1.0, None), id="two equal groups, one row unstated"),
    ],
)
def test_evenness(values, expected):
    assert evenness(values, ["happy"] * len(values)) == expected


@pytest.mark.parametrize(
    ("pairs", "v"),
    [
        pytest.param([("f", "happy"), ("m", "sad")] * 10, 1.0, id="the group tells the label"),
        pytest.param([(g, e) for g in "fm" for e in ("happy", "sad")] * 5, 0.0, id="the group tells nothing"),
        pytest.param([("a", "x")] * 3 + [("a", "y")] + [("b", "x")] + [("b", "y")] * 3, 0.5, id="in between, by hand"),
        pytest.param([("f", "happy")] * 4, None, id="nothing varies"),
        pytest.param([("f", "happy"), ("m", "happy")], None, id="the label does not vary"),
        pytest.param([], None, id="no rows"),
    ],
)
def test_cramers_v_is_the_plain_one(pairs, v):
    assert cramers_v(pairs) == (v if v is None else pytest.approx(v))


def test_counts_by_split_and_emotion_hide_few_people():
    values = ["f", "f", "f", "m", "m", "x", None]
    splits = ["train", "train", "test", "train", "train", "train", "train"]
    emotions = ["sad", "sad", "sad", "sad", "happy", "sad", "sad"]
    assert count_groups(values, splits, emotions, min_n_shown=2) == [
        GroupCount("f", 3, 3 / 7, {"test": None, "train": 2}, {"happy": 0, "sad": 3}),
        GroupCount("m", 2, 2 / 7, {"test": 0, "train": 2}, {"happy": None, "sad": None}),
        GroupCount("not stated", 1, 1 / 7, {"test": 0, "train": None}, {"happy": 0, "sad": None}),
        GroupCount("other groups (n<2)", 1, 1 / 7, {"test": 0, "train": None}, {"happy": 0, "sad": None}),
    ]


VALUES = st.lists(
    st.tuples(st.sampled_from(["f", "m", "x", None]), st.sampled_from(["happy", "sad", None])), max_size=50
)


@given(VALUES)
def test_measures_stay_in_their_ranges(rows):
    found = evenness([v for v, _ in rows], [label for _, label in rows])
    assert (found.n == 0 and found.ens == 0) or 1 - 1e-9 <= found.ens <= found.groups + 1e-9
    assert found.sei is None or -1e-9 <= found.sei <= 1 + 1e-9
    assert found.cramers_v is None or 0 <= found.cramers_v <= 1 + 1e-9


@given(VALUES)
def test_no_row_is_lost(rows):
    groups = count_groups([v for v, _ in rows], ["train"] * len(rows), ["sad"] * len(rows), min_n_shown=5)
    assert sum(g.n for g in groups) == len(rows)


@pytest.mark.real_data
@pytest.mark.skipif(REAL is None, reason="BHAB_REAL_DATA is unset: biased_heritage test set")
@pytest.mark.parametrize(
    ("attribute", "ens", "sei", "v"),
    [("gender", 1.993, 0.995, 0.2015), ("race", 3.096, 0.581, 0.0519), ("age", 6.275, 0.836, 0.1192)],
)
def test_published_test_set(attribute, ens, sei, v):
    """Figures that were measured on this file without this package."""
    path = Path(REAL or "") / "fairness/biased_heritage/stereo-happy-f0.0-r0.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = evenness([r[attribute] for r in rows], [r["label"] for r in rows])
    assert (round(found.ens, 3), round(found.sei, 3), round(found.cramers_v, 4)) == (ens, sei, v)

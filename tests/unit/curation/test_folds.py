import numpy as np
import pytest
from curation_rows import faces, sample, sample_id
from hypothesis import given
from hypothesis import strategies as st

from bhab.curation.folds import assign_folds, held_together
from bhab.curation.groups import groups
from bhab.schema import PAIRS, Modality
from bhab.store import table_of

ROWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(-1, 6)), max_size=60)


def folds_of(rows, folds=3, salt="salt"):
    return assign_folds([group for group, _ in rows], np.array([label for _, label in rows], np.int64), folds, salt)


@given(ROWS)
def test_a_group_is_in_one_fold(rows):
    found = folds_of(rows)
    assert len(found) == len(rows)
    assert all(len({fold for (g, _), fold in zip(rows, found, strict=True) if g == group}) <= 1 for group in "abcdefgh")


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, shuffle):
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    assert folds_of([rows[i] for i in order]).tolist() == folds_of(rows)[order].tolist()


@pytest.mark.parametrize("folds", [2, 5, 10])
def test_each_fold_gets_its_share_of_each_emotion(folds):
    rows = [(f"g{i // 3}", 0 if i % 9 else 1) for i in range(900)]  # 300 groups, every third with one rare label
    found = folds_of(rows, folds)
    counts = [
        [sum(1 for (_, n), f in zip(rows, found, strict=True) if (f, n) == (k, e)) for e in (0, 1)]
        for k in range(folds)
    ]
    assert np.ptp(counts, axis=0).max() <= 3  # one group


def test_another_salt_draws_other_folds():
    rows = [(f"g{i}", i % 7) for i in range(70)]
    assert folds_of(rows, salt="one").tolist() != folds_of(rows, salt="two").tolist()


def test_one_group_alone_leaves_other_folds_empty():
    assert folds_of([("a", 1), ("a", 2)]).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("folds", "expected"),
    [
        pytest.param(
            2, "aaade", id="three of five are too many for one of two folds: only equal and near content stays"
        ),
        pytest.param(1, "aaaae", id="small enough"),
    ],
)
def test_a_chain_of_people_is_cut_where_it_is_too_large_for_a_fold(folds, expected):
    people = {"a": "x", "b": "x", "c": "y", "d": "y", "e": "z"}
    given = faces(*(sample(name, subject_id=person, content_sha256=f"{name}") for name, person in people.items()))
    near = [("a", "b"), ("b", "c")]
    row = {"modality": "faces", "kind": "near", "similarity": 1.0, "spans_splits": False, "contradicts": False}
    pairs = table_of([row | {"one_id": sample_id(a), "other_id": sample_id(b)} for a, b in near], PAIRS)
    wide = groups(given, pairs, Modality.FACES)
    assert held_together(given, wide, pairs, Modality.FACES, folds) == [sample_id(name) for name in expected]

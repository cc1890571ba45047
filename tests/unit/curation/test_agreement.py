import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bhab.curation.agreement import krippendorff_alpha, pairwise_agreement


def counts(*raters: str):
    """One string of values a rater, `.` where there is none, as counts of (items, values)."""
    values = sorted(set("".join(raters)) - {"."})
    return np.array([[item.count(value) for value in values] for item in map("".join, zip(*raters, strict=True))])


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections A, B and C.
@pytest.mark.parametrize(
    ("raters", "alpha"),
    [
        pytest.param(["0100000010", "1110010000"], 0.095, id="A: two values, two observers"),
        pytest.param(["aabbdcccedda", "babbbccceddd"], 0.692, id="B: five values, two observers"),
        pytest.param(
            ["123321412...", "1233224125.3", ".3332342251.", "12332441251."],
            0.743,
            id="C: five values, four observers, missing votes",
        ),
    ],
)
def test_alpha_of_published_examples(raters, alpha):
    assert round(krippendorff_alpha(counts(*raters)), 3) == alpha


# The worked example of the article "Fleiss' kappa" of Wikipedia: 10 subjects, 14 raters, 5 categories.
FLEISS = [
    ([0, 0, 0, 0, 14], 1.000),
    ([0, 2, 6, 4, 2], 0.253),
    ([0, 0, 3, 5, 6], 0.308),
    ([0, 3, 9, 2, 0], 0.440),
    ([2, 2, 8, 1, 1], 0.330),
    ([7, 7, 0, 0, 0], 0.462),
    ([3, 2, 6, 3, 0], 0.242),
    ([2, 5, 3, 2, 2], 0.176),
    ([6, 5, 2, 1, 0], 0.286),
    ([0, 2, 2, 3, 7], 0.286),
]


def test_pairwise_agreement_of_a_published_example():
    votes, expected = zip(*FLEISS, strict=True)
    found = pairwise_agreement(np.array(votes))
    assert np.round(found, 3).tolist() == list(expected)
    assert round(float(found.mean()), 3) == 0.378


@pytest.mark.parametrize(
    "votes",
    [
        pytest.param(np.zeros((0, 7), dtype=np.int64), id="no items"),
        pytest.param(np.eye(7, dtype=np.int64), id="one vote each"),
        pytest.param(np.array([[2, 0], [3, 0]]), id="one value only"),
    ],
)
def test_alpha_is_not_defined(votes):
    assert krippendorff_alpha(votes) is None


COUNTS = arrays(np.int64, (6, 3), elements=st.integers(0, 4))


@given(COUNTS, st.permutations(range(6)), st.permutations(range(3)))
def test_neither_the_order_of_items_nor_of_values_matters(votes, items, values):
    alpha, other = krippendorff_alpha(votes), krippendorff_alpha(votes[items][:, values])
    assert (alpha is None) == (other is None)
    assert alpha is None or np.isclose(alpha, other)


@given(COUNTS)
def test_alpha_is_one_only_if_all_pairs_agree(votes):
    alpha = krippendorff_alpha(votes)
    assume(alpha is not None)
    assert alpha <= 1
    assert (alpha == 1) == bool((pairwise_agreement(votes) == 1).all())


@given(COUNTS)
def test_an_item_with_one_vote_changes_nothing(votes):
    lonely = np.vstack([votes, [[0, 1, 0]]])
    assert krippendorff_alpha(lonely) == krippendorff_alpha(votes)
    assert pairwise_agreement(lonely).tolist() == pairwise_agreement(votes).tolist()

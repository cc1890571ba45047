import pytest
from curation_rows import faces, sample, sample_id

from bhab.curation.duplicates import ExactFigures, exact_duplicates, exact_figures
from bhab.schema import Modality

NONE = ExactFigures(0, 0, 0, 0, 0, 0, 0)


def twin(name, **changes):
    return sample(name, **({"content_sha256": "same"} | changes))


@pytest.mark.parametrize(
    ("rows", "figures"),
    [
        pytest.param([], NONE, id="no samples"),
        pytest.param([sample("a"), sample("b")], NONE, id="all different"),
        pytest.param([twin("a"), twin("b"), twin("c")], ExactFigures(1, 3, 2, 0, 0, 0, 0), id="three equal"),
        pytest.param(
            [twin("a", source_split="train"), twin("b", source_split="test"), twin("c", source_split="test")],
            ExactFigures(1, 3, 2, 1, 2, 0, 0),
            id="two test items equal to one of training",
        ),
        pytest.param(
            [twin("a", source_split="validation"), twin("b", source_split="test")],
            ExactFigures(1, 2, 1, 1, 0, 0, 0),
            id="test item equal to one of validation",
        ),
        pytest.param(
            [twin("a", source_split="train"), twin("b", source_split=None)],
            ExactFigures(1, 2, 1, 0, 0, 0, 0),
            id="twin without a published split",
        ),
        pytest.param(
            [twin("a", emotion="sad"), twin("b", emotion="fear"), twin("c", emotion=None)],
            ExactFigures(1, 3, 2, 0, 0, 1, 3),
            id="two emotions and one unknown",
        ),
        pytest.param(
            [twin("a", emotion="sad"), twin("b", emotion=None)],
            ExactFigures(1, 2, 1, 0, 0, 0, 0),
            id="an unknown emotion contradicts nothing",
        ),
    ],
)
def test_exact_figures(rows, figures):
    table = faces(*rows)
    assert exact_figures(table, exact_duplicates(table, Modality.FACES)) == figures


def test_a_group_is_named_after_its_lowest_id_whatever_the_order_of_rows():
    rows = [
        twin("c", emotion="sad", source_split="test"),
        sample("b"),
        twin("a", emotion="fear", source_split="train"),
    ]
    expected = [
        {
            "sample_id": sample_id(name),
            "modality": "faces",
            "duplicate_group": sample_id("a"),
            "redundant": name == "c",
            "spans_splits": True,
            "contradicts": True,
        }
        for name in ("a", "c")
    ]
    for order in (rows, rows[::-1]):
        assert exact_duplicates(faces(*order), Modality.FACES).to_pylist() == expected

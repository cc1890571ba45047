from dataclasses import replace

import numpy as np
import pytest
from curation_rows import faces, sample, sample_id

from bhab.curation.near import NearPairs
from bhab.curation.pairs import NearFigures, near_figures, near_pairs
from bhab.schema import Modality


def linking(*names, mirrored=False):
    """A search that finds these pairs of samples, wherever they stand."""

    def search(samples):
        place = {name: row for row, name in enumerate(samples["sample_id"].to_pylist())}
        ends = np.array([[place[sample_id(name)] for name in pair] for pair in names], dtype=np.int64).reshape(-1, 2)
        return NearPairs(ends[:, 0], ends[:, 1], np.full(len(ends), mirrored), np.full(len(ends), 0.96))

    return search


def of(content, name, **changes):
    return sample(name, content_sha256=content, **changes)


NOTHING = NearFigures(0, 0, 0, 0, 0, 0, 0)


def figures(**changes):
    return replace(NOTHING, **changes)


AB = linking(("a", "b"))
TRAIN, TEST = {"source_split": "train"}, {"source_split": "test"}
ONE_PAIR = {"pairs": 1, "components": 1}


@pytest.mark.parametrize(
    ("rows", "search", "expected"),
    [
        pytest.param([], linking(), figures(), id="no samples"),
        pytest.param([sample("a"), sample("b")], linking(), figures(), id="nothing alike"),
        pytest.param([sample("a"), sample("b"), sample("c")], AB, figures(items=2, **ONE_PAIR), id="one pair"),
        pytest.param(
            [sample("a"), sample("b")],
            linking(("a", "b"), mirrored=True),
            figures(items=2, mirrored=1, **ONE_PAIR),
            id="one mirrored pair",
        ),
        pytest.param(
            [of("x", "a", **TRAIN), of("y", "b", **TRAIN), of("y", "c", **TEST), of("y", "d", **TEST)],
            AB,
            figures(items=4, spanning_pairs=1, test_items_with_near_twin=2, **ONE_PAIR),
            id="a pair stands for equal samples: two test items with a near twin in training",
        ),
        pytest.param(
            [
                of("x", "a", emotion="sad"),
                of("x", "c", emotion="sad"),
                of("y", "b", emotion=None),
                of("y", "d", emotion="fear"),
            ],
            AB,
            figures(items=4, contradicting_pairs=1, **ONE_PAIR),
            id="an equal sample contradicts",
        ),
        pytest.param(
            [sample("a", emotion=None, **TRAIN), sample("b", emotion="sad")],
            AB,
            figures(items=2, **ONE_PAIR),
            id="what is unknown contradicts nothing and is in no split",
        ),
        pytest.param(
            [sample(name) for name in "abcde"],
            linking(("a", "b"), ("b", "c"), ("d", "e")),
            figures(pairs=3, items=5, components=2),
            id="two chains",
        ),
    ],
)
def test_near_figures(rows, search, expected):
    table = faces(*rows)
    assert near_figures(table, near_pairs(table, Modality.FACES, search), table) == expected


def test_a_source_is_counted_as_if_it_stood_alone():
    rows = [
        of("x", "a", source="one", **TRAIN),
        of("y", "b", source="two", **TRAIN),
        of("y", "c", source="one", **TEST),
        of("z", "d", source="two", **TEST),
    ]
    table = faces(*rows)
    found = near_pairs(table, Modality.FACES, linking(("a", "b"), ("a", "d")))
    parts = [faces(*(row for row in rows if row["source"] == source)) for source in ("one", "two")]
    assert [near_figures(table, found, part) for part in parts] == [
        figures(items=2, spanning_pairs=1, test_items_with_near_twin=1, **ONE_PAIR),
        figures(),
    ]


def test_a_pair_is_named_after_the_lowest_ids_whatever_the_order_of_rows():
    rows = [of("y", "d", emotion="sad", **TEST), of("y", "b"), of("x", "c", **TRAIN), of("x", "a")]
    expected = {
        "one_id": sample_id("a"),
        "other_id": sample_id("b"),
        "modality": "faces",
        "kind": "near",
        "similarity": 0.96,
        "spans_splits": True,
        "contradicts": True,
    }
    for order in (rows, rows[::-1]):
        assert near_pairs(faces(*order), Modality.FACES, AB).to_pylist() == [expected]

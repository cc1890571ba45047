from dataclasses import replace

import pytest
from curation_rows import sample_id, tables
from gate_corpus import child, corpus, counts_of, face, label_row, pair, reject, split_row

from bhab.quality.links import LINKS, links

A, B, C, GONE, LAST = (sample_id(name) for name in ("a", "b", "c", "gone", "e"))
GHOST = face("gone")
SPLIT_ROWS, LABEL_ROWS = corpus().splits.to_pylist(), corpus().labels.to_pylist()


def broken(tables_of):
    return {link.name: found for link in LINKS if (found := link.broken(tables_of))}


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(corpus(), id="a sound corpus"),
        pytest.param(
            replace(
                corpus(splits=[], labels=[], groups=[], children=(), rejects=[], counts=counts_of([], [])),
                samples=tables(),
            ),
            id="an empty corpus",
        ),
        pytest.param(corpus(splits=SPLIT_ROWS[:-1], left_out=[reject("e.raw")]), id="a copy that the split left out"),
        pytest.param(
            corpus(rejects=[reject("a.raw", "key_repeated", "ingest")]),
            id="the second item of a key that was kept once",
        ),
        pytest.param(corpus(people={"d": {"emotion": None}}), id="a face without an emotion"),
    ],
)
def test_what_is_sound_breaks_nothing(whole):
    assert broken(whole) == {}


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        pytest.param(
            corpus(pairs=[pair("a", "gone")]),
            {"named_samples_exist": [f"{GONE} in pairs"]},
            id="a pair with an end that is nowhere",
        ),
        pytest.param(
            corpus(labels=[label_row(face(n)) for n in "abcde"] + [label_row(GHOST)]),
            {"named_samples_exist": [f"{GONE} in labels"]},
            id="a label of nobody",
        ),
        pytest.param(
            corpus(splits=SPLIT_ROWS[:-1]),
            {"kept_or_left_out": [f"{LAST} kept 0 times and left out 0 times"]},
            id="a sample that was lost",
        ),
        pytest.param(
            corpus(left_out=[reject("e.raw")]),
            {"kept_or_left_out": [f"{LAST} kept 1 times and left out 1 times"]},
            id="a copy that was left out and kept",
        ),
        pytest.param(
            corpus(splits=[*SPLIT_ROWS, split_row(face("e"), "train")]),
            {"kept_or_left_out": [f"{LAST} kept 2 times and left out 0 times"]},
            id="a sample in two splits",
        ),
        pytest.param(
            corpus(left_out=[reject("gone.raw")]),
            {"left_out_existed": ["gone.raw of corpus"]},
            id="the split left out what never was",
        ),
        pytest.param(
            corpus(rejects=[reject("a.raw", "image_corrupt", "ingest")]),
            {"reject_is_not_kept": ["a.raw of corpus, as image_corrupt"]},
            id="a reject that is kept as well",
        ),
        pytest.param(
            corpus(labels=[label_row(face(n)) for n in "abcd"]),
            {"one_label_one_group": [f"{LAST} has 0 rows of a label"]},
            id="a sample without a row of labels",
        ),
        pytest.param(
            corpus(tied=dict.fromkeys("ab", "a"), uses={"b": {"group_id": A}}, labels=LABEL_ROWS + LABEL_ROWS[:1]),
            {"one_label_one_group": [f"{A} has 2 rows of a label"]},
            id="a sample with two rows of labels",
        ),
        pytest.param(
            corpus(uses={"a": {"emotion": "sad"}}, children=()),
            {"one_story": [f"{A}: emotion sad, was happy"]},
            id="splits with another label than labels",
        ),
        pytest.param(
            corpus(uses={"c": {"group_id": B}}),
            {"one_story": [f"{C}: group_id {B}, was {C}"]},
            id="splits with another group than groups",
        ),
        pytest.param(
            corpus(pairs=[pair("b", "a")]), {"pairs_are_in_order": [f"{B} and {A}"]}, id="a pair the wrong way round"
        ),
        pytest.param(
            corpus(children=(child("k", "d"),)),
            {"children_follow": [f"{sample_id('k')}, child of {sample_id('d')}"]},
            id="a child of a test face",
        ),
        pytest.param(
            corpus(children=(child("k", "a") | {"emotion": "sad"},)),
            {"children_follow": [f"{sample_id('k')}, child of {A}"]},
            id="a child with an emotion of its own",
        ),
        pytest.param(
            corpus(counts=counts_of([face(n) for n in "abcd"], [reject("x", "image_corrupt")])),
            {
                "counts_are_right": [
                    "faces: 4, counted 5",
                    "faces labelled happy: 4, counted 5",
                    "kept of corpus: 4, counted 5",
                ]
            },
            id="counts of another run",
        ),
    ],
)
def test_what_is_wrong_is_named(wrong, found):
    assert broken(wrong) == found


def test_the_gate_tells_rule_count_and_examples():
    wrong = corpus(pairs=[pair("a", "gone"), pair("b", "a")], splits=SPLIT_ROWS[:-1])
    found = links(wrong, examples=1)
    assert found.passed is False
    assert found.sentence == (
        f"rule named_samples_exist broken by 1 ({GONE} in pairs), expected: every sample_id that another table "
        f"names is in a table of samples; rule kept_or_left_out broken by 1 ({LAST} kept 0 times and left out 0 "
        "times), expected: every sample has a split or was left out by the split, and that once; "
        f"rule pairs_are_in_order broken by 1 ({B} and {A}), expected: of a pair the lower sample_id comes first, and "
        "no sample is its own pair"
    )
    assert len(found.about) == 3

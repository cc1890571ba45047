import hashlib

import pytest
from curation_rows import sample_id
from gate_corpus import child, corpus, image, pair

from bhab.quality.leakage import children, leakage
from bhab.schema import AUGMENTED
from bhab.store import table_of

A, B, C, D, E = (sample_id(name) for name in "abcde")
NONE = frozenset()
SAME = {"content_sha256": "0" * 64}


def person(name):
    return {"subject_id": f"corpus/{name}"}


BENCH = {"source": "bench"}
LEAKED = {"leaked": True}


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param(corpus(), [], id="nothing in common"),
        pytest.param(corpus(people={"a": SAME, "b": SAME}), [], id="twins inside training"),
        pytest.param(corpus(people={"d": SAME, "e": SAME}), [], id="twins inside the test"),
        pytest.param(
            corpus(people={"a": SAME, "d": SAME}),
            [f"test item {D} of corpus has the same content as training item {A}"],
            id="equal content",
        ),
        pytest.param(
            corpus(pairs=[pair("b", "c")]),
            [f"validation item {C} of corpus is nearly the same as training item {B}"],
            id="a near twin",
        ),
        pytest.param(
            corpus(people={"b": person("p"), "e": person("p")}),
            [f"test item {E} of corpus shows or quotes the same person as training item {B}"],
            id="the same person",
        ),
        pytest.param(
            corpus(tied={"d": "a"}),
            [f"test item {D} of corpus is in one group with training item {A}"],
            id="a chain of ties, which only the group knows",
        ),
        pytest.param(
            corpus(people={"c": SAME, "d": SAME}),
            [f"test item {D} of corpus has the same content as validation item {C}"],
            id="a test item in validation",
        ),
        pytest.param(
            corpus(people={"a": SAME | person("p"), "d": SAME | person("p")}, tied={"d": "a"}, pairs=[pair("a", "e")]),
            [
                f"test item {D} of corpus has the same content as training item {A}",
                f"test item {E} of corpus is nearly the same as training item {A}",
            ],
            id="an item is told once, by its closest tie",
        ),
        pytest.param(
            corpus(people={"a": SAME, "d": SAME}, uses={"d": LEAKED}),
            [f"test item {D} of corpus has the same content as training item {A}"],
            id="a leak that the split has marked is a leak",
        ),
    ],
)
def test_a_tie_between_splits_is_a_leak(made, told):
    found = leakage(made, NONE.__contains__)
    assert (found.passed, list(found.about)) == (not told, told)


@pytest.mark.parametrize(
    ("people", "uses", "passed"),
    [
        pytest.param({"a": BENCH, "d": BENCH}, {"d": LEAKED}, True, id="both published so"),
        pytest.param({"a": BENCH, "d": BENCH}, {}, False, id="not marked, so scored once only"),
        pytest.param({"d": BENCH}, {"d": LEAKED}, False, id="its twin in training could have gone"),
        pytest.param({"a": BENCH}, {"d": LEAKED}, False, id="it could have gone to training"),
        pytest.param(
            {"a": BENCH, "e": BENCH}, {"d": LEAKED, "e": LEAKED}, True, id="its group is torn by what was published"
        ),
    ],
)
def test_a_leak_passes_only_where_sources_keep_their_split_on_purpose(people, uses, passed):
    twins = {name: SAME | people.get(name, {}) for name in "ade"[: 3 if "e" in people else 2]}
    found = leakage(corpus(people=twins, uses=uses, tied=dict.fromkeys(twins, "a")), {"bench"}.__contains__)
    assert found.passed is passed


def test_a_leak_on_purpose_is_counted_by_source():
    twins = {"a": SAME | BENCH, "d": SAME | BENCH, "e": SAME}
    made = corpus(people=twins, uses={"d": LEAKED, "e": LEAKED}, tied=dict.fromkeys("ade", "a"))
    found = leakage(made, {"bench"}.__contains__)
    assert found.sentence == (
        "2 held-out items (1 of bench, 1 of corpus) tied to training because a source keeps its own split on purpose: "
        "every score is given twice, with and without them"
    )
    assert len(found.about) == 2


@pytest.mark.parametrize(
    ("born", "told"),
    [
        pytest.param((), [], id="no children"),
        pytest.param((child("k", "a"), child("l", "a", "a")), [], id="children of a training face, one its very image"),
        pytest.param(
            (child("k", "d"),),
            [f"child {sample_id('k')} was made from {D}, which is in test"],
            id="a child of a test face",
        ),
        pytest.param(
            (child("k", "z"),),
            [f"child {sample_id('k')} was made from {sample_id('z')}, which is in no split"],
            id="a child of nobody",
        ),
        pytest.param((child("d", "a"),), [f"child {D} of {A} is a sample itself, in test"], id="a child in the test"),
        pytest.param(
            (child("k", "a", "d"),),
            [f"child {sample_id('k')} of {A} has the pixels of held-out item {D}"],
            id="a child with the pixels of a test face",
        ),
    ],
)
def test_children_stay_in_training(born, told):
    found = children(corpus(children=born))
    assert (found.passed, list(found.about)) == (not told, told)


def test_a_child_like_a_face_that_is_marked_as_leaked_is_told_and_let_through():
    found = children(corpus(uses={"d": LEAKED}, children=(child("k", "a", "d"),)))
    assert found.passed
    assert found.sentence == (
        "all 1 augmented faces come from training; 1 have the pixels of held-out items that are marked as leaked"
    )
    assert found.about == (f"child {sample_id('k')} of {A} has the pixels of held-out item {D}",)


@pytest.mark.parametrize("marked", ["d", "e"])
def test_a_child_like_two_held_out_faces_needs_both_marked(marked):
    as_d = {"content_sha256": hashlib.sha256(image("d")).hexdigest()}
    found = children(corpus(people={"e": as_d}, uses={marked: LEAKED}, children=(child("k", "a", "d"),)))
    assert not found.passed


def test_an_empty_corpus_has_no_leak():
    empty = corpus(splits=[], children=())
    assert empty.augmented.equals(table_of([], AUGMENTED))
    assert (leakage(empty, NONE.__contains__).passed, children(empty).passed) == (True, True)

"""What leaves at the split, and the laws that every split keeps."""

from dataclasses import replace

import pytest
from curation_rows import faces, sample, sample_id, tables
from hypothesis import given, settings
from hypothesis import strategies as st
from split_rows import CONFIG, SOURCES, before, divide, reasons_of, splits_of

from bhab.errors import TableError
from bhab.schema import EMOTIONS, LABELS, QUEUE, REJECTS, SPLITS, Modality
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from pipelines import split as stage


# What stays of twins: rows of (name, changes), the reasons of those that are dropped.
@pytest.mark.parametrize(
    ("twins", "dropped"),
    [
        pytest.param({"a": {}, "b": {}, "c": {}}, {"b": "duplicate", "c": "duplicate"}, id="the lowest id stays"),
        pytest.param(
            {"a": {"emotion": None}, "b": {}},
            {"a": "duplicate"},
            id="the one with an emotion stays",
        ),
        pytest.param(
            {"a": {}, "b": {"emotion": "sad"}, "c": {"emotion": None}},
            dict.fromkeys("abc", "label_contradiction"),
            id="none of contradicting twins stays",
        ),
        pytest.param(
            {"a": {}, "b": {"source": "bench", "source_split": "train"}, "c": {"source": "bench"}},
            {"a": "duplicate"},
            id="a source that keeps its split keeps its copies, another loses them",
        ),
        pytest.param(
            {"a": {}, "b": {"source": "bench", "emotion": "sad"}},
            {"a": "label_contradiction"},
            id="a source that keeps its split keeps a contradiction",
        ),
    ],
)
def test_copies(twins, dropped):
    rows = [sample(name, content_sha256="same", **changes) for name, changes in twins.items()]
    divided = divide([*rows, sample("other")])
    assert reasons_of(divided) == dropped
    assert set(splits_of(divided)) == {*twins, "other"} - set(dropped)
    everything = divide(rows, CONFIG.model_copy(update={"deduplicate": False}))
    assert (set(splits_of(everything)), reasons_of(everything)) == (set(twins), {})


def test_a_reject_says_why():
    told = divide(
        [
            *(sample(name, content_sha256="one", emotion=emotion) for name, emotion in (("a", "sad"), ("b", "fear"))),
            *(sample(name, content_sha256="two") for name in "cd"),
        ]
    )
    assert [(row["source_key"], row["detail"]) for row in told.rejects.to_pylist()] == [
        ("a.raw", "equal content is labelled fear by 1, sad by 1, expected one emotion"),
        ("b.raw", "equal content is labelled fear by 1, sad by 1, expected one emotion"),
        ("d.raw", f"content equal to that of {sample_id('c')}, which stays"),
    ]


@pytest.mark.parametrize(
    ("emotions", "dropped"),
    [
        pytest.param(
            {"a": "sad", "b": "fear", "c": "fear", "d": None},
            {"a": "label_contradiction", "c": "duplicate", "d": "label_contradiction"},
            id="the commonest emotion wins, its lowest id stays",
        ),
        pytest.param({"a": "sad", "b": "fear"}, dict.fromkeys("ab", "label_contradiction"), id="a tie is dropped"),
        pytest.param({"a": None, "b": "fear", "c": "fear"}, dict.fromkeys("ac", "duplicate"), id="no contradiction"),
    ],
)
def test_the_majority_settles_a_contradiction(emotions, dropped):
    rows = [sample(name, content_sha256="same", emotion=emotion) for name, emotion in emotions.items()]
    divided = divide(rows, CONFIG.model_copy(update={"contradictions": "majority"}))
    assert reasons_of(divided) == dropped
    assert set(splits_of(divided)) == set(emotions) - set(dropped)


@pytest.mark.parametrize("rule", ["drop", "annotators", "majority"])
def test_only_the_rule_that_asks_people_has_a_queue(rule):
    twins = [sample(name, content_sha256="x", emotion=emotion) for name, emotion in (("b", "sad"), ("a", "fear"))]
    copies = [sample(name, content_sha256="y") for name in "cd"]
    queue = divide([*twins, *copies], CONFIG.model_copy(update={"contradictions": rule})).queue
    asked = [sample_id("a"), sample_id("b")] if rule == "annotators" else []
    assert (queue["sample_id"].to_pylist(), queue.schema.names) == (asked, [c.name for c in QUEUE])


def test_near_copies_leave_training_only_and_only_if_asked():
    rows = [sample(f"s{n:03}") for n in range(60)]
    near = [(f"s{n:03}", f"s{n + 1:03}") for n in range(0, 60, 2)]
    everything = divide(rows, near=near)
    kept = splits_of(everything)
    thinned = divide(rows, CONFIG.model_copy(update={"drop_near": True}), near)
    trained = {other for _, other in near if kept[other] == "train"}
    assert reasons_of(everything) == {}
    assert reasons_of(thinned) == dict.fromkeys(trained, "near_duplicate")
    assert splits_of(thinned) == {name: split for name, split in kept.items() if name not in trained}
    assert 0 < len(trained) < 30
    details = {row["source_key"].removesuffix(".raw"): row["detail"] for row in thinned.rejects.to_pylist()}
    assert details == {
        other: f"content nearly equal to that of {sample_id(one)}, which stays"
        for one, other in near
        if other in trained
    }


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(sorted(SOURCES)),
            "source_split": st.sampled_from([None, "train", "test"]),
            "content_sha256": st.integers(0, 12).map(str),
            "subject_id": st.none() | st.sampled_from("pqrs"),
            "emotion": st.none() | st.sampled_from(EMOTIONS[:3]),
        }
    ),
    max_size=25,
).map(lambda all_changes: [sample(f"s{n:02}", **changes) for n, changes in enumerate(all_changes)])


NEAR = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=6)
RULES = st.fixed_dictionaries(
    {
        "deduplicate": st.booleans(),
        "contradictions": st.sampled_from(["drop", "majority", "annotators"]),
        "drop_near": st.booleans(),
    }
)


def among(rows, near):
    """Those of the pairs of numbers that are of two of `rows`, as names."""
    return [(f"s{min(pair):02}", f"s{max(pair):02}") for pair in near if max(pair) < len(rows) and pair[0] != pair[1]]


@settings(max_examples=60)
@given(ROWS, NEAR, RULES)
def test_every_sample_leaves_by_one_door_and_leaks_are_marked(rows, near, rules):
    divided = divide(rows, CONFIG.model_copy(update=rules), among(rows, near))
    kept, dropped = divided.splits.to_pylist(), divided.rejects.to_pylist()
    ids = [row["sample_id"] for row in kept]
    assert sorted([*ids, *(sample_id(r["source_key"].removesuffix(".raw")) for r in dropped)]) == sorted(
        row["sample_id"] for row in rows
    )
    assert ids == sorted(ids)
    in_train = {row["group_id"] for row in kept if row["split"] == "train"}
    assert [row["leaked"] for row in kept] == [row["split"] != "train" and row["group_id"] in in_train for row in kept]
    protocol = {row["sample_id"] for row in rows if row["source"] != "corpus" and row["source_split"]}
    published = {row["group_id"] for row in kept if row["sample_id"] in protocol}
    assert [row for row in kept if row["leaked"] and row["group_id"] not in published] == []


@settings(max_examples=40)
@given(ROWS, NEAR, RULES)
def test_a_group_never_crosses_a_split(rows, near, rules):
    loose = [row | {"source": "corpus"} for row in rows]
    kept = divide(loose, CONFIG.model_copy(update=rules), among(rows, near)).splits.to_pylist()
    split_of = {row["sample_id"]: row["split"] for row in kept}
    assert len({row["group_id"] for row in kept}) == len({(row["group_id"], row["split"]) for row in kept})
    ends = [tuple(map(sample_id, pair)) for pair in among(rows, near)]
    assert all(split_of[one] == split_of[other] for one, other in ends if one in split_of and other in split_of)


@settings(max_examples=20)
@given(ROWS, NEAR, RULES, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, near, rules, random):
    config = CONFIG.model_copy(update=rules)
    assert divide(random.sample(rows, len(rows)), config, among(rows, near)) == divide(rows, config, among(rows, near))


def test_a_stale_table_of_labels_is_refused():
    table = faces(sample("a"))
    stale = replace(before(table), labels=table_of([], LABELS))
    with pytest.raises(TableError, match=f"sample_id {sample_id('a')}"):
        stage.split({Modality.FACES: table}, stale, SOURCES, CONFIG)


def test_the_stage_writes_the_same_bytes_twice(tmp_path):
    rows = [sample("a", content_sha256="x"), sample("b", content_sha256="x"), *(sample(f"s{n}") for n in range(20))]
    given_tables = tables(faces=faces(*rows))
    for modality, table in given_tables.items():
        write_shards(table, tmp_path / modality, 2)
    found = before(given_tables[Modality.FACES])
    for name in ("groups", "duplicates", "pairs", "labels"):
        write_table(getattr(found, name), tmp_path / f"{name}.parquet")
    for run in ("one", "two"):
        folders = [f"--{name}={tmp_path}" for name in ("tables", "curation", "labels")]
        stage.main([*folders, f"--out={tmp_path / run}", f"--metrics={tmp_path / run}.json"])
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()} for run in ("one", "two"))
    assert one == two
    assert read_table(tmp_path / "one" / "splits.parquet", SPLITS).num_rows == 21
    assert read_table(tmp_path / "one" / "rejects.parquet", REJECTS)["stage"].to_pylist() == ["split"]
    figures = read_json(tmp_path / "one.json")
    assert figures["faces"]["dropped"] == {"duplicate": 1}
    assert sum(split["n"] for split in figures["faces"]["splits"].values()) == 21
    assert figures["texts"]["groups"] == 0

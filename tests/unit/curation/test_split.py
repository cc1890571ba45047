from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from curation_rows import faces, pairs, sample, sample_id, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from bhab.config import SourceConfig, SplitConfig
from bhab.curation.duplicates import exact_duplicates
from bhab.curation.groups import groups
from bhab.errors import TableError
from bhab.schema import EMOTIONS, LABELS, QUEUE, REJECTS, SPLITS, Modality, Split
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from pipelines import split as stage

CONFIG = SplitConfig(
    salt="test",
    validation_fraction=0.1,
    test_fraction=0.1,
    deduplicate=True,
    contradictions="drop",
    drop_near=False,
)
TERMS = {"adapter": "image_folder", "modality": "faces", "root": "x", "licence": "MIT", "consent": "synthetic"}
SOURCES = {
    "corpus": SourceConfig(**TERMS),
    "bench": SourceConfig(**TERMS, keep_split=True),
    "bench3": SourceConfig(**TERMS, keep_split=True),
}


def before(table, near=()):
    """What the stages before find in these faces, without votes; `near` are pairs of names."""
    row = {"modality": "faces", "origin": "source", "n_votes": 0}
    return stage.Before(
        groups=groups(table, pairs(*near), Modality.FACES),
        pairs=pairs(*near),
        duplicates=exact_duplicates(table, Modality.FACES),
        labels=table_of([row | emotion for emotion in table.select(["sample_id", "emotion"]).to_pylist()], LABELS),
    )


def divide(rows, config=CONFIG, near=()):
    table = faces(*rows)
    return stage.split({Modality.FACES: table}, before(table, near), SOURCES, config)


def splits_of(divided):
    return {row["sample_id"].lstrip("0"): row["split"] for row in divided.splits.to_pylist()}


def reasons_of(divided):
    return {row["source_key"].removesuffix(".raw"): row["reason"] for row in divided.rejects.to_pylist()}


def person_rows(rng, persons, largest):
    """Faces of persons who show any emotion, as often as FER2013 has it."""
    return [
        sample(f"p{person}x{n}", subject_id=f"p{person}", emotion=rng.choice(EMOTIONS, p=FER2013_SHARES))
        for person in range(persons)
        for n in range(rng.integers(1, largest + 1))
    ]


FER2013_SHARES = np.array([3995, 436, 4097, 7215, 4965, 4830, 3171]) / 28709  # of its training images


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


@pytest.mark.parametrize(
    ("rows", "tolerance"),
    [
        pytest.param(
            [
                sample(f"s{n}", emotion=e)
                for n, e in enumerate(np.repeat(EMOTIONS, (FER2013_SHARES * 2000).astype(int)))
            ],
            0.02,
            id="one face a person",
        ),
        pytest.param(person_rows(np.random.default_rng(1), 400, 9), 0.05, id="one to nine faces a person"),
        pytest.param(
            [
                sample(f"v{v}e{e}n{n}", subject_id=f"v{v}", emotion=e)
                for v in range(20)
                for e in EMOTIONS
                for n in range(3)
            ],
            0.0001,
            id="20 speakers of all emotions",
        ),
    ],
)
def test_shares_of_each_emotion(rows, tolerance):
    kept = divide(rows).splits.to_pylist()
    all_of = Counter(row["emotion"] for row in kept)
    for split, fraction in ((Split.TEST, 0.1), (Split.VALIDATION, 0.1)):
        of = Counter(row["emotion"] for row in kept if row["split"] == split)
        assert {e: of[e] / n for e, n in all_of.items()} == pytest.approx(
            dict.fromkeys(all_of, fraction), abs=tolerance
        )


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param([1], {"train": [1]}, id="one person"),
        pytest.param([1, 1], {"train": [1, 1]}, id="two persons"),
        pytest.param([1, 1, 1], {"train": [1], "validation": [1], "test": [1]}, id="three persons"),
        pytest.param([1, 1, 50], {"train": [50], "validation": [1], "test": [1]}, id="a person too large to hold out"),
        pytest.param([9] * 10, {"train": [9] * 8, "validation": [9], "test": [9]}, id="ten persons"),
    ],
)
def test_whole_persons_are_held_out(sizes, expected):
    rows = [sample(f"p{p}n{n}", subject_id=f"p{p}") for p, size in enumerate(sizes) for n in range(size)]
    found = Counter((row["group_id"], row["split"]) for row in divide(rows).splits.to_pylist())
    by_split = {split: sorted(n for (_, of), n in found.items() if of == split) for _, split in found}
    assert by_split == expected


@pytest.mark.parametrize("new", range(5))
def test_one_more_face_moves_at_most_the_two_at_the_cuts(new):
    rows = [sample(f"s{n}", emotion=EMOTIONS[n % 7]) for n in range(700)]
    before = splits_of(divide(rows))
    after = splits_of(divide([*rows, sample(f"new{new}", emotion="fear")]))
    assert sum(before[name] != after[name] for name in before) <= 2


def test_one_more_person_leaves_nearly_all_others_where_they_were():
    rows = person_rows(np.random.default_rng(2), 300, 9)
    before = splits_of(divide(rows))
    after = splits_of(divide([*rows, *(sample(f"new{n}", subject_id="new", emotion="sad") for n in range(5))]))
    assert sum(before[name] != after[name] for name in before) <= 0.02 * len(before)


def test_another_salt_draws_another_split():
    rows = [sample(f"s{n}") for n in range(200)]
    assert splits_of(divide(rows)) != splits_of(divide(rows, CONFIG.model_copy(update={"salt": "other"})))


def bench(name, split, **changes):
    return sample(name, source="bench", source_split=split, **changes)


def test_a_published_split_is_kept_and_validation_carved_from_its_training_items():
    rows = [bench(f"tr{n}", "train", subject_id=f"p{n // 2}") for n in range(200)]
    rows += [bench(f"te{n}", "test") for n in range(30)]
    divided = divide(rows)
    assert {n for n, s in splits_of(divided).items() if s == "test"} == {f"te{n}" for n in range(30)}
    kept = Counter((row["group_id"], row["split"]) for row in divided.splits.to_pylist() if row["split"] != "test")
    assert Counter(split for _, split in kept.elements()) == {"train": 180, "validation": 20}
    assert set(kept.values()) == {2}  # both faces of a person in one split
    assert divided.figures["faces"]["leaked"] == 0


def test_a_published_validation_split_is_not_added_to():
    rows = [bench(f"tr{n}", "train") for n in range(50)] + [bench("va", "validation")]
    assert Counter(splits_of(divide(rows)).values()) == {"train": 50, "validation": 1}


def test_a_published_leak_is_marked_and_its_twin_stays_in_training():
    rows = [bench(f"tr{n}", "train") for n in range(40)]
    divided = divide([*rows, *(bench(f"te{n}", "test", content_sha256=rows[n]["content_sha256"]) for n in range(20))])
    carved = sum(split == "validation" for split in splits_of(divided).values())
    leaked = [row["split"] for row in divided.splits.to_pylist() if row["leaked"]]
    assert (carved, leaked) == (2, ["test"] * 20)


@pytest.mark.parametrize(
    ("published", "followed"),
    [
        pytest.param(["test"], "test", id="to a test item"),
        pytest.param(["train", "test"], "test", id="to the split that may be seen least"),
        pytest.param(["train", "validation"], "validation", id="to validation before training"),
    ],
)
def test_a_sample_follows_its_person_into_a_published_split(published, followed):
    rows = [bench(f"b{split}", split, subject_id="p") for split in published]
    assert splits_of(divide([*rows, sample("free", subject_id="p")]))["free"] == followed


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

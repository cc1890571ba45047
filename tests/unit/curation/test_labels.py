import json

import pytest
from curation_rows import faces, sample, sample_id, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from bhab.config import LabelsConfig
from bhab.curation.labels import Vote
from bhab.schema import ANNOTATORS, EMOTIONS, LABELS
from bhab.store import read_json, read_table, write_shards
from pipelines import labels as stage

CONFIG = LabelsConfig(min_votes=2, min_agreement=0.5, resamples=100)


def cast(name: str, votes: str, modality: str = "faces") -> list[Vote]:
    """Votes of annotators 0, 1, ... on one sample, by the first letters of the emotions; `.` for no vote."""
    by_letters = {emotion[:2]: emotion for emotion in EMOTIONS}
    return [
        Vote(sample_id(name), modality, f"annotator-{number}", by_letters[letters])
        for number, letters in enumerate(votes.split())
        if letters != "."
    ]


@pytest.mark.parametrize(
    ("votes", "emotion", "origin", "agreement"),
    [
        pytest.param("", "happy", "source", None, id="no vote"),
        pytest.param("sa", "happy", "source", 0.0, id="one vote is too few"),
        pytest.param("sa sa", "sad", "annotators", 1.0, id="two agree"),
        pytest.param("ha ha", "happy", "annotators", 1.0, id="two agree with the source"),
        pytest.param("sa fe", "happy", "source", 0.0, id="a tie"),
        pytest.param("sa ha", "happy", "source", 0.5, id="a tie with the source"),
        pytest.param("sa sa fe", "sad", "annotators", 2 / 3, id="two of three"),
        pytest.param("sa sa fe an", "sad", "annotators", 0.5, id="just the share that is needed"),
        pytest.param("sa sa fe an di", "happy", "source", 0.0, id="the winner has too small a share"),
    ],
)
def test_votes_become_a_label(votes, emotion, origin, agreement):
    labelled = stage.labels(tables(faces=faces(sample("a"))), cast("a", votes), CONFIG)
    row = {"sample_id": sample_id("a"), "modality": "faces", "n_votes": len(votes.split()), "source_agreement": None}
    assert labelled.labels.to_pylist() == [row | {"emotion": emotion, "origin": origin, "agreement": agreement}]
    assert labelled.figures["faces"]["changed"] == int(emotion != "happy")


def test_an_unknown_emotion_stays_unknown_until_annotators_agree():
    unknown = tables(faces=faces(sample("a", emotion=None), sample("b", emotion=None)))
    labelled = stage.labels(unknown, [*cast("a", "sa fe"), *cast("b", "sa sa")], CONFIG)
    assert labelled.labels["emotion"].to_pylist() == [None, "sad"]
    assert labelled.labels["agreement"].to_pylist() == [None, 1.0]
    figures = labelled.figures["faces"]
    assert {key: figures[key] for key in ("n", "labelled", "from_annotators", "changed")} == {
        "n": 2,
        "labelled": 1,
        "from_annotators": 1,
        "changed": 1,
    }


@pytest.mark.parametrize(
    ("published", "agreement", "majority"),
    [
        pytest.param(None, None, (0, 0), id="nothing published"),
        pytest.param([("contempt", 10)], None, (0, 0), id="all outside the seven"),
        pytest.param([("happy", 6), ("contempt", 4)], 1.0, (1, 1), id="share of the votes inside the seven"),
        pytest.param([("happy", 5), ("contempt", 5)], 1.0, (0, 0), id="half is no majority"),
        pytest.param([("happy", 3), ("sad", 7)], 0.3, (0, 1), id="the majority says otherwise"),
    ],
)
def test_published_votes_judge_the_source_and_change_nothing(published, agreement, majority):
    labelled = stage.labels(tables(faces=faces(sample("a", votes=published))), [], CONFIG)
    [row] = labelled.labels.to_pylist()
    assert (row["emotion"], row["origin"], row["n_votes"], row["source_agreement"]) == ("happy", "source", 0, agreement)
    share = labelled.figures["faces"]["published"]["majority_agrees"]
    assert (round(share["value"] * share["n"]), share["n"]) == majority


def test_annotators_are_held_against_the_majority_of_the_others():
    votes = [*cast("a", "sa sa sa fe"), *cast("b", ". sa fe ."), *cast("c", "sa . . .")]
    labelled = stage.labels(tables(faces=faces(*map(sample, "abc"))), votes, CONFIG)
    counts = [tuple(row.values())[2:] for row in labelled.annotators.to_pylist()]
    assert counts == [(2, 1, 1), (2, 2, 1), (2, 2, 1), (1, 1, 0)]  # n, n_compared, n_agreed of annotators 0 to 3
    assert [(a["annotator"], a["agreement"]["value"]) for a in labelled.figures["annotators"]] == [
        ("annotator-0", 1.0),
        ("annotator-1", 0.5),
        ("annotator-2", 0.5),
        ("annotator-3", 0.0),
    ]


def test_an_annotator_alone_has_no_agreement():
    figures = stage.labels(tables(faces=faces(sample("a"))), cast("a", "sa"), CONFIG).figures
    assert figures["annotators"] == [{"annotator": "annotator-0", "modality": "faces", "n": 1, "agreement": None}]
    assert (figures["faces"]["agreement"], figures["faces"]["krippendorff_alpha"]) == (None, None)


def test_votes_on_samples_that_are_not_there_are_listed():
    votes = [*cast("a", "sa sa"), *cast("gone", "sa sa"), *cast("a", "sa sa", "texts")]
    figures = stage.labels(tables(faces=faces(sample("a"))), votes, CONFIG).figures
    assert figures["unmatched"] == [
        {"modality": "faces", "sample_id": sample_id("gone"), "votes": 2},
        {"modality": "texts", "sample_id": sample_id("a"), "votes": 2},
    ]


VOTES = st.lists(
    st.builds(
        Vote,
        st.sampled_from("abcd").map(sample_id),
        st.just("faces"),
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from(EMOTIONS),
    ),
    unique_by=lambda vote: (vote.sample_id, vote.annotator),
)


@settings(max_examples=40)
@given(VOTES, st.randoms(use_true_random=False))
def test_order_of_votes_does_not_matter_and_none_is_lost(votes, random):
    given_tables = tables(faces=faces(*map(sample, "abc")))
    labelled = stage.labels(given_tables, votes, CONFIG)
    shuffled = stage.labels(given_tables, random.sample(votes, len(votes)), CONFIG)
    assert shuffled == labelled
    unmatched = sum(each["votes"] for each in labelled.figures["unmatched"])
    assert sum(labelled.labels["n_votes"].to_pylist()) + unmatched == len(votes)


def test_the_stage_reads_exports_of_label_studio(tmp_path):
    for modality, table in tables(faces=faces(*map(sample, "ab"))).items():
        write_shards(table, tmp_path / modality, 2)
    annotations = [
        {
            "completed_by": who,
            "was_cancelled": False,
            "result": [
                {"from_name": name, "to_name": "face", "type": "choices", "value": {"choices": [choice]}}
                for name, choice in (("emotion", "sad"), ("quality", "good"))
            ],
        }
        for who in (1, 2)
    ]
    (tmp_path / "exports").mkdir()
    task = {"data": {"sample_id": sample_id("a"), "modality": "faces"}, "annotations": annotations}
    (tmp_path / "exports" / "faces.json").write_text(json.dumps([task]), encoding="utf-8")
    stage.main(
        [
            *("--tables", str(tmp_path), "--exports", str(tmp_path / "exports")),
            *("--out", str(tmp_path / "out"), "--metrics", str(tmp_path / "labels.json")),
        ]
    )
    assert read_table(tmp_path / "out" / "labels.parquet", LABELS)["emotion"].to_pylist() == ["sad", "happy"]
    assert read_table(tmp_path / "out" / "annotators.parquet", ANNOTATORS)["n"].to_pylist() == [1, 1]
    figures = read_json(tmp_path / "labels.json")
    assert figures["faces"]["agreement"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    assert figures["unmatched"] == []

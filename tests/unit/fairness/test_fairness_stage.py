import pytest
from pydantic import ValidationError

from bhab.config import FairnessConfig
from bhab.errors import TableError
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, FACES, PREDICTIONS, SPLITS, TEXTS, Modality
from bhab.store import table_of
from pipelines.balance import balance
from pipelines.fairness import fairness, largest

CONFIG = FairnessConfig(attributes=("gender", "age_group", "skin_tone_ita"), min_n_shown=2, min_n_scored=3)


def person(number, columns=FACES, **changes):
    """A valid row of FACES or TEXTS; a case states only who it is."""
    plain = {c.name: None if c.nullable else b"" if c.n_bytes else 1 for c in columns}
    text = {c.name: "x" for c in columns if str(c.type) == "string" and not c.nullable}
    known = plain | text | {"sample_id": f"{number:020}", "emotion": "happy", "gender": "female"}
    return known | {key: value for key, value in changes.items() if key in known}


def said(number, predicted, *, split="test", emotion="happy", leaked=False):
    chances = {f"p_{e}": 1.0 if e == predicted else 0.0 for e in EMOTIONS}
    row = {"sample_id": f"{number:020}", "model": "m", "split": split, "emotion": emotion, "predicted": predicted}
    return row | chances | {"leaked": leaked}


def judged(people, predictions):
    return fairness(table_of(predictions, PREDICTIONS), table_of(people, FACES), CONFIG)


def test_no_predictions_give_groups_without_rows():
    found = judged([], [])
    assert (found["n"], found["overall"]["n"], found["intersections"]) == (0, 0, [])
    assert [(a["attribute"], a["stated"], a["groups"], a["gap"]) for a in found["attributes"]] == [
        ("gender", 0, [], None),
        ("age_group", 0, [], None),
        ("skin_tone_ita", 0, [], None),
    ]
    assert found["largest"] == {"accuracy": None, "recall": None}


def test_only_test_faces_count():
    people = [person(i) for i in range(4)]
    predictions = [said(0, "happy"), said(1, "sad"), said(2, "sad", split="validation"), said(3, "sad", split="train")]
    found = judged(people, predictions)
    assert (found["n"], found["overall"]["value"]) == (2, 0.5)


def test_every_figure_is_given_without_leaked_faces_too():
    people = [person(i, gender="female" if i < 6 else "male") for i in range(12)]
    predictions = [said(i, "happy" if i < 6 else "sad", leaked=i in {0, 6, 7}) for i in range(12)]
    found, clean = judged(people, predictions), judged(people, [p for p in predictions if not p["leaked"]])
    assert (found["n"], found["without_leaked"]["n"], clean["without_leaked"]) == (12, 9, None)
    assert found["without_leaked"] == {key: clean[key] for key in found["without_leaked"]}
    assert [a["gap"]["n_worst"] for a in found["without_leaked"]["attributes"] if a["gap"]] == [4]


def test_the_rows_are_named_by_split_and_digest():
    people = [person(i) for i in range(3)]
    found = judged(people, [said(1, "happy"), said(0, "sad"), said(2, "sad", split="validation")])
    assert (found["split"], found["rows_sha256"]) == ("test", rows_sha256([f"{0:020}", f"{1:020}"]))


def test_a_gap_is_found_in_accuracy_recall_and_intersection():
    people = [person(i, gender="female" if i < 6 else "male", age_group="20-39" if i % 2 else "60+") for i in range(12)]
    found = judged(people, [said(i, "happy" if i < 6 else "sad") for i in range(12)])
    [gender, age, tone] = found["attributes"]
    assert (gender["gap"]["worst"], gender["gap"]["best"], gender["gap"]["value"]) == ("male", "female", 1.0)
    assert age["gap"]["value"] == 0.0
    assert [(g["group"], g["n"], g["named"]) for g in tone["groups"]] == [("not stated", 12, False)]
    assert [(part["emotion"], part["gap"]["value"]) for part in gender["emotions"] if part["gap"]] == [("happy", 1.0)]
    assert [pair["attribute"] for pair in found["intersections"]] == ["gender & age_group"]
    assert found["intersections"][0]["groups"][0] | {"score": None} == {
        "group": "male & 20-39",
        "n": 3,
        "named": True,
        "score": None,
    }
    assert found["largest"]["recall"]["emotion"] == "happy"


def test_order_of_predictions_does_not_matter():
    people = [person(i, gender="female" if i % 3 else "male") for i in range(30)]
    predictions = [said(i, "happy" if i % 4 else "sad") for i in range(30)]
    assert judged(people, predictions) == judged(people[::-1], predictions[::-1])


def test_a_prediction_of_an_unknown_face_is_an_error():
    with pytest.raises(TableError, match=r"sample_id 0+7 and 0 others"):
        judged([person(1)], [said(7, "happy")])


def test_the_largest_gap_is_the_one_furthest_above_chance():
    wide, true = {"value": 0.4, "by_chance": 0.5}, {"value": 0.3, "by_chance": 0.1}
    assert largest([("age", None, wide), ("gender", "sad", true), ("x", None, None)]) == {
        "attribute": "gender",
        "emotion": "sad",
        "gap": true,
    }


def test_an_attribute_that_no_face_has_is_refused():
    with pytest.raises(ValidationError, match="'gendre' is no attribute of a face, expected some of"):
        FairnessConfig(attributes=("gendre",), min_n_shown=5, min_n_scored=30)


def test_balance_counts_every_sample_with_the_emotion_the_split_used():
    people = [person(i, subject_id="a" if i < 2 else None, emotion="sad") for i in range(4)]
    used = {"modality": "faces", "source": "x", "emotion": "happy", "group_id": "g", "split": "train", "leaked": False}
    splits = table_of([used | {"sample_id": f"{i:020}"} for i in range(3)], SPLITS)
    tables = {Modality.FACES: table_of(people, FACES), Modality.TEXTS: table_of([], TEXTS)}
    found = balance(tables, splits, CONFIG)
    faces = found["modalities"]["faces"]
    assert (found["min_n_shown"], faces["n"]) == (2, 4)
    assert faces["subjects"] == {"stated": 2, "people": 1, "largest": 2}
    assert faces["attributes"][0]["groups"] == [
        {
            "group": "female",
            "n": 4,
            "share": 1.0,
            "by_split": {"left out": None, "train": 3},
            "by_emotion": {"happy": 3, "sad": None},
        }
    ]
    assert found["modalities"]["texts"] == {
        "n": 0,
        "subjects": {"stated": 0, "people": 0, "largest": 0},
        "attributes": [
            {
                "attribute": attribute,
                "evenness": {"n": 0, "groups": 0, "ens": 0.0, "sei": None, "cramers_v": None},
                "groups": [],
            }
            for attribute in ("gender", "age_group")  # a text has no picture to measure a skin tone in
        ],
    }

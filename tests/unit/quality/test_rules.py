import hashlib

import numpy as np
import pyarrow as pa
import pytest
from curation_rows import faces, sample, sample_id, speech
from hypothesis import given
from hypothesis import strategies as st

from bhab.quality.rules import RULES, judge_rule, not_clean, rules_sentence
from bhab.schema import FACE_BYTES, TEXTS, Modality
from bhab.schema import sample_id as id_of
from bhab.store import table_of
from bhab.text.clean import clean

SENTENCE = "আমি আজ ভালো আছি।"


def honest(name, content=b"", **changes):
    """A row whose id, hash, label and person are those of its source."""
    row = sample(name, sample_id=id_of("corpus", f"{name}.raw"), source_label="happy", subject_id="corpus/p1")
    return row | {"content_sha256": hashlib.sha256(content).hexdigest()} | changes


def face(name, **changes):
    return faces(honest(name, bytes(FACE_BYTES), **changes))


def text(name, **changes):
    own = {"text_raw": SENTENCE, "text": SENTENCE, "n_words": 4, "n_graphemes": 13, "bengali_share": 1.0}
    content = str(changes.get("text", SENTENCE)).encode()
    return table_of([honest(name, content) | own | changes], TEXTS)


def clip(name, **changes):
    content = changes.get("pcm", bytes(32_000))
    return speech(honest(name, content, **changes))


MAKERS = {Modality.FACES: face, Modality.TEXTS: text, Modality.SPEECH: clip}


def broken(modality, *tables):
    table = pa.concat_tables(tables)
    rules = [*RULES[modality], *([not_clean(clean)] if modality is Modality.TEXTS else [])]
    outcomes = [judge_rule(rule, table, examples=2) for rule in rules]
    return {o["rule"]: (o["severity"], o["unexpected_count"], o["examples"]) for o in outcomes if not o["success"]}


@pytest.mark.parametrize("modality", Modality)
def test_sound_rows_and_no_rows_break_nothing(modality):
    make = MAKERS[modality]
    rows = [make("a"), make("b", votes=[("happy", 2)], gender="female"), make("c", subject_id=None, emotion=None)]
    assert broken(modality, *rows) == {}
    assert broken(modality, make("a").slice(0, 0)) == {}


A = id_of("corpus", "a.raw")
DARK = {"brightness": 10.0, "contrast": 60.0}  # at most sqrt(10 * 245), 49.5


@pytest.mark.parametrize(
    ("modality", "changes", "rule", "severity", "example"),
    [
        pytest.param(
            Modality.FACES, {"sample_id": sample_id("a")}, "id_is_of_source_and_key", "stop",
            f"source corpus, source_key a.raw in {sample_id('a')}", id="an id of another item",
        ),
        pytest.param(
            Modality.FACES, {"image": b"\1" * FACE_BYTES}, "hash_is_of_content", "stop", None, id="pixels were changed"
        ),
        pytest.param(Modality.TEXTS, {"content_sha256": "0"}, "hash_is_of_content", "stop", None, id="a text's hash"),
        pytest.param(Modality.SPEECH, {"content_sha256": ""}, "hash_is_of_content", "stop", None, id="a clip's hash"),
        pytest.param(Modality.FACES, {"votes": []}, "votes_are_given", "stop", f"votes [] in {A}", id="no votes"),
        pytest.param(
            Modality.FACES, {"votes": [("happy", 3), ("sad", -1)]}, "votes_are_given", "stop",
            f"votes [('happy', 3), ('sad', -1)] in {A}", id="a vote below none",
        ),
        pytest.param(
            Modality.FACES, {"subject_id": "other/p1"}, "person_is_of_source", "stop",
            f"subject_id other/p1, source corpus in {A}", id="a person of another source",
        ),
        pytest.param(
            Modality.FACES, {"source_label": None}, "label_is_stated", "report", f"emotion happy in {A}",
            id="an emotion nobody stated",
        ),
        pytest.param(
            Modality.FACES, {"ita_deg": 30.0, "skin_tone_ita": "light"}, "tone_has_colour", "stop",
            f"ita_deg 30.0 in {A}", id="a skin tone without colour",
        ),
        pytest.param(
            Modality.FACES, {"skin_tone_ita": "light"}, "tone_has_angle", "stop",
            f"ita_deg empty, skin_tone_ita light in {A}", id="a skin tone without its angle",
        ),
        pytest.param(
            Modality.FACES, DARK, "contrast_fits_brightness", "stop", f"contrast 60.0, brightness 10.0 in {A}",
            id="more contrast than such a dark face can have",
        ),
        pytest.param(
            Modality.TEXTS, {"n_words": 14}, "words_have_letters", "stop", f"n_words 14, n_graphemes 13 in {A}",
            id="more words than letters",
        ),
        pytest.param(
            Modality.TEXTS, {"text": SENTENCE + " "}, "text_is_clean", "stop", f"text {SENTENCE}  in {A}",
            id="a text that was not cleaned",
        ),
        pytest.param(
            Modality.SPEECH, {"duration_s": 1.5}, "duration_is_of_pcm", "stop",
            f"pcm of 32000 bytes, duration_s 1.5 in {A}", id="a clip longer than its sound",
        ),
        pytest.param(
            Modality.SPEECH, {"channel_difference_db": -40.0}, "difference_is_of_channels", "stop",
            f"channel_difference_db -40.0, source_channels 1 in {A}", id="a difference within one channel",
        ),
        pytest.param(
            Modality.SPEECH, {"level_dbfs": -2.0}, "peak_is_over_level", "stop",
            f"peak_dbfs -3.0, level_dbfs -2.0 in {A}", id="a level over the peak",
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_is_found(modality, changes, rule, severity, example):
    make = MAKERS[modality]
    found = broken(modality, make("b"), make("a", **changes))
    assert {name: (how, n) for name, (how, n, _) in found.items()} == {rule: (severity, 1)}
    assert example is None or found[rule][2] == [example]


@pytest.mark.parametrize(
    ("modality", "one", "other", "rule", "severity"),
    [
        pytest.param(
            Modality.FACES, {"emotion": "happy"}, {"emotion": "sad"}, "label_has_one_meaning", "stop",
            id="a label that means two emotions",
        ),
        pytest.param(
            Modality.FACES, {"gender": "male"}, {"gender": "female"}, "person_has_one_gender", "report",
            id="a person of two genders",
        ),
        pytest.param(
            Modality.SPEECH, {"statement": "1", "transcript": "x"}, {"statement": "1", "transcript": "y"},
            "statement_has_one_transcript", "report", id="a statement with two transcripts",
        ),
    ],
)  # fmt: skip
def test_rows_that_contradict_each_other_are_found(modality, one, other, rule, severity):
    make = MAKERS[modality]
    found = broken(modality, make("a", **one), make("b", **other), make("c", source="x", subject_id="x/p1", **one))
    found.pop("id_is_of_source_and_key")  # of c, which has another source now
    assert {name: (how, n) for name, (how, n, _) in found.items()} == {rule: (severity, 2)}


@pytest.mark.parametrize("modality", Modality)
def test_an_empty_value_breaks_no_rule(modality):
    table = MAKERS[modality]("a")
    nullable = pa.schema([field.with_nullable(True) for field in table.schema])
    nothing = pa.Table.from_pylist([dict.fromkeys(table.column_names) | {"sample_id": A}], schema=nullable)
    assert broken(modality, table.cast(nullable), nothing) == {}


@given(st.lists(st.integers(0, 255), min_size=2, max_size=30))
def test_no_grey_levels_have_more_contrast_than_the_rule_allows(levels):
    levels = np.array(levels, dtype=np.float64)
    row = face("a", brightness=float(levels.mean()), contrast=float(levels.std()))
    assert "contrast_fits_brightness" not in broken(Modality.FACES, row)


def test_the_sentence_names_rule_count_and_examples():
    table = pa.concat_tables([clip("a", level_dbfs=0.0), clip("b")])
    outcomes = [judge_rule(rule, table, examples=5) for rule in RULES[Modality.SPEECH]]
    assert rules_sentence("speech", 2, [o for o in outcomes if not o["success"]]) == (
        f"speech: rule peak_is_over_level is broken in 1 of 2 rows (peak_dbfs -3.0, level_dbfs 0.0 in {A}), "
        "expected: peak_dbfs is at least level_dbfs"
    )

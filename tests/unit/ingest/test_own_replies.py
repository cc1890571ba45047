import json

import pytest

from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.ingest.replies import read
from bhab.schema import Pair

REPLY = "\u09ad\u09df \u09a8\u09c7\u0987\u0964"  # with a composed letter
CLEAN = "\u09ad\u09af\u09bc \u09a8\u09c7\u0987\u0964"


def lines(tmp_path, *rows):
    path = tmp_path / "own.jsonl"
    path.write_bytes(b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows))
    return list(read(path))


@pytest.mark.parametrize(
    ("row", "pair"),
    [
        pytest.param({"emotion": "fear", "reply": REPLY}, Pair("fear", None, CLEAN, CLEAN), id="emotion and reply"),
        pytest.param(
            {"emotion": "Sad", "context": "\u0986\u09ae\u09bf!", "reply": REPLY, "template": "{x}"},
            Pair("sad", "\u0986\u09ae\u09bf!", CLEAN, "x"),
            id="all four fields",
        ),
    ],
)
def test_a_row_is_a_pair_in_canonical_form(tmp_path, row, pair):
    assert lines(tmp_path, row) == [("1", pair)]


@pytest.mark.parametrize(
    ("row", "drop"),
    [
        pytest.param({"emotion": "fear"}, Drop("text_empty", "the reply is '', expected words"), id="no reply"),
        pytest.param(
            {"emotion": "fear", "reply": "\U0001f622"},
            Drop("text_empty", "the reply is '\U0001f622', expected words"),
            id="only an emoji",
        ),
        pytest.param(
            {"emotion": "fear", "reply": 7}, Drop("row_broken", "'reply' is 7, expected a string"), id="a number"
        ),
        pytest.param(
            {"emotion": "fear", "reply": "\u0995 " * 19},
            Drop("text_too_long", "a reply of 19 words and marks, expected at most 18"),
            id="a reply that does not fit",
        ),
        pytest.param(
            b"{",
            Drop("row_broken", "not JSON (Expecting property name enclosed in double quotes), expected one object"),
            id="not JSON",
        ),
        pytest.param(b'{"reply": "\xff"}', Drop("text_encoding", "byte 0xff, expected UTF-8"), id="not UTF-8"),
    ],
)
def test_a_bad_row_is_dropped_with_its_reason(tmp_path, row, drop):
    assert lines(tmp_path, row, {"emotion": "fear", "reply": REPLY}) == [
        ("1", drop),
        ("2", Pair("fear", None, CLEAN, CLEAN)),
    ]


@pytest.mark.parametrize("row", [pytest.param({"emotion": "bored"}, id="another"), pytest.param({}, id="none")])
def test_an_emotion_that_is_none_of_ours_is_dropped(tmp_path, row):
    ((_, drop),) = lines(tmp_path, {"reply": REPLY} | row)
    assert drop.reason == "label_unknown"


def test_no_file_is_named(tmp_path):
    with pytest.raises(SourceLayoutError, match="found nothing, expected a file of replies, JSON lines"):
        list(read(tmp_path / "none.jsonl"))

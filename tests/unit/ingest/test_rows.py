import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bhab.config import SourceConfig, load_params
from bhab.ingest import rows
from bhab.schema import SAMPLE_TABLES, Emotion, Modality, RawReject, RawSample, sample_id
from bhab.sources import get_source
from bhab.store import table_of

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures"
CONFIG = load_params(ROOT / "params.yaml").ingest
PGM = b"P5\n48 48\n255\n" + bytes(range(256)) * 9


def source(**changes):
    entry = {"adapter": "image_folder", "modality": "faces", "root": "x", "licence": "MIT", "consent": "unknown"}
    return SourceConfig.model_validate(entry | changes)


def sample(**changes):
    return RawSample(**({"key": "k", "content": PGM} | changes))


def reasons(items, modality="faces"):
    kept, rejects = rows(items, "s", source(modality=modality), CONFIG)
    assert kept == []
    return [(row["source_key"], row["reason"], row["detail"]) for row in rejects]


def test_a_face_becomes_one_row():
    item = sample(
        emotion=Emotion.HAPPY, source_label="3", subject="p1", votes={"happy": 2, "contempt": 1}, licence="CC0"
    )
    [row], rejects = rows([item], "s", source(), CONFIG)
    assert rejects == []
    expected = {
        "sample_id": sample_id("s", "k"),
        "content_sha256": hashlib.sha256(PGM[-2304:]).hexdigest(),
        "source": "s",
        "source_key": "k",
        "source_split": None,
        "source_label": "3",
        "emotion": "happy",
        "subject_id": "s/p1",
        "gender": None,
        "licence": "CC0",
        "consent": "unknown",
        "votes": [("happy", 2), ("contempt", 1)],
        "image": PGM[-2304:],
        "colour": None,
        "source_width_px": 48,
    }
    assert {name: row[name] for name in expected} == expected


def test_a_text_is_cleaned_and_hashed_clean():
    raw = "\u0986\u09ae\u09bf   \u0996\u09c1\u09b6\u09bf"
    [row], _ = rows([sample(content=raw.encode())], "s", source(modality="texts"), CONFIG)
    assert row["text_raw"] == raw
    assert row["text"] == "\u0986\u09ae\u09bf \u0996\u09c1\u09b6\u09bf"
    assert row["content_sha256"] == hashlib.sha256(row["text"].encode()).hexdigest()
    assert row["n_words"] == 2


def test_a_clip_keeps_its_pcm_and_what_was_said(tmp_path):
    pcm = (8000 * np.sin(np.arange(16_000) / 20)).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", pcm, 16_000, subtype="PCM_16")
    item = sample(content=tmp_path / "a.wav", extra={"statement": "01", "transcript": "\u0986\u09ae\u09bf"})
    [row], _ = rows([item], "s", source(modality="speech"), CONFIG)
    assert row["pcm"] == pcm.astype("<i2").tobytes()
    assert (row["duration_s"], row["source_rate_hz"], row["source_channels"]) == (1.0, 16_000, 1)
    assert (row["statement"], row["transcript"], row["intensity"]) == ("01", "\u0986\u09ae\u09bf", None)


@pytest.mark.parametrize(
    ("modality", "content", "expected"),
    [
        pytest.param("faces", b"", ("file_empty", "0 bytes, expected a picture"), id="empty picture"),
        pytest.param("texts", b"\xe9t\xe9", ("text_encoding", "byte 0xe9 at 0, expected UTF-8"), id="Latin-1 text"),
        pytest.param("texts", b"?!", ("text_empty", "'?!', expected at least one word"), id="no word"),
        pytest.param("texts", b"", ("text_empty", "'', expected at least one word"), id="empty text"),
        pytest.param(
            "texts",
            "\U0001f602 \u2764\ufe0f".encode(),
            ("text_empty", "'\U0001f602 \u2764\ufe0f', expected at least one word"),
            id="only emoji",
        ),
        pytest.param("texts", b"a" * 20_001, ("text_too_long", "20001 characters, expected at most 20000"), id="long"),
        pytest.param("speech", b"", ("file_empty", "0 bytes, expected a WAVE or FLAC file"), id="empty clip"),
        pytest.param("faces", Path("/nowhere/a.png"), ("file_missing", "not a file, expected one"), id="no such file"),
        pytest.param("faces", Path("/proc"), ("file_missing", "not a file, expected one"), id="a folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_row_is_a_reject(modality, content, expected):
    assert reasons([sample(content=content)], modality) == [("k", *expected)]


def test_a_text_in_latin_letters_is_kept_and_told_by_its_share_of_bengali():
    [row], rejects = rows([sample(content=b"ami bhalo achi")], "s", source(modality="texts"), CONFIG)
    assert (row["text"], row["bengali_share"], row["n_words"], rejects) == ("ami bhalo achi", 0.0, 3, [])


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(CONFIG.max_bytes + 1)
    assert reasons([sample(content=path)]) == [
        ("k", "file_too_large", f"{CONFIG.max_bytes + 1} bytes, expected at most {CONFIG.max_bytes}")
    ]


def test_a_reject_of_the_adapter_passes_through():
    assert reasons([RawReject(key="7", reason="row_broken", detail="line 7: ...")]) == [
        ("7", "row_broken", "line 7: ...")
    ]


def test_every_item_leaves_once_in_order():
    items = [sample(key=str(n), content=PGM if n % 3 else b"") for n in range(10)]
    kept, rejects = rows(items, "s", source(), CONFIG)
    assert [row["source_key"] for row in kept] == ["1", "2", "4", "5", "7", "8"]
    assert [row["source_key"] for row in rejects] == ["0", "3", "6", "9"]


@pytest.mark.parametrize("case", ["unreadable_pictures", "zero_byte_wav", "broken_text_rows"])
def test_broken_files_are_explained(case, golden):
    folder = FIXTURES / "broken" / case
    config = source(**json.loads((folder / "source.json").read_text(encoding="utf-8")))
    _, rejects = rows(list(get_source(config.adapter)(folder / config.root, config)), "s", config, CONFIG)
    golden(f"sources/rejects/{case}.jsonl", rejects)


@pytest.mark.parametrize("modality", Modality)
def test_rows_fit_the_declared_table(modality, tmp_path):
    pcm = (8000 * np.sin(np.arange(16_000) / 20)).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", pcm, 16_000, subtype="PCM_16")
    contents = {"faces": PGM, "texts": "\u0986\u09ae\u09bf".encode(), "speech": tmp_path / "a.wav"}
    kept, _ = rows([sample(content=contents[modality])], "s", source(modality=modality), CONFIG)
    columns = SAMPLE_TABLES[modality]
    assert kept[0].keys() == {column.name for column in columns}
    assert table_of(kept, columns).num_rows == 1

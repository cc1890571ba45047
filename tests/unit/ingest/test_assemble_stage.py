from pathlib import Path

import pytest
import yaml

from bhab.errors import TableError
from bhab.schema import FACES, REJECTS, TEXTS, sample_id
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from pipelines import assemble

ROOT = Path(__file__).parents[3]


def face(source, key, emotion="happy"):
    """A valid row; a test states only what it is about."""
    return {
        "sample_id": sample_id(source, key),
        "content_sha256": "0" * 64,
        "source": source,
        "source_key": key,
        "emotion": emotion,
        "licence": "MIT",
        "consent": "unknown",
        "image": bytes(48 * 48),
        "source_width_px": 48,
        "source_height_px": 48,
        "brightness": 1.0,
        "contrast": 1.0,
        "sharpness": 1.0,
    }


def ingested(folder, source, keys, *, rejected=(), shards=2, emotion="happy"):  # noqa: PLR0913 - a row of defaults
    write_shards(table_of([face(source, k, emotion) for k in keys], FACES), folder / source / "samples", shards)
    rejects = [
        {"source": source, "source_key": k, "stage": "ingest", "reason": reason, "detail": ""} for k, reason in rejected
    ]
    write_table(table_of(rejects, REJECTS), folder / source / "rejects.parquet")


def run(tmp_path, sources, shards=2):
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    entry = {"adapter": "utkface", "modality": "faces", "root": "x", "licence": "MIT", "consent": "unknown"}
    params |= {"sources": dict.fromkeys(sources, entry), "store": {"shards": shards}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    paths = {"ingest": "ingest", "out": "out", "metrics": "counts.json", "params": "params.yaml"}
    assemble.main([word for flag, name in paths.items() for word in (f"--{flag}", str(tmp_path / name))])


def test_sources_become_one_table_and_a_stale_folder_is_ignored(tmp_path):
    ingested(tmp_path / "ingest", "a", ["1", "2"], rejected=[("3", "row_broken"), ("4", "row_broken")])
    ingested(tmp_path / "ingest", "b", ["1"], rejected=[("0", "file_empty")], emotion=None)
    ingested(tmp_path / "ingest", "stale", ["1"])
    run(tmp_path, ["b", "a"])
    faces = read_table(tmp_path / "out" / "faces", FACES)
    expected = sorted([sample_id("a", "1"), sample_id("a", "2"), sample_id("b", "1")])
    assert faces["sample_id"].to_pylist() == expected
    rejects = read_table(tmp_path / "out" / "rejects.parquet", REJECTS)
    assert [(r["source"], r["source_key"]) for r in rejects.to_pylist()] == [("a", "3"), ("a", "4"), ("b", "0")]
    none = dict.fromkeys(["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise", "none"], 0)
    told = {"adapter": "utkface", "modality": "faces"}
    assert read_json(tmp_path / "counts.json") == {
        "sources": {
            "a": told | {"kept": 2, "rejects": {"row_broken": 2}},
            "b": told | {"kept": 1, "rejects": {"file_empty": 1}},
        },
        "tables": {
            "faces": {"n": 3, "by_emotion": none | {"happy": 2, "none": 1}},
            "texts": {"n": 0, "by_emotion": none},
            "speech": {"n": 0, "by_emotion": none},
        },
    }


def test_a_modality_without_a_source_is_an_empty_table(tmp_path):
    ingested(tmp_path / "ingest", "a", ["1"])
    run(tmp_path, ["a"])
    assert read_table(tmp_path / "out" / "texts", TEXTS).num_rows == 0
    assert len(list((tmp_path / "out" / "texts").iterdir())) == 2


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        pytest.param(["a", "gone"], "gone/samples: 0 shards, expected 2", id="a source that was not ingested"),
        pytest.param(["a", "other"], "other/samples: 4 shards, expected 2", id="another number of shards"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, sources, message):
    ingested(tmp_path / "ingest", "a", ["1"])
    ingested(tmp_path / "ingest", "other", ["1"], shards=4)
    with pytest.raises(TableError, match=message):
        run(tmp_path, sources)

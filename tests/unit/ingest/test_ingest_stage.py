import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bhab.config import SourceConfig, load_params
from bhab.errors import ParamsError, SourceLayoutError
from bhab.schema import FACES, REJECTS, TEXTS
from bhab.store import read_table, shard_of
from pipelines import ingest

ROOT = Path(__file__).parents[3]
BROKEN = ROOT / "tests" / "fixtures" / "broken"
DEFAULT = load_params(ROOT / "params.yaml")


def params(root, *, workers=1, shards=3, batch=2, **changes):
    entry = {"adapter": "image_folder", "modality": "faces", "root": str(root), "licence": "MIT", "consent": "unknown"}
    return DEFAULT.model_copy(
        update={
            "sources": {"s": SourceConfig.model_validate(entry | changes)},
            "store": DEFAULT.store.model_copy(update={"shards": shards}),
            "ingest": DEFAULT.ingest.model_copy(update={"batch": batch}),
            "runner": DEFAULT.runner.model_copy(update={"workers": workers}),
        }
    )


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def texts(tmp_path, lines):
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return params(path, adapter="texts", modality="texts", columns={"text": "text", "label": "label"})


def test_shards_and_rejects_account_for_every_item(tmp_path):
    words = ["\u0986\u09ae\u09bf", "\u09a4\u09c1\u09ae\u09bf", "?", "\u09b8\u09c7"]
    lines = [{"text": words[n % 4], "label": "rage" if n == 5 else "happy"} for n in range(9)]
    counts = ingest.run("s", texts(tmp_path, lines), tmp_path / "out")
    assert counts == {"kept": 6, "text_empty": 2, "label_unknown": 1}
    samples = read_table(tmp_path / "out" / "samples", TEXTS)
    rejects = read_table(tmp_path / "out" / "rejects.parquet", REJECTS)
    assert samples["source_key"].sort().to_pylist() == ["1", "2", "4", "5", "8", "9"]
    assert rejects.select(["source_key", "reason"]).to_pylist() == [
        {"source_key": "3", "reason": "text_empty"},
        {"source_key": "6", "reason": "label_unknown"},
        {"source_key": "7", "reason": "text_empty"},
    ]
    assert samples["sample_id"].to_pylist() == sorted(samples["sample_id"].to_pylist())
    for number in range(3):
        part = read_table(tmp_path / "out" / "samples" / f"part-0{number}.parquet", TEXTS)
        assert {shard_of(i, 3) for i in part["sample_id"].to_pylist()} <= {number}


def test_a_source_without_one_item_gives_every_shard(tmp_path):
    assert ingest.run("s", texts(tmp_path, []), tmp_path / "out") == {"kept": 0}
    assert sorted(files(tmp_path / "out")) == ["rejects.parquet", *(f"samples/part-0{n}.parquet" for n in range(3))]
    assert read_table(tmp_path / "out" / "samples", TEXTS).num_rows == 0


def test_pictures_that_cannot_be_decoded_are_rejects(tmp_path):
    counts = ingest.run("s", params(BROKEN / "unreadable_pictures" / "raw"), tmp_path / "out")
    assert counts == {"kept": 0, "file_empty": 1, "image_blank": 1, "image_undecodable": 3}
    assert read_table(tmp_path / "out" / "samples", FACES).num_rows == 0


@pytest.mark.parametrize(
    ("workers", "batch"),
    [pytest.param(1, 3, id="another size of batch"), pytest.param(2, 1, id="two worker processes")],
)
def test_the_same_bytes_however_the_work_is_done(tmp_path, monkeypatch, workers, batch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)  # workers are processes of their own
    root = ROOT / "tests" / "fixtures" / "raw" / "fer2013_folders"
    entry = {"adapter": "fer2013_folders", "sidecar": "fer2013new.csv"}
    ingest.run("s", params(root, **entry), tmp_path / "one")
    ingest.run("s", params(root, workers=workers, batch=batch, **entry), tmp_path / "other")
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert read_table(tmp_path / "one" / "samples", FACES).num_rows == 3


def test_a_bad_layout_is_told_before_any_work(tmp_path):
    with pytest.raises(SourceLayoutError, match="nowhere: found nothing, expected a folder"):
        ingest.run("s", params(tmp_path / "nowhere"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_stood_there_stays_when_a_worker_fails(tmp_path, monkeypatch):
    config = texts(tmp_path, [{"text": "\u0986\u09ae\u09bf", "label": "happy"}])
    ingest.run("s", config, tmp_path / "out")
    before = files(tmp_path / "out")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ingest, "write_table", full)
    with pytest.raises(OSError, match="No space left on device"):
        ingest.run("s", config, tmp_path / "out")
    assert files(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_an_unknown_source_is_named():
    with pytest.raises(ParamsError, match="no source 'faces'; sources: synthetic_faces"):
        ingest.main(["--source", "faces", "--out", "out", "--params", str(ROOT / "params.yaml")])


def test_as_a_program_a_failure_is_one_sentence(tmp_path):
    (tmp_path / "params.yaml").write_text(
        (ROOT / "params.yaml").read_text(encoding="utf-8").replace("adapter: texts", "adapter: text"), encoding="utf-8"
    )
    flags = ["--source", "synthetic_texts", "--out", tmp_path / "out", "--params", tmp_path / "params.yaml"]
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.ingest", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    known = "banglaser, fer2013_csv, fer2013_folders, image_folder, texts, utkface"
    assert (done.returncode, done.stderr) == (1, f"bhab: no adapter 'text'; known adapters: {known}\n")

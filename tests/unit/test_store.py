import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.errors import LabelMapError, TableError
from bhab.schema import EMOTIONS, LABELS, sample_id
from bhab.store import (
    as_binary,
    json_text,
    pixels,
    read_json,
    read_table,
    require_emotions,
    shard_of,
    table_of,
    take_ids,
    whole,
    whole_folder,
    write_bytes,
    write_json,
    write_png,
    write_shards,
    write_table,
    write_wav,
)


def label(number: int, **changes: object) -> dict[str, object]:
    row = {
        "sample_id": sample_id("test", str(number)),
        "modality": "faces",
        "emotion": "happy",
        "origin": "source",
        "n_votes": 0,
        "agreement": None,
    }
    return row | changes


def labels(n: int) -> pa.Table:
    return table_of([label(i) for i in range(n)], LABELS)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60), st.integers(1, 9))
def test_shards_hold_every_row_once_in_order_whatever_order_they_came_in(tmp_path_factory, numbers, shards):
    folder = tmp_path_factory.mktemp("shards") / "t"
    table = table_of([label(n) for n in numbers], LABELS)
    write_shards(table, folder, shards)
    assert len(list(folder.iterdir())) == shards
    assert read_table(folder, LABELS).equals(table.sort_by("sample_id"))


def test_one_new_row_changes_one_shard(tmp_path):
    write_shards(labels(100), tmp_path / "a", 8)
    write_shards(labels(101), tmp_path / "b", 8)
    before, after = tree(tmp_path / "a"), tree(tmp_path / "b")
    changed = [name for name in before if before[name] != after[name]]
    assert changed == [f"part-{shard_of(sample_id('test', '100'), 8):02d}.parquet"]


@pytest.mark.parametrize("rows", [1, 7, 4096, 5000])
def test_bytes_do_not_depend_on_the_pieces_a_table_is_in(tmp_path, rows):
    images = np.random.default_rng(1).integers(0, 256, (6000, 400), dtype=np.uint8)
    whole_one = pa.table({"image": as_binary(images)})
    pieces = pa.concat_tables([whole_one.slice(at, rows) for at in range(0, len(images), rows)])
    write_table(whole_one, tmp_path / "one.parquet")
    write_table(pieces, tmp_path / "other.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()


def test_some_columns_of_a_table_are_read_and_all_are_checked(tmp_path):
    write_shards(labels(20), tmp_path / "t", 3)
    only = ["sample_id", "emotion"]
    assert read_table(tmp_path / "t", LABELS, only).equals(read_table(tmp_path / "t").select(only))
    with pytest.raises(TableError, match="columns"):
        read_table(tmp_path / "t", LABELS[:2], only)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_images_come_back_from_their_column(n):
    images = np.arange(n * 12, dtype=np.uint8).reshape(n, 3, 4)
    column = as_binary(images)
    column.validate(full=True)
    assert column.to_pylist() == [image.tobytes() for image in images]
    assert np.array_equal(pixels(pa.chunked_array([column]), (3, 4)), images)
    assert np.array_equal(pixels(pa.chunked_array([column[:2], column[2:]], pa.binary()), (3, 4)), images)
    assert np.array_equal(pixels(pa.chunked_array([column]).slice(1, 3), (3, 4)), images[1:4])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_what_stood_there(tmp_path, error):
    write_bytes(b"old", tmp_path / "out")

    def fail() -> None:
        with whole(tmp_path / "out") as partial:
            partial.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert tree(tmp_path) == {"out": b"old"}


def test_a_killed_writer_leaves_nothing_that_looks_like_a_result(tmp_path):
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom bhab.store import whole_folder\n"
        "with whole_folder(Path('out')) as p:\n    (p / 'a').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    with whole_folder(tmp_path / "out") as partial:
        (partial / "b").write_text("done")
    assert tree(tmp_path) == {"out/b": b"done"}


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(b"x" * 10, tmp_path / "out.bin")
    assert tree(tmp_path) == {}


def test_same_content_same_bytes(tmp_path):
    image = np.arange(48 * 48, dtype=np.uint16).astype(np.uint8).reshape(48, 48)
    pcm = np.arange(-400, 400, dtype=np.int16)
    for name in ("a", "b"):
        write_table(labels(5), tmp_path / name / "t.parquet")
        write_png(image, tmp_path / name / "i.png")
        write_wav(pcm, 16_000, tmp_path / name / "c.wav")
        write_json({"b": "রাগ", "a": 1}, tmp_path / name / "x.json")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert (tmp_path / "a" / "x.json").read_text(encoding="utf-8") == '{\n  "a": 1,\n  "b": "রাগ"\n}\n'


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda p: None, "no such table", id="missing"),
        pytest.param(lambda p: p.mkdir(), "a folder without shards", id="empty folder"),
        pytest.param(lambda p: p.write_bytes(b"text"), "not a Parquet table", id="another format"),
        pytest.param(lambda p: write_table(pa.table({"a": [1]}), p), r"columns \['a'\], expected", id="other columns"),
    ],
)
def test_a_bad_table_is_named(tmp_path, make, sentence):
    make(tmp_path / "t.parquet")
    with pytest.raises(TableError, match=sentence):
        read_table(tmp_path / "t.parquet", LABELS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [pytest.param("{", "not JSON", id="broken"), pytest.param("[]", "found a list", id="not an object")],
)
def test_bad_json_is_named(tmp_path, text, sentence):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(TableError, match=sentence):
        read_json(tmp_path / "x.json")


def test_json_refuses_nan():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"a": float("nan")})


def test_rows_are_taken_in_the_order_asked_for():
    table = labels(5)
    ids = [sample_id("test", "3"), sample_id("test", "1")]
    assert take_ids(table, ids)["sample_id"].to_pylist() == ids
    with pytest.raises(TableError, match="not in the table"):
        take_ids(table, [sample_id("test", "9")])


def test_pixels_are_rows_of_images():
    column = pa.chunked_array([pa.array([bytes([1, 2, 3, 4]), bytes([5, 6, 7, 8])])])
    assert pixels(column, (2, 2)).tolist() == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]


def test_class_names_of_an_artefact_are_checked():
    require_emotions(list(EMOTIONS), Path("card.json"))
    with pytest.raises(LabelMapError, match=r"card\.json: class names"):
        require_emotions([*EMOTIONS[1:], EMOTIONS[0]], Path("card.json"))

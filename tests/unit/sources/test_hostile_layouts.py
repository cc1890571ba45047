"""What is wrong with a whole file or folder of a source, not with one item: a sentence, and bounded memory."""

import io
import tracemalloc

import pytest

from bhab.config import SourceConfig
from bhab.errors import SourceLayoutError
from bhab.sources import get_source
from bhab.sources.base import MAX_LINE, age_group_of, files_under, lines

TEXT = "\u0986\u09ae\u09bf"


def read(adapter, root, **changes):
    entry = {"adapter": adapter, "modality": "texts", "root": str(root), "licence": "x", "consent": "x"}
    source = SourceConfig.model_validate(entry | changes)
    return list(get_source(adapter)(root, source))


def texts(path, content):
    path.write_bytes(content)
    return read("texts", path, columns={"text": "text"})


@pytest.mark.parametrize("kind", [str, bytes])
def test_a_line_too_long_is_none_and_its_neighbours_stay(kind):
    text = "a\n" + "b" * (3 * MAX_LINE) + "\nc\n" + "d" * (MAX_LINE - 1) + "\n" + "e" * MAX_LINE
    file = io.StringIO(text) if kind is str else io.BytesIO(text.encode())
    found = [None if line is None else (len(line), line[:1]) for line in lines(file)]
    one = {name: kind(name) if kind is str else name.encode() for name in "acd"}
    assert found == [(2, one["a"]), None, (2, one["c"]), (MAX_LINE, one["d"]), None]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("a.csv", b"x" * 200_000 + b"\n1\n", "field larger than field limit", id="CSV: a name of 200 kB"),
        pytest.param("a.csv", b"x," * 10_000_000 + b"\n", "field larger than field limit", id="CSV: a header of 20 MB"),
        pytest.param(
            "a.csv", b"x," * 400_000 + b"\n" + b"1," * 400_000 + b"\n", "expected also", id="CSV: columns galore"
        ),
        pytest.param("a.csv", b"\x00\xff\n1\n", "expected also", id="CSV: a header of junk"),
        pytest.param("a.jsonl", b'{"x": 1}\n', "expected also", id="JSON: another column"),
    ],
)
def test_texts_of_another_layout_stop_with_a_short_sentence(tmp_path, name, content, message):
    with pytest.raises(SourceLayoutError, match=message) as error:
        texts(tmp_path / name, content)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_an_empty_file_holds_no_texts(tmp_path, name):
    assert texts(tmp_path / name, b"") == []


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [pytest.param("a.csv", "text\n", "{}\n", id="CSV"), pytest.param("a.jsonl", "", '{{"text": "{}"}}\n', id="JSON")],
)
def test_a_text_of_10_mb_is_one_reject(tmp_path, name, head, row):
    found = texts(tmp_path / name, (head + "".join(row.format(text) for text in ("a", "b" * 10_000_000, "c"))).encode())
    assert [getattr(item, "reason", None) or item.content for item in found] == [b"a", "row_broken", b"c"]


def test_many_long_rows_are_never_in_memory_together(tmp_path):
    row = ("{" + ", ".join(f'"c{n}": {n}' for n in range(15_000)) + f', "text": "{TEXT}"}}\n').encode()
    tracemalloc.start()
    found = texts(tmp_path / "a.jsonl", row * 12)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 12
    assert peak < 12 * MAX_LINE  # some rows as Python has them; all would be 30


@pytest.mark.parametrize(
    ("adapter", "name", "sidecar", "message"),
    [
        pytest.param("fer2013_csv", "fer2013.csv", "s.csv", "a line of more than", id="a sidecar of one line of 20 MB"),
        pytest.param("fer2013_folders", "train/happy/a.jpg", "s.csv", "a line of more than", id="votes of 20 MB"),
        pytest.param("banglaser", "a.wav", "s.csv", "a line of more than", id="JSON of 20 MB"),
    ],
)
def test_a_sidecar_that_is_one_line_stops_with_a_sentence(tmp_path, adapter, name, sidecar, message):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"emotion,pixels,Usage\n")
    (tmp_path / sidecar).write_bytes(b"x" * 20_000_000)
    with pytest.raises(SourceLayoutError, match=message):
        read(adapter, tmp_path, sidecar=sidecar, modality="faces")


@pytest.mark.parametrize("count", ["-1", "1001", "9" * 30])
def test_votes_that_nobody_cast_stop_with_a_sentence(tmp_path, count):
    names = "Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    (tmp_path / "train").mkdir()
    (tmp_path / "votes.csv").write_text(f"{names}\na.png,{count},0,0,0,0,0,0,0,0,0\n", encoding="utf-8")
    with pytest.raises(SourceLayoutError, match="expected 0 to 1000"):
        read("fer2013_folders", tmp_path, sidecar="votes.csv", modality="faces")


def test_folders_deeper_than_pythons_stack_are_entered(tmp_path):
    path = tmp_path
    for _ in range(1200):
        path = path / "d"
        path.mkdir()
    (path / "a.png").touch()
    assert [key for key, _ in files_under(tmp_path)] == ["d/" * 1200 + "a.png"]
    while path != tmp_path:  # pytest's own way to remove them is recursive
        for file in path.glob("*.png"):
            file.unlink()
        path.rmdir()
        path = path.parent


@pytest.mark.parametrize("age", ["9" * 5000, "1000", "-1", "1e3"])
def test_an_age_nobody_has_is_no_age(age):
    assert age_group_of(age) is None

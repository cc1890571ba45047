import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bhab.config import SourceConfig, load_params
from bhab.curation.decisions import Drop
from bhab.errors import DecoderError
from bhab.ingest import Guard, guard, rows
from bhab.schema import Modality
from bhab.sources import get_source

ROOT = Path(__file__).parents[3]
RAW = ROOT / "tests" / "fixtures" / "raw"
BROKEN = ROOT / "tests" / "fixtures" / "broken"
CONFIG = load_params(ROOT / "params.yaml").ingest
TIGHT = CONFIG.model_copy(update={"max_seconds": 0.25, "max_memory_mb": 256})


@pytest.fixture
def misbehaving(monkeypatch):
    """A guard whose decoder does what each item says."""
    monkeypatch.setattr(guard, "COMMAND", (sys.executable, str(Path(__file__).with_name("misbehaving.py"))))
    with closing(Guard(Modality.FACES, TIGHT)) as made:
        yield made


def row(content):
    return {"image": content, "brightness": 0.1 + 0.2, "colour": None}


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param("spin", ("decode_timeout", "needs more than 0.25 s of processor time to decode"), id="a loop"),
        pytest.param("hog", ("decode_memory", "needs more than 256 MB to decode"), id="8 GB at once"),
        pytest.param("hog in small pieces", ("decode_memory", "needs more than 256 MB to decode"), id="8 GB by and by"),
        pytest.param("hog natively", ("decode_crashed", "the decoder ended with SIGABRT"), id="8 GB in C, and abort"),
        pytest.param("segfault", ("decode_crashed", "the decoder ended with SIGSEGV"), id="an overflow in C"),
        pytest.param("abort", ("decode_crashed", "the decoder ended with SIGABRT"), id="an assertion in C"),
        pytest.param("exit", ("decode_crashed", "the decoder ended with status 3"), id="a library that exits"),
        pytest.param("raise", ("decode_crashed", "KeyError in the decoder"), id="an error nobody foresaw"),
        pytest.param("read", ("decode_crashed", "OSError in the decoder"), id="reads a file"),
        pytest.param("import", ("decode_crashed", "the decoder ended with status 70"), id="loads a module"),
        pytest.param("connect", ("decode_crashed", "OSError in the decoder"), id="opens a socket"),
        pytest.param("forge", ("decode_crashed", "the decoder announces an answer of 17179869180 bytes"), id="forges"),
    ],
)
def test_a_misbehaving_decoder_costs_one_item(misbehaving, act, expected):
    contents = [b"one", act.encode(), b"two", Drop("file_empty", "0 bytes"), b"drop grey"]
    assert list(misbehaving.decode(contents)) == [
        row(b"one"),
        Drop(*expected),
        row(b"two"),
        Drop("file_empty", "0 bytes"),
        Drop("image_blank", "grey"),
    ]


def test_a_decoder_that_waits_for_ever_costs_one_item(misbehaving, monkeypatch):
    assert list(misbehaving.decode([b"one"])) == [row(b"one")]
    monkeypatch.setattr(guard.child, "PATIENCE", 4)  # the tests need not wait as long as a busy machine may take
    assert list(misbehaving.decode([b"sleep"])) == [Drop("decode_timeout", "silent for 1 s")]


def test_nothing_is_written_and_nothing_printed_gets_into_an_answer(misbehaving, tmp_path, capfd):
    path = tmp_path / "touched"
    contents = [f"touch {path}".encode(), b"shout", b"one"]
    assert list(misbehaving.decode(contents)) == [
        Drop("decode_crashed", "OSError in the decoder"),
        row(b"shout"),
        row(b"one"),
    ]
    assert not path.exists()
    assert capfd.readouterr() == ("", "")


def test_answers_that_nobody_read_are_not_taken_for_those_of_the_next_items(misbehaving):
    answers = misbehaving.decode([b"one", b"two", b"three"])
    assert next(answers) == row(b"one")
    answers.close()
    assert list(misbehaving.decode([b"four"])) == [row(b"four")]


def test_items_of_any_size_come_back(misbehaving):
    contents = [bytes([65 + n % 26]) * size for n, size in enumerate([0, 1, 5_000_000, 10, 3_000_000, 3_000_000, 7])]
    assert list(misbehaving.decode(contents)) == [row(content) for content in contents]


def test_nothing_to_decode_starts_no_process():
    made = Guard(Modality.FACES, CONFIG)
    drop = Drop("file_empty", "0 bytes")
    assert (list(made.decode([])), list(made.decode([drop]))) == ([], [drop])
    assert made._child is None  # noqa: SLF001 - what the test is about


def test_a_child_that_cannot_start_is_an_error(monkeypatch):
    monkeypatch.setattr(guard, "COMMAND", (sys.executable, "-c", "raise SystemExit(7)"))
    with pytest.raises(DecoderError, match="the decoder ended with status 7, before its first item"):
        list(Guard(Modality.FACES, CONFIG).decode([b"one"]))


ORPHAN = """
import sys
from bhab.config import load_params
from bhab.ingest import Guard, guard
from pathlib import Path
guard.COMMAND = (sys.executable, sys.argv[1])
made = Guard("faces", load_params(Path("params.yaml")).ingest.model_copy(update={"max_seconds": 0.25}))
list(made.decode([b"one"]))
print(made._child._process.pid, flush=True)
list(made.decode([sys.argv[2].encode()]))
sys.stdin.read()
"""


@pytest.mark.parametrize("act", ["one", "sleep", "spin"])
def test_no_child_outlives_a_killed_parent(act):
    script = str(Path(__file__).with_name("misbehaving.py"))
    command = [sys.executable, "-c", ORPHAN, script, act]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)  # it is there
        parent.kill()
    while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        time.sleep(0.05)  # a hang here is the failure


SOURCES = [
    pytest.param("fer2013_csv", {"modality": "faces"}, RAW / "fer2013_csv", id="FER2013 as one CSV"),
    pytest.param("fer2013_folders", {"modality": "faces"}, RAW / "fer2013_folders", id="FER2013 as folders"),
    pytest.param("image_folder", {"modality": "faces"}, BROKEN / "unreadable_pictures" / "raw", id="broken pictures"),
    pytest.param("utkface", {"modality": "faces"}, RAW / "utkface", id="UTKFace"),
    pytest.param("banglaser", {"modality": "speech"}, RAW / "banglaser", id="BanglaSER"),
    pytest.param(
        "texts",
        {"modality": "texts", "columns": {"text": "text"}},
        BROKEN / "broken_text_rows" / "texts.jsonl",
        id="broken texts",
    ),
]


@pytest.mark.parametrize(("adapter", "entry", "root"), SOURCES)
def test_a_guarded_source_gives_the_rows_of_an_unguarded_one(adapter, entry, root):
    source = SourceConfig(adapter=adapter, root=str(root), licence="MIT", consent="unknown", **entry)
    items = list(get_source(adapter)(root, source))
    with closing(Guard(source.modality, CONFIG)) as made:
        assert rows(items, "s", source, CONFIG, made.decode) == rows(items, "s", source, CONFIG)
    assert items != []

import json

import pytest
from typer.testing import CliRunner

from bhab.cli import app
from bhab.cli.tokenize import MAX_LINE
from bhab.errors import TableError
from bhab.store import write_bytes
from bhab.text import subwords
from bhab.text.vocabulary import build, save

TEXTS = [["আমি", "ভাত", "খাই"], ["আমি", "ok"]]


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(build(TEXTS, 99, 1), tmp_path / "models/vocabulary.json")
    return tmp_path


def said(*options, stdin=b""):
    done = CliRunner().invoke(app, ["tokenize", *options], input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("আমি ভাত চাই।\nখাই\n", "আমি ভাত <unknown>\nখাই\n", id="a line of tokens for each line"),
        pytest.param("", "", id="nothing in, nothing out"),
        pytest.param("\n \n", "\n\n", id="empty lines stay lines"),
        pytest.param("\U0001f602\U0001f602\n", "\n", id="only emoji: no token"),
        pytest.param("ok hello\n", "ok <unknown>\n", id="only Latin letters: words as others"),
        pytest.param("\ufeffআমি\r\n", "আমি\n", id="byte order mark, line ends of Windows"),
        pytest.param("ভাত", "ভাত\n", id="a last line without an end"),
    ],
)
def test_tokens(models, text, printed):
    assert said(stdin=text.encode()) == printed


def test_ids(models):
    assert said("--ids", stdin="আমি যাই\n".encode()) == "2 4 1 3" + " 0" * 16 + "\n"


def test_json_of_a_file(models):
    (models / "a.txt").write_text("ami|" + "আমি " * 19, encoding="utf-8")
    row = json.loads(said("a.txt", "--json"))
    assert row == {
        "text": "ami। " + " ".join(["আমি"] * 19),
        "tokens": ["<unknown>", *["আমি"] * 19],
        "ids": [2, 1, *[4] * 17, 3],
        "truncated": True,
    }


def test_subwords(models):
    model = subwords.train(TEXTS * 3, 60)
    write_bytes(model, models / "models/subwords.model")
    save(subwords.load(model)[1], models / "models/vocabulary.json")
    assert said(stdin="আমি\n".encode()).replace(" ", "") == "\u2581আমি\n"
    write_bytes(subwords.train(TEXTS[:1] * 3, 60), models / "models/subwords.model")
    with pytest.raises(TableError, match=r"pieces are not those of the vocabulary, expected the same ids$"):
        said()
    (models / "models/subwords.model").unlink()
    with pytest.raises(TableError, match=r"subwords.model: no such file, expected the SentencePiece model"):
        said()


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        pytest.param(
            "আমি\n".encode() + b"ab\xff\n",
            "standard input, line 2, byte 3: 0xff, expected UTF-8",
            id="another encoding",
        ),
        pytest.param(
            b"a" * 10_000_000,
            f"standard input, line 1: over {MAX_LINE:,} bytes long, expected one text a line",
            id="10 MB without a line end",
        ),
    ],
)
def test_bad_input_is_one_sentence(models, stdin, message):
    with pytest.raises(TableError, match=f"^{message}$"):
        said(stdin=stdin)


def test_before_the_first_run_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TableError, match=r"^models/vocabulary\.json: no such file; `dvc repro` makes it$"):
        said()


def test_a_file_that_is_not_there(models):
    with pytest.raises(FileNotFoundError):
        said("b.txt")

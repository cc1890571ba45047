import os

import pytest

from bhab.curation.decisions import Drop
from bhab.ingest.files import printable, read_file

OUTSIDE = Drop("link_outside", "a link that leads out of the corpus, expected a file in it")
NO_FILE = Drop("file_missing", "not a file, expected one")


@pytest.fixture
def root(tmp_path):
    """A corpus with one file, and one file beside it."""
    (tmp_path / "corpus" / "inner").mkdir(parents=True)
    (tmp_path / "corpus" / "inner" / "a.png").write_bytes(b"content")
    (tmp_path / "private.png").write_bytes(b"secret")
    return tmp_path / "corpus"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("inner/a.png", b"content", id="to a file of the corpus"),
        pytest.param("../private.png", OUTSIDE, id="out, by dots"),
        pytest.param("/etc/passwd", OUTSIDE, id="out, by an absolute path"),
        pytest.param("/dev/zero", OUTSIDE, id="to a device that never ends"),
        pytest.param("nowhere", NO_FILE, id="to nothing"),
        pytest.param("inner", NO_FILE, id="to a folder"),
        pytest.param("link", NO_FILE, id="to itself"),
    ],
)
def test_a_link_is_followed_inside_the_corpus_only(root, target, expected):
    (root / "link").symlink_to(target)
    assert read_file(root / "link", root, 100) == expected


def test_a_corpus_may_itself_be_a_link(root, tmp_path):
    (tmp_path / "here").symlink_to(root)
    (root / "link").symlink_to("inner/a.png")
    assert read_file(tmp_path / "here" / "link", tmp_path / "here", 100) == b"content"


def test_a_pipe_does_not_block(root):
    os.mkfifo(root / "pipe")
    assert read_file(root / "pipe", root, 100) == NO_FILE


def test_a_path_too_long_for_the_system_says_so(root):
    expected = Drop("file_missing", "cannot be read: File name too long")
    assert read_file(root / "/".join("d" * 3000), root, 100) == expected


def test_a_file_of_the_limit_is_read_and_one_byte_more_is_not(root):
    assert read_file(root / "inner" / "a.png", root, 7) == b"content"
    assert read_file(root / "inner" / "a.png", root, 6) == Drop("file_too_large", "7 bytes, expected at most 6")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("train/happy/0001.jpg", "train/happy/0001.jpg", id="a plain path"),
        pytest.param("\u0995\u09cd\u200d\u09b7 \u00e9", "\u0995\u09cd\u200d\u09b7 \u00e9", id="Bengali with a joiner"),
        pytest.param("\x1b[2J", "\\x1b[2J", id="an escape of a terminal"),
        pytest.param("photo\u202egpj.exe", "photo\\u202egpj.exe", id="a name that reads backwards"),
        pytest.param("a\nb\x00", "a\\nb\\x00", id="a line end and a NUL"),
        pytest.param("\u2028\ud800", "\\u2028\\ud800", id="a line separator, half a character"),
    ],
)
def test_what_is_obeyed_and_not_shown_becomes_an_escape(text, expected):
    assert printable(text) == expected

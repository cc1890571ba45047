from pathlib import Path

import pytest
from typer.testing import CliRunner

from bhab.cli import app
from bhab.errors import ParamsError, SourceLayoutError, UnknownSourceError

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures"


def check(*words):
    command = ["sources", "check", *map(str, words), "--params", str(ROOT / "params.yaml")]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, command)


def cells(output):
    """The cells of each row of the tables."""
    lines = [line for line in output.splitlines() if line.startswith("│")]
    return [tuple(cell.strip() for cell in line.strip("│").split("│")) for line in lines]


def test_what_would_be_kept_is_counted_by_emotion_and_split():
    done = check(FIXTURES / "raw" / "image_folder", "--adapter", "image_folder")
    assert done.exit_code == 0
    assert "would be kept: 3" in done.output
    assert cells(done.output)[:3] == [
        ("happy", "0", "1", "0", "1"),
        ("sad", "0", "0", "1", "1"),
        ("surprise", "1", "0", "0", "1"),
    ]


def test_rejects_are_counted_and_quoted_and_nothing_kept_is_a_failure():
    done = check(FIXTURES / "broken" / "unreadable_pictures" / "raw", "--adapter", "image_folder")
    assert done.exit_code == 1
    assert "would be rejected: 5" in done.output
    assert ("file_empty", "1", "happy/empty.jpg: 0 bytes, expected a picture") in cells(done.output)


def test_a_sidecar_and_demographics_are_counted():
    done = check(FIXTURES / "raw" / "fer2013_csv", "--adapter", "fer2013_csv", "--sidecar", "demographics.csv")
    assert [row for row in cells(done.output) if row[0] in {"subject_id", "skin_tone"}] == [
        ("subject_id", "2"),
        ("skin_tone", "1"),
    ]


def test_columns_of_texts_come_from_the_command_line():
    done = check(FIXTURES / "raw" / "texts" / "texts.csv", "--adapter", "texts", "--columns", "text=text,label=label")
    assert done.exit_code == 0
    assert "would be kept: 3" in done.output


def test_limit_looks_no_further():
    done = check(FIXTURES / "raw" / "utkface", "--adapter", "utkface", "--limit", "2")
    assert "would be kept: 2" in done.output


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        pytest.param(
            ["nowhere", "--adapter", "utkface"],
            SourceLayoutError,
            "nowhere: found nothing, expected a folder",
            id="root that is not there",
        ),
        pytest.param(
            [".", "--adapter", "utkfaces"], UnknownSourceError, "no adapter 'utkfaces'; known", id="unknown adapter"
        ),
        pytest.param(
            [".", "--adapter", "texts", "--columns", "txet=a"],
            ParamsError,
            "--columns 'txet=a': expected text=NAME and any of age_group",
            id="misspelt column",
        ),
    ],
)
def test_a_mistake_is_told_in_a_sentence(words, error, message):
    done = check(*words)
    assert isinstance(done.exception, error)
    assert message in str(done.exception)


def test_nothing_is_changed(tmp_path):
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "a.png").write_bytes(b"no picture")
    before = sorted(tmp_path.rglob("*"))
    check(tmp_path, "--adapter", "image_folder")
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "happy" / "a.png").read_bytes() == b"no picture"


def test_list_names_every_adapter():
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["sources", "list"])
    names = [row[0] for row in cells(done.output)]
    assert names == ["banglaser", "fer2013_csv", "fer2013_folders", "image_folder", "texts", "utkface"]

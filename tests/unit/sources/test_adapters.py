import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from bhab.config import SourceConfig
from bhab.errors import BhabError, UnknownSourceError
from bhab.schema import Modality, RawSample
from bhab.sources import SOURCES, get_source
from bhab.sources.base import WORDS, age_group_of, emotion_of, gender_of, label_map

FIXTURES = Path(__file__).parents[2] / "fixtures"
RAW = FIXTURES / "raw"
BROKEN = FIXTURES / "broken"
COLUMNS = {
    "jsonl": {
        "key": "id",
        "text": "text",
        "label": "label",
        "split": "split",
        "subject": "writer",
        "gender": "gender",
        "age_group": "age",
        "licence": "terms",
        "votes": "by",
    },
    "csv": {"text": "text", "label": "label", "votes": "by"},
}


def source(**changes):
    """A valid source; a test states only what it is about."""
    entry = {"adapter": "image_folder", "modality": Modality.FACES, "root": "x", "licence": "MIT", "consent": "unknown"}
    return SourceConfig.model_validate(entry | changes)


def describe(item):
    """One item as a line to read: what it holds, its content as a path or the start of a hash."""
    if not isinstance(item, RawSample):
        return {"key": item.key, "reason": item.reason, "detail": item.detail}
    told = {name: getattr(item, name) for name in RawSample.__dataclass_fields__}
    content = told.pop("content")
    told["content"] = content.name if isinstance(content, Path) else hashlib.sha256(content).hexdigest()[:12]
    return {name: dict(value) if name in {"votes", "extra"} else value for name, value in told.items() if value}


READINGS = {
    "banglaser": (RAW / "banglaser", source(sidecar="metadata.jsonl")),
    "banglaser_names_alone": (RAW / "banglaser", source(adapter="banglaser")),
    "fer2013_csv": (RAW / "fer2013_csv", source(sidecar="demographics.csv")),
    "fer2013_folders": (RAW / "fer2013_folders", source(sidecar="fer2013new.csv")),
    "image_folder": (RAW / "image_folder", source()),
    "image_folder_people": (RAW / "image_folder_people", source(sidecar="consent.csv", labels={"unlabelled": None})),
    "texts": (RAW / "texts" / "texts.jsonl", source(columns=COLUMNS["jsonl"], labels={"Sarcasm": None})),
    "texts_csv": (RAW / "texts" / "texts.csv", source(adapter="texts", columns=COLUMNS["csv"])),
    "utkface": (RAW / "utkface", source()),
}


def adapter_of(name):
    return get_source(name if name in SOURCES else READINGS[name][1].adapter)


def test_every_adapter_has_a_fixture():
    assert SOURCES.keys() - READINGS.keys() == set()


@pytest.mark.parametrize("name", READINGS)
def test_adapter_reads_its_fixture(name, golden):
    root, config = READINGS[name]
    golden(f"sources/{name}.jsonl", [describe(item) for item in adapter_of(name)(root, config)])


@pytest.mark.parametrize("name", READINGS)
def test_order_is_fixed(name):
    root, config = READINGS[name]
    assert list(adapter_of(name)(root, config)) == list(adapter_of(name)(root, config))


def test_unknown_adapter_names_the_known_ones():
    with pytest.raises(UnknownSourceError) as raised:
        get_source("fer2031")
    assert str(raised.value) == (
        "no adapter 'fer2031'; known adapters: banglaser, fer2013_csv, fer2013_folders, image_folder, texts, utkface"
    )


@pytest.mark.parametrize("case", sorted(BROKEN.iterdir()), ids=lambda path: path.name)
def test_fault_is_explained(case, golden):
    entry = json.loads((case / "source.json").read_text(encoding="utf-8"))
    config = source(**entry)
    try:
        items = list(get_source(config.adapter)(case / config.root, config))
    except BhabError as error:
        message = str(error).replace(f"{case}/", "")
        items_or_error = [{"error": type(error).__name__, "message": message}]
    else:
        items_or_error = [describe(item) for item in items]
    golden(f"sources/broken/{case.name}.jsonl", items_or_error)


def test_labels_of_the_source_extend_and_replace():
    labels = label_map(WORDS, source(labels={"Rage": "angry", "Joy": None}))
    assert [emotion_of(word, labels) for word in (" RAGE ", "joy", "Happiness")] == ["angry", None, "happy"]


@pytest.mark.parametrize(
    ("word", "gender"),
    [
        pytest.param("F", "female", id="one letter, upper case"),
        pytest.param("male ", "male", id="a space behind"),
        pytest.param("unknown", None, id="a word that is no gender"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_gender_is_read_not_guessed(word, gender):
    assert gender_of(word) == gender


@pytest.mark.parametrize(
    ("word", "group"),
    [
        pytest.param("40-59", "40-59", id="a group"),
        pytest.param("13", "13-19", id="years at a border"),
        pytest.param("old", None, id="a word"),
        pytest.param("-3", None, id="less than nothing"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_age_group_is_read_not_guessed(word, group):
    assert age_group_of(word) == group


def test_names_that_are_not_utf_8_and_links_are_items(tmp_path):
    folder = tmp_path / "happy"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    Path(str(folder) + "/caf\udce9.png").write_bytes(b"x")
    (folder / "gone.png").symlink_to(tmp_path / "nowhere")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    found = [item.key for item in get_source("image_folder")(tmp_path, source())]
    assert found == ["happy/caf\\xe9.png", "happy/gone.png", "happy/linked"]


def test_every_line_of_a_broken_csv_is_accounted_for():
    root = BROKEN / "broken_csv_rows" / "raw"
    lines = (root / "fer2013.csv").read_bytes().count(b"\n")
    items = list(get_source("fer2013_csv")(root, source()))
    assert Counter(type(item).__name__ for item in items) == {"RawSample": 2, "RawReject": lines - 3}

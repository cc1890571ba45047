import warnings

import mlcroissant
import pytest

from bhab.config import SourceConfig
from bhab.report.card import croissant, datasheet
from bhab.schema import SPEECH, TEXTS
from bhab.store import table_of, write_json, write_shards

SOURCES = {
    "mine": SourceConfig(adapter="texts", modality="texts", root="x", licence="CC BY 4.0", consent="written"),
}
COUNTS = {
    "sources": {"mine": {"adapter": "texts", "modality": "texts", "kept": 2, "rejects": {"text_empty": 3}}},
    "tables": {"faces": {"n": 0}, "texts": {"n": 2}, "speech": {"n": 0}},
}
ROW = {
    "content_sha256": "0" * 64,
    "source": "mine",
    "source_key": "1",
    "licence": "CC BY 4.0",
    "consent": "written",
    "text_raw": "আমি খুশি |",
    "text": "আমি খুশি ।",
    "n_words": 2,
    "n_graphemes": 8,
    "bengali_share": 1.0,
}


@pytest.fixture
def described(tmp_path):
    table = table_of([{"sample_id": f"{i:020x}"} | ROW for i in (1, 2)], TEXTS)
    write_shards(table, tmp_path / "data/interim/texts", 2)
    write_json(croissant(SOURCES, COUNTS, "data/interim"), tmp_path / "croissant.json")
    return tmp_path / "croissant.json"


def test_a_reader_of_croissant_gets_the_rows(described):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the reader's own making
        rows = list(mlcroissant.Dataset(jsonld=str(described)).records("texts"))
    assert [r["texts/sample_id"].decode() for r in rows] == [f"{i:020x}" for i in (1, 2)]
    assert rows[0]["texts/text"].decode() == "আমি খুশি ।"


def test_an_empty_table_is_not_described(described):
    text = described.read_text(encoding="utf-8")
    assert '"texts/text"' in text
    assert not any(f'"speech/{c.name}"' in text for c in SPEECH)


def test_the_datasheet_counts_what_was_kept_and_what_was_not():
    sheet = datasheet(SOURCES, COUNTS, {}, {})
    assert "| mine | texts | 2 | 3 | CC BY 4.0 | written |" in sheet
    assert "- faces: 0 samples; no split" in sheet

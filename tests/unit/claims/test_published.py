from pathlib import Path

import pytest

from bhab.claims.audit import load_audit, load_audits
from bhab.claims.published import published

ROOT = Path(__file__).parents[3]
AUDIT = """
title: A work
source: its tables
tables:
  - where: Table 3
    source: as printed
    columns: {class f1: f1, hits: precision, n: support}
    rows:
      Anger: ["0.50", ".45", "1,200"]
      Fear: [-, "0.30", "7"]
    averages: {macro: {hits: "0.38"}}
    accuracy: 61 %
  - {where: Table 1, source: as printed, columns: {images: count}, rows: {Anger: ["5"]}}
curves:
  - {where: "A net, validation accuracy", source: its page, printed: 50.34 %, points: [40 %, 50.34 %]}
models:
  - where: A net
    source: the text
    described_as: CNN
    results: [{what: accuracy, value: 83.18 %, computed_on: training}, {what: unstated, computed_on: test}]
"""


@pytest.fixture
def audit(tmp_path):
    (tmp_path / "work.yaml").write_text(AUDIT, encoding="utf-8")
    return load_audit(tmp_path / "work.yaml")


def test_scores_stand_as_they_were_printed(audit):
    assert published(audit) == {
        "results": [
            {"where": "A net", "what": "accuracy", "value": "83.18 %", "computed_on": "training"},
            {
                "where": "A net, validation accuracy",
                "what": "end of the curve",
                "value": "50.34 %",
                "computed_on": None,
            },
        ],
        "reports": [
            {
                "where": "Table 3",
                "rows": {
                    "Anger": {"precision": ".45", "f1": "0.50", "support": "1,200"},
                    "Fear": {"precision": "0.30", "support": "7"},
                },
                "averages": {"macro": {"precision": "0.38"}},
                "accuracy": "61 %",
            }
        ],
    }


def test_of_the_paper_no_row_is_made_up():
    of_paper = published(load_audits(ROOT / "audits")["paper"])
    assert ([result["value"] for result in of_paper["results"]], of_paper["reports"]) == (["83.18 %"], [])

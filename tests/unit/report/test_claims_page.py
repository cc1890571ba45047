from types import SimpleNamespace

import made_metrics

from bhab.report.claims import claims


def test_what_failed_and_the_paper_come_first():
    found = made_metrics.claims()
    found["audits"] = {"a-page": found["audits"]["sound"], "paper": found["audits"]["paper"]}
    page = claims(SimpleNamespace(measured={"claims": found}))
    assert {part: [row["id"] for row in page[part]] for part in ("failed", "held", "unrepeated")} == {
        "failed": ["claim that fails"],
        "held": ["claim that holds"],
        "unrepeated": ["claim that not recomputed"],
    }
    assert [(work["n"], work["wrong"]) for work in page["works"]] == [(3, 1), (3, 0)]
    assert [len(part["findings"]) for part in page["works"][0]["parts"]] == [1, 1]


def test_without_the_stage_there_is_nothing_to_show():
    assert claims(SimpleNamespace(measured={})) is None

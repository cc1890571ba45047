from types import SimpleNamespace

import numpy as np
import pytest
from curation_rows import faces, sample, sample_id

from bhab.report.quality import BINS, EXCERPT, bars, excerpt, quality
from bhab.schema import FINDINGS, Modality
from bhab.store import table_of


@pytest.mark.parametrize(
    ("scores", "limit", "side", "flagged"),
    [
        pytest.param(np.arange(100.0), 10.0, "under", 10, id="some under the limit"),
        pytest.param(np.arange(100.0), 89.0, "over", 10, id="some over the limit"),
        pytest.param(np.arange(100.0), -5.0, "under", 0, id="none under a limit that is under all"),
        pytest.param(np.arange(100.0), 200.0, "over", 0, id="none over a limit that is over all"),
        pytest.param(np.zeros(9), 0.0, "over", 0, id="all at the limit"),
    ],
)
def test_bars_hold_every_score_and_none_is_cut_by_the_limit(scores, limit, side, flagged):
    found = bars(scores, limit, side)
    assert len(found) <= BINS + 1
    assert sum(bar["n"] for bar in found) == len(scores)
    assert sum(bar["n"] for bar in found if bar["flagged"]) == flagged
    assert [bar for bar in found if bar["from"] < limit < bar["to"]] == []
    assert max(bar["height"] for bar in found) == 1.0


def test_no_scores_have_no_bars():
    assert bars(np.zeros(0), 1.0, "over") == []


def made(scores):
    """Inputs of faces named a, b, and so on, flagged under 5 by one check; every second one has the same content."""
    names = [chr(ord("a") + place) for place in range(len(scores))]
    rows = [sample(name, content_sha256="same" if place % 2 else name) for place, name in enumerate(names)]
    found = [
        {"sample_id": sample_id(name), "modality": "faces", "check": "dim", "score": score, "flagged": score < 5}
        for name, score in zip(names, scores, strict=True)
    ]
    figures = {"dim": {"unit": "bits", "side": "under", "threshold": 5.0, "n": len(scores), "flagged": 3}}
    return SimpleNamespace(
        measured={"quality": {"faces": figures}},
        quality=table_of(found, FINDINGS),
        samples={Modality.FACES: faces(*rows)},
    )


def test_the_worst_are_flagged_in_order_and_copies_are_shown_once(tmp_path):
    [check] = quality(made([4.0, 1.0, 9.0, 2.0]), Modality.FACES, tmp_path)
    assert [(row["score"], row["key"], row["copies"]) for row in check["worst"]] == [
        (1.0, "b.raw", 2),
        (4.0, "a.raw", 1),
    ]
    assert sorted(path.name for path in (tmp_path / "media").iterdir()) == ["quality_dim_0.png", "quality_dim_1.png"]


def test_the_middle_of_a_long_text_is_left_out():
    whole = "ক" * EXCERPT + "খ" * EXCERPT
    assert excerpt({"text_raw": whole}) == {"text": whole}
    assert excerpt({"text_raw": f"{whole}গ"}) == {"text": "ক" * EXCERPT + " … " + "খ" * (EXCERPT - 1) + "গ"}

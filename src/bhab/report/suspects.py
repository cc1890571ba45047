"""What the page of label issues shows beyond the figures: the first of the ranking, and the strangest samples."""

from pathlib import Path

import pyarrow.compute as pc

from bhab.report.inputs import Inputs, Json
from bhab.report.media import content
from bhab.schema import Modality
from bhab.store import take_ids

ISSUES_SHOWN = 24  # enough to see what kind of mistakes they are
OUTLIERS_SHOWN = 12


def suspects(inputs: Inputs, modality: Modality, site: Path) -> Json:
    """Return {issues, outliers}: the flagged samples in the order of their rank; their media are written on the way."""
    issues = inputs.label_issues.filter(_flagged(modality)).sort_by("rank").slice(0, ISSUES_SHOWN)
    order = [("score", "descending"), ("sample_id", "ascending")]
    outliers = inputs.outliers.filter(_flagged(modality)).sort_by(order).slice(0, OUTLIERS_SHOWN)
    return {
        name: _shown(inputs, modality, rows.to_pylist(), f"media/{name}_{modality}", site)
        for name, rows in (("issues", issues), ("outliers", outliers))
    }


def _flagged(modality: Modality) -> pc.Expression:
    return (pc.field("modality") == str(modality)) & pc.field("flagged")


def _shown(inputs: Inputs, modality: Modality, rows: list[Json], name: str, site: Path) -> list[Json]:
    """Return `rows` with what the samples say of themselves and their content."""
    samples = take_ids(inputs.samples[modality], [row["sample_id"] for row in rows]).to_pylist()
    return [
        {
            "source": sample["source"],
            "key": sample["source_key"],
            "label": sample["emotion"],
            "said": sample.get("transcript"),
            "votes": sorted(sample["votes"] or (), key=lambda vote: (-vote[1], vote[0])),
        }
        | row
        | content(modality, sample, f"{name}_{number}", site)
        for number, (row, sample) in enumerate(zip(rows, samples, strict=True))
    ]

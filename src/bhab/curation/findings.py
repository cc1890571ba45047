"""Samples that stay but ought to be looked at: one check is one measured column and the highest value it may have."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import CurateConfig
from bhab.schema import FINDINGS, Modality, arrow_schema


@dataclass(frozen=True, slots=True)
class Check:
    """Samples of `modality` whose `column` is over `limit` are flagged under `name`."""

    name: str
    modality: Modality
    column: str
    limit: float


def checks(config: CurateConfig) -> tuple[Check, ...]:
    """Return all checks, with the thresholds of `config`."""
    return (Check("audio_clipped", Modality.SPEECH, "clipped_share", config.max_clipped_share),)


def findings(samples: pa.Table, check: Check) -> pa.Table:
    """Return FINDINGS: one row for each of `samples`, flagged or not, sorted by sample_id."""
    samples = samples.sort_by("sample_id")
    score = samples[check.column].cast(pa.float64())
    constant = {"modality": str(check.modality), "check": check.name}
    columns = {
        "sample_id": samples["sample_id"],
        "score": score,
        "flagged": pc.greater(score, check.limit),
        **{name: pa.array([value] * len(samples), pa.string()) for name, value in constant.items()},
    }
    schema = arrow_schema(FINDINGS)
    return pa.table([columns[name] for name in schema.names], schema=schema)

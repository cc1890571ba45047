"""Stage `quality`: tables of samples -> a score and a flag for each sample and check. It flags; it drops nothing."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.audio.quality import clip_quality
from bhab.config import QualityConfig, load_params
from bhab.curation.findings import checks_of, findings
from bhab.fairness.intervals import wilson
from bhab.schema import FACE_PX, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import pixels, read_table, write_json, write_table
from bhab.text.quality import text_quality
from bhab.vision.quality import face_quality


@dataclass(frozen=True, slots=True)
class Judged:
    """FINDINGS of all modalities sorted by sample_id and check, and the figures of each check."""

    findings: pa.Table
    figures: dict[str, object]


SCORES: Mapping[Modality, Callable[[pa.Table], Mapping[str, NDArray[np.float64]]]] = {
    Modality.FACES: lambda faces: face_quality(pixels(faces["image"], (FACE_PX, FACE_PX))),
    Modality.TEXTS: text_quality,
    Modality.SPEECH: clip_quality,
}


def quality(tables: Mapping[Modality, pa.Table], config: QualityConfig) -> Judged:
    """Return what the checks say of every sample, and for each check the share of samples that it does not flag."""
    found = {m: findings(table["sample_id"], m, SCORES[m](table), config) for m, table in tables.items()}
    return Judged(
        findings=pa.concat_tables(found.values()).sort_by([("sample_id", "ascending"), ("check", "ascending")]),
        figures={m: figures(rows, m, config) for m, rows in found.items()},
    )


def figures(found: pa.Table, modality: Modality, config: QualityConfig) -> dict[str, object]:
    """Return for each check {n, flagged, share, threshold, source, side, measures, unit}; share is of the unflagged."""
    result: dict[str, object] = {}
    for check in checks_of(modality):
        flags = found.filter(pc.equal(found["check"], check.name))["flagged"]
        flagged = pc.sum(flags.cast(pa.int64())).as_py() or 0
        limit = getattr(config, check.name)
        result[check.name] = {
            "n": len(flags),
            "flagged": flagged,
            "share": asdict(wilson(len(flags) - flagged, len(flags))),
            "threshold": limit.limit,
            "source": limit.source,
            "side": check.side,
            "measures": check.measures,
            "unit": check.unit,
        }
    return result


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--out", type=Path, required=True, help="folder")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    tables = {m: read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality}
    judged = quality(tables, load_params(args.params).quality)
    write_table(judged.findings, args.out / "findings.parquet")
    write_json(judged.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `curate`: tables of samples -> exact duplicates, groups that may not be split, findings."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import CurateConfig, load_params
from bhab.curation.duplicates import exact_duplicates, exact_figures
from bhab.curation.findings import checks, findings
from bhab.curation.groups import groups
from bhab.schema import FINDINGS, SAMPLE_TABLES, Modality, arrow_schema
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_table


@dataclass(frozen=True, slots=True)
class Curated:
    """Tables over all modalities, sorted by sample_id, and the figures of each modality."""

    duplicates: pa.Table
    groups: pa.Table
    findings: pa.Table
    figures: dict[str, object]


def curate(tables: Mapping[Modality, pa.Table], config: CurateConfig) -> Curated:
    """Return what can be said of the samples without changing any."""
    duplicates = {m: exact_duplicates(table, m) for m, table in tables.items()}
    found = {check: findings(tables[check.modality], check) for check in checks(config)}
    figures: dict[str, object] = {
        m: {
            "n": table.num_rows,
            "exact": asdict(exact_figures(table, duplicates[m])),
            "exact_by_source": exact_by_source(table, m),
            "findings": {
                check.name: {"n": rows.num_rows, "flagged": sum(rows["flagged"].to_pylist())}
                for check, rows in found.items()
                if check.modality == m
            },
        }
        for m, table in tables.items()
    }
    return Curated(
        duplicates=pa.concat_tables(duplicates.values()).sort_by("sample_id"),
        groups=pa.concat_tables([groups(table, m) for m, table in tables.items()]).sort_by("sample_id"),
        findings=pa.concat_tables([arrow_schema(FINDINGS).empty_table(), *found.values()]).sort_by(
            [("sample_id", "ascending"), ("check", "ascending")]
        ),
        figures=figures,
    )


def exact_by_source(table: pa.Table, modality: Modality) -> dict[str, object]:
    """Return the figures of each source as if it stood alone: what can be compared with what others published."""
    sources = sorted(pc.unique(table["source"]).to_pylist())
    parts = {source: table.filter(pc.equal(table["source"], source)) for source in sources}
    return {source: asdict(exact_figures(part, exact_duplicates(part, modality))) for source, part in parts.items()}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    tables = {m: read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality}
    curated = curate(tables, load_params(args.params).curate)
    with whole_folder(args.out) as out:
        write_table(curated.duplicates, out / "duplicates.parquet")
        write_table(curated.groups, out / "groups.parquet")
        write_table(curated.findings, out / "findings.parquet")
    write_json(curated.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

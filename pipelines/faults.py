"""Stage `faults`: planted faults and what the run raised -> how many were found, how many alarms were right."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bhab.schema import DUPLICATES, FINDINGS, LABEL_ISSUES, PAIRS, REJECTS, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import read_json, read_table, write_json
from bhab.synthetic.scoring import Observed, Planted, Said, observe, planted_faults, scores


def faults(planted: Sequence[Planted], observed: Observed) -> dict[str, object]:
    """Return a score for each kind of fault and modality."""
    return {"faults": [asdict(score) for score in scores(planted, observed)]}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="faults.json of the embedded corpus")
    parser.add_argument("--rejects", type=Path, required=True)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--curation", type=Path, required=True)
    parser.add_argument("--quality", type=Path, required=True)
    parser.add_argument("--suspects", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    planted = planted_faults(read_json(args.manifest), args.manifest)
    observed = observe(
        {fault.source for fault in planted},
        samples=[read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality],
        said=Said(
            rejects=read_table(args.rejects, REJECTS),
            duplicates=read_table(args.curation / "duplicates.parquet", DUPLICATES),
            pairs=read_table(args.curation / "pairs.parquet", PAIRS),
            findings=[read_table(folder / "findings.parquet", FINDINGS) for folder in (args.quality, args.suspects)],
            label_issues=read_table(args.suspects / "label_issues.parquet", LABEL_ISSUES),
        ),
    )
    write_json(faults(planted, observed), args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `gate_data`: all tables before training -> one verdict a gate.

A gate that must hold and does not ends the run. The verdicts are there to read in either case. `--passed` is written
only if training may start; it is always the same, so that no model is trained again because a gate's words changed.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bhab.config import GatesConfig, SourceConfig, load_params
from bhab.quality import gates
from bhab.quality.leakage import children, leakage
from bhab.quality.links import SAMPLE_KEYS, Corpus, links
from bhab.schema import (
    AUGMENTED,
    DUPLICATES,
    GROUPS,
    LABELS,
    PAIRS,
    REJECTS,
    SAMPLE_TABLES,
    SPLITS,
    Modality,
)
from bhab.stage import run_stage
from bhab.store import read_json, read_table, remove, write_json


@dataclass(frozen=True, slots=True)
class Measured:
    """What other stages measured, as JSON: suites by modality, suspects.json, confounds.json."""

    suites: Mapping[str, Mapping[str, Any]]
    suspects: Mapping[str, Any]
    confounds: Mapping[str, Any]


def gate_data(
    corpus: Corpus, measured: Measured, sources: Mapping[str, SourceConfig], config: GatesConfig
) -> list[gates.Gate]:
    """Return the verdicts on the data."""
    findings = {
        "links": links(corpus, examples=config.examples),
        "leakage": leakage(corpus, lambda name: name in sources and sources[name].keep_split),
        "children": children(corpus),
        "contracts": gates.contracts(measured.suites),
        "rejects": gates.rejects(corpus.counts, config.max_reject_share),
        "label_issues": gates.label_issues(measured.suspects, config.max_label_issue_share),
        "confounds": gates.confounds(measured.confounds),
    }
    return gates.verdicts(findings, config)


def read_corpus(args: argparse.Namespace) -> Corpus:
    """Read the tables that the command line names; of the samples only what gates ask of them."""
    curation, splits = args.curation, args.splits
    return Corpus(
        samples={m: read_table(args.tables / m, SAMPLE_TABLES[m]).select(list(SAMPLE_KEYS)) for m in Modality},
        rejects=read_table(args.tables / "rejects.parquet", REJECTS),
        labels=read_table(args.labels / "labels.parquet", LABELS),
        groups=read_table(curation / "groups.parquet", GROUPS),
        duplicates=read_table(curation / "duplicates.parquet", DUPLICATES),
        pairs=read_table(curation / "pairs.parquet", PAIRS),
        splits=read_table(splits / "splits.parquet", SPLITS),
        left_out=read_table(splits / "rejects.parquet", REJECTS),
        augmented=read_table(args.augmented, AUGMENTED),
        counts=read_json(args.counts),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write; then end the run if a gate that must hold did not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts, speech, rejects.parquet")
    for name in ("curation", "labels", "splits", "augmented", "validation"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("counts", "suspects", "confounds"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="JSON of that name")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passed", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    measured = Measured(
        {m: read_json(args.validation / f"{m}.json") for m in Modality},
        read_json(args.suspects),
        read_json(args.confounds),
    )
    remove(args.passed)
    found = gate_data(read_corpus(args), measured, params.sources, params.gates)
    write_json({"gates": found}, args.out)
    gates.require(found)
    write_json({"gate": "data", "passed": True}, args.passed)


if __name__ == "__main__":
    run_stage(main)

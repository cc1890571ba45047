"""Stage `confounds`: tables of samples and their labels -> what tells the label without the content."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from bhab.config import ConfoundsConfig, load_params
from bhab.curation.labels import places
from bhab.fairness.confounds import confounds as tell
from bhab.schema import LABELS, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import read_table, take_ids, write_json


def confounds(tables: Mapping[Modality, pa.Table], labels: pa.Table, config: ConfoundsConfig) -> dict[str, object]:
    """Return the confounds of each modality."""
    found: dict[str, object] = {}
    for modality, samples in tables.items():
        emotions = take_ids(labels, samples["sample_id"].to_pylist())["emotion"]
        found[str(modality)] = asdict(tell(samples, places(emotions), modality, config))
    return found


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    tables = {m: read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality}
    labels = read_table(args.labels / "labels.parquet", LABELS)
    write_json(confounds(tables, labels, load_params(args.params).confounds), args.metrics)


if __name__ == "__main__":
    run_stage(main)

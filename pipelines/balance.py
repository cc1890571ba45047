"""Stage `balance`: samples and splits -> who is in the corpus, by attribute, split and emotion.

balance.json: {min_n_shown, modalities: {modality: ...}}, for each modality:

    n                             samples, those left out by the split included
    subjects: {stated, people, largest}   samples that name a person, people, samples of the one with most
    attributes: [                 one for each attribute of section `fairness` that the modality has
      {attribute,
       evenness: {n, groups, ens, sei, cramers_v},   over samples that state a value; see bhab.fairness.balance
       groups: [{group, n, share, by_split: {split: n}, by_emotion: {emotion: n}}]}]   largest first

A split is train, validation, test or "left out"; an emotion may be "none". A count in a
cell that is not 0 and under min_n_shown is null.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from bhab.config import FairnessConfig, load_params
from bhab.fairness.balance import count_groups, evenness
from bhab.schema import SAMPLE_TABLES, SPLITS, Modality
from bhab.stage import run_stage
from bhab.store import read_table, write_json

Json = dict[str, Any]
LEFT_OUT = "left out"
NO_EMOTION = "none"


def balance(tables: Mapping[Modality, pa.Table], splits: pa.Table, config: FairnessConfig) -> Json:
    """Return what balance.json holds. The emotion is the one the split was made with, the source's where left out."""
    used = {row["sample_id"]: row for row in splits.select(["sample_id", "split", "emotion"]).to_pylist()}
    return {
        "min_n_shown": config.min_n_shown,
        "modalities": {modality.value: _modality(table, used, config) for modality, table in tables.items()},
    }


def _modality(table: pa.Table, used: Mapping[str, Json], config: FairnessConfig) -> Json:
    own = zip(table["sample_id"].to_pylist(), table["emotion"].to_pylist(), strict=True)
    rows = [used.get(i, {"split": LEFT_OUT, "emotion": emotion}) for i, emotion in own]
    splits, labels = [row["split"] for row in rows], [row["emotion"] for row in rows]
    people = Counter(s for s in table["subject_id"].to_pylist() if s)
    attributes = []
    for attribute in [a for a in config.attributes if a in table.column_names]:
        values = table[attribute].to_pylist()
        groups = count_groups(values, splits, [label or NO_EMOTION for label in labels], min_n_shown=config.min_n_shown)
        attributes.append(
            {
                "attribute": attribute,
                "evenness": asdict(evenness(values, labels)),
                "groups": [asdict(group) for group in groups],
            }
        )
    return {
        "n": len(rows),
        "subjects": {"stated": people.total(), "people": len(people), "largest": max(people.values(), default=0)},
        "attributes": attributes,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    tables = {m: read_table(args.tables / m, columns) for m, columns in SAMPLE_TABLES.items()}
    config = load_params(args.params).fairness
    write_json(balance(tables, read_table(args.splits / "splits.parquet", SPLITS), config), args.metrics)


if __name__ == "__main__":
    run_stage(main)

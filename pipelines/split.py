"""Stage `split`: samples, their groups and labels -> train, validation, test; copies are left out as rejects."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bhab.config import SourceConfig, SplitConfig, load_params
from bhab.curation.split import assign_splits, find_copies, find_leaked, items_of
from bhab.schema import (
    DUPLICATES,
    EMOTIONS,
    GROUPS,
    LABELS,
    REJECTS,
    SAMPLE_TABLES,
    SPLITS,
    Modality,
    Split,
    arrow_schema,
)
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_table

NO_EMOTION = "none"


@dataclass(frozen=True, slots=True)
class Before:
    """What the stages before found, over all modalities: GROUPS, LABELS and DUPLICATES."""

    groups: pa.Table
    labels: pa.Table
    duplicates: pa.Table


@dataclass(frozen=True, slots=True)
class Divided:
    """SPLITS and REJECTS over all modalities, which together hold each sample once, and the figures of each."""

    splits: pa.Table
    rejects: pa.Table
    figures: dict[str, object]


def split(
    tables: Mapping[Modality, pa.Table], before: Before, sources: Mapping[str, SourceConfig], config: SplitConfig
) -> Divided:
    """Return each sample either with its split or as a reject."""
    kept, dropped = {}, {}
    for modality, samples in tables.items():
        items = items_of(
            samples, groups=before.groups, labels=before.labels, duplicates=before.duplicates, sources=sources
        ).assign(modality=str(modality), stage="split")
        copies = find_copies(items if config.deduplicate else items[:0])
        dropped[modality] = items.merge(copies, on="sample_id", validate="one_to_one")
        rest = items[~items["sample_id"].isin(copies["sample_id"])].reset_index(drop=True)
        names = assign_splits(rest, config)
        kept[modality] = rest.assign(split=names, leaked=find_leaked(rest, names))
    rows = pd.concat(kept.values()).sort_values("sample_id")
    rejects = pd.concat(dropped.values()).sort_values(["source", "source_key"])
    return Divided(
        splits=pa.Table.from_pandas(rows, schema=arrow_schema(SPLITS), preserve_index=False),
        rejects=pa.Table.from_pandas(rejects, schema=arrow_schema(REJECTS), preserve_index=False),
        figures={m: figures(kept[m], dropped[m]) for m in tables},
    )


def figures(kept: pd.DataFrame, dropped: pd.DataFrame) -> dict[str, object]:
    """Return the counts of one modality."""
    emotion = kept["emotion"].fillna(NO_EMOTION)
    return {
        "splits": {
            name: {
                "n": int((kept["split"] == name).sum()),
                "by_emotion": {
                    e: int(((kept["split"] == name) & (emotion == e)).sum()) for e in (*EMOTIONS, NO_EMOTION)
                },
            }
            for name in Split
        },
        "leaked": int(kept["leaked"].sum()),
        "groups": int(kept["group_id"].nunique()),
        "dropped": {str(reason): int(n) for reason, n in dropped["reason"].value_counts().items()},
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--curation", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    tables = {m: read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality}
    before = Before(
        groups=read_table(args.curation / "groups.parquet", GROUPS),
        labels=read_table(args.labels / "labels.parquet", LABELS),
        duplicates=read_table(args.curation / "duplicates.parquet", DUPLICATES),
    )
    divided = split(tables, before, params.sources, params.split)
    with whole_folder(args.out) as out:
        write_table(divided.splits, out / "splits.parquet")
        write_table(divided.rejects, out / "rejects.parquet")
    write_json(divided.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

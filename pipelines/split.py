"""Stage `split`: samples, their groups and labels -> train, validation, test; copies are left out as rejects."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bhab.config import SourceConfig, SplitConfig, load_params
from bhab.curation.split import Before, assign_splits, find_copies, find_leaked, find_near_copies, items_of
from bhab.schema import (
    DUPLICATES,
    EMOTIONS,
    GROUPS,
    LABELS,
    PAIRS,
    QUEUE,
    REJECTS,
    SAMPLE_TABLES,
    SPLITS,
    Columns,
    Modality,
    Split,
    arrow_schema,
)
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_table

NO_EMOTION = "none"


@dataclass(frozen=True, slots=True)
class Divided:
    """SPLITS and REJECTS over all modalities, which together hold each sample once, and the figures of each.

    QUEUE names the rejects that people are to be asked about.
    """

    splits: pa.Table
    rejects: pa.Table
    queue: pa.Table
    figures: dict[str, object]


def split(
    tables: Mapping[Modality, pa.Table], before: Before, sources: Mapping[str, SourceConfig], config: SplitConfig
) -> Divided:
    """Return each sample either with its split or as a reject."""
    kept, dropped = {}, {}
    for modality, samples in tables.items():
        items = items_of(samples, before, sources).assign(modality=str(modality), stage="split")
        copies = find_copies(items if config.deduplicate else items[:0], config.contradictions)
        rest = items[~items["sample_id"].isin(copies["sample_id"])].reset_index(drop=True)
        names = assign_splits(rest, config)
        near = find_near_copies(rest[(names == Split.TRAIN) & config.drop_near])
        stays = ~rest["sample_id"].isin(near["sample_id"])
        kept[modality] = rest.assign(split=names, leaked=find_leaked(rest, names))[stays]
        dropped[modality] = items.merge(pd.concat([copies, near]), on="sample_id", validate="one_to_one")
    gone = pd.concat(dropped.values()).sort_values(["source", "source_key"])
    asked = gone[(gone["reason"] == "label_contradiction") & (config.contradictions == "annotators")]
    return Divided(
        splits=_table(pd.concat(kept.values()).sort_values("sample_id"), SPLITS),
        rejects=_table(gone, REJECTS),
        queue=_table(asked.sort_values("sample_id"), QUEUE),
        figures={m: figures(kept[m], dropped[m]) for m in tables},
    )


def _table(rows: pd.DataFrame, columns: Columns) -> pa.Table:
    return pa.Table.from_pandas(rows, schema=arrow_schema(columns), preserve_index=False)


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
        pairs=read_table(args.curation / "pairs.parquet", PAIRS),
    )
    divided = split(tables, before, params.sources, params.split)
    with whole_folder(args.out) as out:
        write_table(divided.splits, out / "splits.parquet")
        write_table(divided.rejects, out / "rejects.parquet")
        write_table(divided.queue, out / "queue.parquet")
    write_json(divided.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

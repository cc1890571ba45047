"""Stage `assemble`: the samples of every source in params.yaml -> one table a modality, all rejects in one, counts.

A shard's rows come from the same shard of each source, so no more than one shard is in memory. A folder of a source
that params.yaml does not name is left alone.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from bhab.config import Params, load_params
from bhab.errors import TableError
from bhab.schema import EMOTIONS, REJECTS, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import SHARD, read_table, table_of, whole_folder, write_json, write_table

UNLABELLED = "none"


def assemble(tables: Sequence[pa.Table], order: Sequence[str]) -> pa.Table:
    """Return the rows of all `tables`, of equal columns, sorted by the columns `order`."""
    return pa.concat_tables(tables).sort_by([(name, "ascending") for name in order]).combine_chunks()


def counts(params: Params, rejects: pa.Table, kept: Counter[str], labels: Mapping[Modality, Counter[str]]) -> object:
    """Return what came of each source and what each table holds."""
    dropped = Counter(zip(rejects["source"].to_pylist(), rejects["reason"].to_pylist(), strict=True))
    return {
        "sources": {
            name: {
                "adapter": source.adapter,
                "modality": source.modality,
                "kept": kept[name],
                "rejects": {reason: n for (of, reason), n in dropped.items() if of == name},
            }
            for name, source in params.sources.items()
        },
        "tables": {
            modality: {"n": found.total(), "by_emotion": {e: found[e] for e in (*EMOTIONS, UNLABELLED)}}
            for modality, found in labels.items()
        },
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write; one shard at a time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ingest", required=True, type=Path, help="what stage ingest wrote, a folder for each source")
    parser.add_argument("--out", required=True, type=Path, help="folder for faces, texts, speech and rejects.parquet")
    parser.add_argument("--metrics", required=True, type=Path)
    parser.add_argument("--params", default=Path("params.yaml"), type=Path)
    args = parser.parse_args(argv)
    params = load_params(args.params)
    kept: Counter[str] = Counter()
    labels: dict[Modality, Counter[str]] = {modality: Counter() for modality in Modality}
    for modality, columns in SAMPLE_TABLES.items():
        names = [name for name, source in params.sources.items() if source.modality == modality]
        folders = [_samples(args.ingest / name, params.store.shards) for name in names]
        with whole_folder(args.out / modality) as folder:
            for shard in map(SHARD.format, range(params.store.shards)):
                parts = [read_table(samples / shard, columns) for samples in folders]
                kept.update({name: part.num_rows for name, part in zip(names, parts, strict=True)})
                table = assemble([table_of([], columns), *parts], ["sample_id"])
                labels[modality].update(emotion or UNLABELLED for emotion in table["emotion"].to_pylist())
                write_table(table, folder / shard)
    every = [read_table(args.ingest / name / "rejects.parquet", REJECTS) for name in params.sources]
    rejects = assemble(every, [column.name for column in REJECTS])
    write_table(rejects, args.out / "rejects.parquet")
    write_json(counts(params, rejects, kept, labels), args.metrics)


def _samples(ingested: Path, shards: int) -> Path:
    """Return the folder of one source's shards. Raises TableError if there are not `shards` of them."""
    folder = ingested / "samples"
    found = len(list(folder.glob("part-*.parquet")))
    if found != shards:
        raise TableError(f"{folder}: {found} shards, expected {shards} as in params.yaml; stage ingest writes them")
    return folder


if __name__ == "__main__":
    run_stage(main)

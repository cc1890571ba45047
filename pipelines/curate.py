"""Stage `curate`: tables of samples -> equal ones, nearly equal ones, and groups that may not be split."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bhab.audio.near import near_clips
from bhab.config import CurateConfig, load_params
from bhab.curation.duplicates import exact_duplicates, exact_figures
from bhab.curation.groups import groups
from bhab.curation.near import NearPairs
from bhab.curation.pairs import near_figures, near_pairs
from bhab.schema import FACE_PX, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import pixels, read_table, whole_folder, write_json, write_table
from bhab.text.near import near_texts
from bhab.vision.near import near_faces


@dataclass(frozen=True, slots=True)
class Curated:
    """Tables over all modalities, sorted by sample_id (pairs by both), and the figures of each modality."""

    duplicates: pa.Table
    pairs: pa.Table
    groups: pa.Table
    figures: dict[str, object]


def curate(tables: Mapping[Modality, pa.Table], config: CurateConfig) -> Curated:
    """Return what can be said of the samples without changing any."""
    duplicates = {m: exact_duplicates(table, m) for m, table in tables.items()}
    pairs = {m: near_pairs(table, m, partial(search, modality=m, config=config)) for m, table in tables.items()}
    tied = [groups(table, pairs[m], m) for m, table in tables.items()]
    figures: dict[str, object] = {}
    for m, table in tables.items():
        sources = by_source(table)
        figures[m] = {
            "n": table.num_rows,
            "exact": asdict(exact_figures(table, duplicates[m])),
            "exact_by_source": {
                s: asdict(exact_figures(part, exact_duplicates(part, m))) for s, part in sources.items()
            },
            "near": asdict(near_figures(table, pairs[m], table)),
            "near_by_source": {s: asdict(near_figures(table, pairs[m], part)) for s, part in sources.items()},
        }
    return Curated(
        duplicates=pa.concat_tables(duplicates.values()).sort_by("sample_id"),
        pairs=pa.concat_tables(pairs.values()).sort_by([("one_id", "ascending"), ("other_id", "ascending")]),
        groups=pa.concat_tables(tied).sort_by("sample_id"),
        figures=figures,
    )


def search(samples: pa.Table, modality: Modality, config: CurateConfig) -> NearPairs:
    """Return the pairs of `samples`, whose contents all differ, that are nearly the same."""
    if modality is Modality.TEXTS:
        return near_texts(samples["text"].to_pylist(), config)
    if modality is Modality.SPEECH:
        return near_clips([np.frombuffer(pcm, dtype="<i2") for pcm in samples["pcm"].to_pylist()], config)
    return near_faces(pixels(samples["image"], (FACE_PX, FACE_PX)), config)


def by_source(table: pa.Table) -> dict[str, pa.Table]:
    """Return the samples of each source: figures on them can be compared with what others published."""
    sources = sorted(pc.unique(table["source"]).to_pylist())
    return {source: table.filter(pc.equal(table["source"], source)) for source in sources}


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
        write_table(curated.pairs, out / "pairs.parquet")
        write_table(curated.groups, out / "groups.parquet")
    write_json(curated.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `augment`: training faces -> their children, and a sheet of some of them to look at."""

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.config import AugmentConfig, load_params
from bhab.curation.chance import unit_interval
from bhab.progress import progress
from bhab.schema import AUGMENTED, EMOTIONS, FACE_PX, FACES, SPLITS, Modality, Split, arrow_schema, sample_id
from bhab.stage import run_stage
from bhab.store import as_binary, pixels, read_table, take_ids, write_png, write_shards
from bhab.vision.augment import by_albumentations, children, contact_sheet, draws

PICTURE = ["sample_id", "image"]
BATCH = 4096  # children made at once
PATHS = {"fused": children, "albumentations": by_albumentations}
PARENTS_SHOWN = 2  # of each emotion


def augment(faces: pa.Table, splits: pa.Table, config: AugmentConfig) -> pa.Table:
    """Return `config.children` children of each labelled training face, by sample_id; the emotion is the split's."""
    training = parents_of(splits)
    parents = training["sample_id"].to_pylist()
    images = pixels(take_ids(faces, parents)["image"], (FACE_PX, FACE_PX))  # (parents, FACE_PX, FACE_PX)
    ids = pa.array([child for parent in parents for child in children_of(parent, config)], pa.string())
    order = pc.sort_indices(ids)
    ids, rows = ids.take(order), order.to_numpy() // max(1, config.children)  # (children,), the row of the parent
    parts = [slice(start, start + BATCH) for start in range(0, len(ids), BATCH)]
    made = [
        as_binary(PATHS[config.path](images[rows[part]], draws(ids[part].to_pylist(), config)))
        for part in progress(parts, len(parts), f"augmenting faces, {BATCH} at once")
    ]
    columns = [
        ids,
        training["sample_id"].take(rows),
        training["emotion"].take(rows),
        pa.chunked_array(made, pa.binary()),
    ]
    return pa.table(columns, schema=arrow_schema(AUGMENTED))


def parents_of(splits: pa.Table) -> pa.Table:
    """Return the rows of `splits` that may have children: training faces with an emotion, by sample_id."""
    wanted = pc.and_(pc.equal(splits["modality"], Modality.FACES.value), pc.equal(splits["split"], Split.TRAIN.value))
    training = splits.filter(pc.and_(wanted, pc.is_valid(splits["emotion"])))
    return training.take(pc.sort_indices(training["sample_id"]))


def preview(faces: pa.Table, born: pa.Table, config: AugmentConfig) -> NDArray[np.uint8]:
    """Return a sheet of a few parents of each emotion, each with its children in the order they were made."""
    shown = shown_parents(born, config)
    parents = [parent for each in shown.values() for parent in each]
    ids = [child for parent in parents for child in children_of(parent, config)]
    old, young = (
        pixels(take_ids(table.select(PICTURE), wanted)["image"], (FACE_PX, FACE_PX))
        for table, wanted in ((faces, parents), (born, ids))
    )
    families = iter([parent, *young[i * config.children : (i + 1) * config.children]] for i, parent in enumerate(old))
    return contact_sheet([(emotion, list(islice(families, len(each)))) for emotion, each in shown.items()])


def shown_parents(born: pa.Table, config: AugmentConfig) -> dict[str, list[str]]:
    """Return some parents of each emotion that has any."""
    shown = {}
    for emotion in EMOTIONS:
        parents = pc.unique(born["parent_id"].filter(pc.equal(born["emotion"], emotion))).to_pylist()
        by_chance = sorted(parents, key=lambda parent: unit_interval(parent, f"{config.salt}/preview"))
        if by_chance:
            shown[emotion] = by_chance[:PARENTS_SHOWN]
    return shown


def children_of(parent: str, config: AugmentConfig) -> list[str]:
    """Return the sample_ids of the children of `parent`."""
    return [sample_id("augment", f"{parent}/{number}") for number in range(1, config.children + 1)]


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of splits.parquet")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preview", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    faces = read_table(args.faces, FACES, only=PICTURE)
    born = augment(faces, read_table(args.splits / "splits.parquet", SPLITS), params.augment)
    write_shards(born, args.out, params.store.shards)
    write_png(preview(faces, born, params.augment), args.preview)


if __name__ == "__main__":
    run_stage(main)

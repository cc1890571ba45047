"""Stage `augment`: training faces -> their children, and a sheet of some of them to look at."""

import argparse
from collections.abc import Sequence
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
from bhab.store import pixels, read_table, take_ids, write_png, write_shards
from bhab.vision.augment import augmenter, contact_sheet

PARENTS_SHOWN = 2  # of each emotion


def augment(faces: pa.Table, splits: pa.Table, config: AugmentConfig) -> pa.Table:
    """Return `config.children` children of each labelled training face, by sample_id; the emotion is the split's."""
    training = parents_of(splits)
    parents, emotions = training["sample_id"].to_pylist(), training["emotion"].to_pylist()
    images = pixels(take_ids(faces, parents)["image"], (FACE_PX, FACE_PX))  # (parents, FACE_PX, FACE_PX)
    child_of = augmenter(config)
    rows: dict[str, list[object]] = {column.name: [] for column in AUGMENTED}
    born = zip(parents, emotions, images, strict=True)
    for parent, emotion, image in progress(born, len(parents), "augmenting faces"):
        for child in children_of(parent, config):
            for name, value in zip(rows, (child, parent, emotion, child_of(image, child).tobytes()), strict=True):
                rows[name].append(value)
    return pa.table(rows, schema=arrow_schema(AUGMENTED)).sort_by("sample_id")


def parents_of(splits: pa.Table) -> pa.Table:
    """Return the rows of `splits` that may have children: training faces with an emotion, by sample_id."""
    wanted = pc.and_(pc.equal(splits["modality"], Modality.FACES.value), pc.equal(splits["split"], Split.TRAIN.value))
    return splits.filter(pc.and_(wanted, pc.is_valid(splits["emotion"]))).sort_by("sample_id")


def preview(faces: pa.Table, children: pa.Table, config: AugmentConfig) -> NDArray[np.uint8]:
    """Return a sheet of a few parents of each emotion, each with its children in the order they were made."""
    rows = []
    for emotion in EMOTIONS:
        parents = pc.unique(children.filter(pc.equal(children["emotion"], emotion))["parent_id"]).to_pylist()
        shown = sorted(parents, key=lambda parent: unit_interval(parent, f"{config.salt}/preview"))[:PARENTS_SHOWN]
        if shown:
            rows.append((emotion, [family(parent, faces, children, config) for parent in shown]))
    return contact_sheet(rows)


def family(parent: str, faces: pa.Table, children: pa.Table, config: AugmentConfig) -> list[NDArray[np.uint8]]:
    """Return the image of `parent`, then those of its children."""
    images = [take_ids(faces, [parent])["image"], take_ids(children, children_of(parent, config))["image"]]
    return [image for column in images for image in pixels(column, (FACE_PX, FACE_PX))]


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
    faces = read_table(args.faces, FACES)
    children = augment(faces, read_table(args.splits / "splits.parquet", SPLITS), params.augment)
    write_shards(children, args.out, params.store.shards)
    write_png(preview(faces, children, params.augment), args.preview)


if __name__ == "__main__":
    run_stage(main)

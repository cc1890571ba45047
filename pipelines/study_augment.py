"""Stage `study_augment`: one model trained with one transform of the augmentation, once for each seed."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from bhab.config import Params, load_params
from bhab.progress import progress
from bhab.schema import FACES, SPLITS
from bhab.stage import run_stage
from bhab.store import read_table, write_table
from bhab.training.processes import side_by_side
from bhab.training.study import trained_and_asked


def study_augment(transform: str, faces: pa.Table, splits: pa.Table, params: Params) -> pa.Table:
    """Return table STUDY of `transform`: what a model says of held-out faces, by seed and sample_id."""
    seeds = params.study.seeds
    calls = [(transform, seed, faces, splits, params) for seed in seeds]
    said = side_by_side(trained_and_asked, calls, params.study.processes)
    return pa.concat_tables(progress(said, len(seeds), f"training with {transform}"))


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transform", required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    faces = read_table(args.faces, FACES, only=["sample_id", "image", "votes"])
    splits = read_table(args.splits / "splits.parquet", SPLITS)
    write_table(study_augment(args.transform, faces, splits, load_params(args.params)), args.out)


if __name__ == "__main__":
    run_stage(main)

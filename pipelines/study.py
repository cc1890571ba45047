"""Stage `study`: what models said that learned with different transforms -> what each transform is worth."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.stats import t as student

from bhab.config import StudyConfig, load_params
from bhab.errors import TableError
from bhab.fairness.grouped import resampled
from bhab.fairness.intervals import Figure, wilson
from bhab.report.figures import gains_by_transform
from bhab.schema import STUDY, Split
from bhab.stage import run_stage
from bhab.store import read_table, write_json, write_svg

Json = dict[str, Any]

BASELINE = "none"
JUDGED = (Split.VALIDATION, Split.TEST)
SEED = 1  # of the bootstrap


def study(said: Mapping[str, pa.Table], config: StudyConfig) -> Json:
    """Return what study_augment.json holds: accuracy with each transform, and gain over none, of tables STUDY.

    Raises TableError where two transforms were not judged on the same faces with the same seeds.
    """
    return {
        "model": config.model,
        "epochs": config.epochs,
        "seeds": list(config.seeds),
        "transforms": [
            {"transform": name} | {split: judge(table, said.get(BASELINE), split, config) for split in JUDGED}
            for name, table in said.items()
        ],
    }


def judge(table: pa.Table, baseline: pa.Table | None, split: Split, config: StudyConfig) -> Json | None:
    """Return {accuracy, by_seed, gain, gain_over_seeds, beyond_chance} on a split, None where it has no faces.

    `gain` is the mean over seeds, its interval by groups of faces; `gain_over_seeds` has that of another seed. Gains
    are None without a baseline, and beyond chance if neither interval holds 0.
    """
    rows, right = _right(table, split)
    if not right.size:
        return None
    group = rows["group_id"].to_numpy(zero_copy_only=False)
    found: Json = {
        "accuracy": asdict(mean_by_groups(right.mean(axis=0), group, config.resamples)),
        "by_seed": [asdict(wilson(int(each.sum()), len(each))) for each in right],
        "gain": None,
        "gain_over_seeds": None,
        "beyond_chance": None,
    }
    if baseline is None:
        return found
    same, other = _right(baseline, split)
    if not same["sample_id"].equals(rows["sample_id"]) or other.shape != right.shape:
        raise TableError(
            f"study of {split} faces: judged on others than {BASELINE} was, expected the same; run both again"
        )
    more = right.astype(np.float64) - other  # (seeds, faces)
    gain, over_seeds = mean_by_groups(more.mean(axis=0), group, config.resamples), mean_of_few(more.mean(axis=1))
    figures = [gain, *([over_seeds] if over_seeds else [])]
    beyond = all(f.low > 0 for f in figures) or all(f.high < 0 for f in figures)
    return found | {
        "gain": asdict(gain),
        "gain_over_seeds": over_seeds and asdict(over_seeds),
        "beyond_chance": beyond,
    }


def _right(table: pa.Table, split: Split) -> tuple[pa.Table, NDArray[np.bool_]]:
    """Return the rows of the first seed, and whether each answer is right, (seeds, faces)."""
    table = table.filter(pc.equal(table["split"], split)).sort_by([("seed", "ascending"), ("sample_id", "ascending")])
    seeds = max(1, pc.count_distinct(table["seed"]).as_py())
    right = pc.equal(table["emotion"], table["predicted"]).to_numpy().astype(np.bool_)
    return table.slice(0, len(table) // seeds), right.reshape(seeds, -1)


def mean_by_groups(values: NDArray[np.float64], group: NDArray[np.object_], resamples: int) -> Figure:
    """Return the mean of `values` with a 95 % interval by drawing groups (Efron 1979), n of values."""
    _, number = np.unique(group.astype(str), return_inverse=True)
    sums = np.column_stack([np.bincount(number, values), np.bincount(number).astype(np.float64)])  # (groups, 2)
    drawn = resampled(sums, resamples, np.random.default_rng(SEED))
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return Figure(float(values.mean()), float(low), float(high), len(values))


def mean_of_few(values: NDArray[np.float64]) -> Figure | None:
    """Return the mean of `values` with its 95 % interval by Student's t, None of a single one."""
    n = len(values)
    if n == 1:
        return None
    mean, half = float(values.mean()), float(student.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Figure(mean, mean - half, mean + half, n)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--said", type=Path, required=True, help="folder of what stage study_augment wrote")
    parser.add_argument("--figure", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).study
    said: dict[str, pa.Table] = {name: read_table(args.said / f"{name}.parquet", STUDY) for name in config.transforms}
    found = study(said, config)
    write_json(found, args.metrics)
    shown = [row for row in found["transforms"] if row["transform"] != BASELINE]
    write_svg(gains_by_transform(shown), args.figure)


if __name__ == "__main__":
    run_stage(main)

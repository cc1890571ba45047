"""Claim: stage augment makes 20,000 faces a second on two cores, four times what separate transforms make.

What is measured: the stage as it is called, from the start of Python to the last shard; its two functions alone; and
two loops of albumentations that neither read nor write, seeded for each face: one Affine and a flip, and the recipe
as five separate transforms. All on the training faces of a finished run, in turns, each in a process of its own that
may use one core or two. The loops use two cores as two processes.

    make bench DATA=DIR

or

    PYTHONPATH=. python benchmarks/augment.py --workspace workspace/real --scratch /tmp --date 2026-01-31

WORKSPACE is what `make repro-real DATA=DIR` made of the real corpora.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pyarrow.parquet as pq
from machine import machine
from numpy.typing import NDArray

from bhab.config import AugmentConfig, load_params
from bhab.schema import FACE_PX, FACES, SPLITS
from bhab.store import pixels, read_table, take_ids, write_json
from bhab.vision.augment import children, draws
from pipelines.augment import parents_of

if TYPE_CHECKING:
    import albumentations

RESULTS = Path(__file__).parent / "results" / "augment.json"
ROUNDS = 5
CORES = (1, 2)
FACES_EACH = 8192  # that a loop, or the functions, are timed on
WARM = 64  # faces before the clock starts
LOOPS = ("functions", "affine_and_flip", "separate")

Images = NDArray[np.uint8]
Cost = tuple[float, float]  # seconds by the clock, and of the processor
Key = tuple[str, int]  # what, on how many cores


def main(argv: Sequence[str] | None = None) -> None:
    """Measure in turns, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("--params", type=Path, help="of another recipe than the workspace's")
    parser.add_argument("--only", choices=LOOPS, help="one measure, on --cores; the script calls itself so")
    parser.add_argument("--cores", type=int, choices=CORES, default=1)
    args = parser.parse_args(argv)
    params = args.params or args.workspace / "params.yaml"
    images = args.scratch / "augment.npy"
    if args.only:
        print(json.dumps(loop(args.only, np.load(images), args.cores, load_params(params).augment)))
        return
    faces, splits = args.workspace / "data/interim/faces", args.workspace / "data/processed/split"
    ids = parents_of(read_table(splits / "splits.parquet", SPLITS))["sample_id"].to_pylist()
    np.save(images, pixels(take_ids(read_table(faces, FACES), ids[:FACES_EACH])["image"], (FACE_PX, FACE_PX)))
    out = args.scratch / "augmented"
    stage = ["-m", "pipelines.augment", "--faces", faces, "--splits", splits, "--params", params]
    calls = {name: [__file__, *sys.argv[1:], "--only", name] for name in LOOPS}
    calls["stage"] = [*stage, "--out", out, "--preview", args.scratch / "augment.png"]
    load = os.getloadavg()[0]
    found: dict[Key, list[Cost]] = {(name, cores): [] for name in calls for cores in CORES}
    for name, cores in ROUNDS * list(found):
        found[name, cores].append(measure(calls[name], cores, out if name == "stage" else None))
    result = {
        "date": args.date,
        "machine": machine() | {"load_before": round(load, 1)},
        "rounds": ROUNDS,
        "faces": {"stage": rows_of(out), "loops": FACES_EACH},
        **summary({key: np.array(costs) for key, costs in found.items()}),
    }
    write_json(result, RESULTS)
    print(json.dumps(result, indent=2))


def measure(call: Sequence[object], cores: int, out: Path | None) -> Cost:
    """Return what a call costs a face on so many cores; of the stage, which tells nothing, by the clock around it."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(everywhere)[:cores])
    before, started = os.times(), time.perf_counter()
    said = subprocess.check_output([sys.executable, *map(str, call), *([] if out else ["--cores", str(cores)])])
    wall_s, after = time.perf_counter() - started, os.times()
    os.sched_setaffinity(0, everywhere)
    if out is None:
        wall_s, cpu_s = json.loads(said)
        return wall_s / FACES_EACH, cpu_s / FACES_EACH
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return wall_s / rows_of(out), cpu_s / rows_of(out)


def rows_of(folder: Path) -> int:
    """Return the number of rows of a table of shards."""
    return sum(pq.read_metadata(part).num_rows for part in folder.glob("part-*.parquet"))


def summary(found: dict[Key, NDArray[np.float64]]) -> dict[str, object]:
    """Return faces a second, processor time a face, and how many times as fast we are: medians, ratios round by round.

    `found` holds seconds a face, (rounds, 2): by the clock and of the processor.
    """
    names = ("stage", *LOOPS)
    return {
        "faces_a_second": {
            f"{cores}_cores": {name: round(1 / float(np.median(found[name, cores][:, 0]))) for name in names}
            for cores in CORES
        },
        "cpu_us_a_face": {name: round(1e6 * float(np.median(found[name, 1][:, 1])), 1) for name in names},
        "times_as_fast": {
            f"{ours}_{cores}_cores_{kind}": {
                peer: round(float(np.median(found[peer, cores][:, place] / found[ours, cores][:, place])), 1)
                for peer in LOOPS[1:]
            }
            for ours in names[:2]
            for cores in CORES
            for place, kind in enumerate(("wall", "cpu"))  # cpu: what other work on the machine hardly changes
        },
    }


def loop(name: str, images: Images, cores: int, config: AugmentConfig) -> Cost:
    """Return seconds by the clock and of the processor to make a child of each of `images`, once all is warm."""
    ids = [str(number) for number in range(len(images))]
    if name == "functions":
        children(images[:WARM], draws(ids[:WARM], config))
        started, before = time.perf_counter(), time.process_time()
        children(images, draws(ids, config), cores)
        return time.perf_counter() - started, time.process_time() - before
    work = partial(by_loop, name, images, config)
    halves = np.array_split(np.arange(len(images)), cores)
    with get_context("fork").Pool(cores) as pool:
        pool.map(work, [half[:WARM] for half in halves], chunksize=1)
        started = time.perf_counter()
        cpu_s = sum(pool.map(work, halves, chunksize=1))
        return time.perf_counter() - started, cpu_s


def by_loop(name: str, images: Images, config: AugmentConfig, rows: NDArray[np.intp]) -> float:
    """Return the processor's seconds of a loop over some images, each with a seed of its own."""
    transform = PEERS[name](config)
    before = time.process_time()
    for row in rows.tolist():
        transform.set_random_seed(row)
        transform(image=images[row])
    return time.process_time() - before


def affine_and_flip(config: AugmentConfig) -> "albumentations.Compose":
    """Return the definition of the recipe."""
    import albumentations as alb

    affine = alb.Affine(
        rotate=(-config.rotation_deg, config.rotation_deg),
        translate_percent=(-config.shift_share, config.shift_share),
        shear={"x": (-config.shear_deg, config.shear_deg), "y": (0, 0)},
        scale=(1 - config.zoom_share, 1 + config.zoom_share),
        keep_ratio=True,
        border_mode=cv2.BORDER_REPLICATE,
        p=1.0,
    )
    return alb.Compose([affine, alb.HorizontalFlip(p=config.flip_probability)])


def separate(config: AugmentConfig) -> "albumentations.Compose":
    """Return the recipe as the paper lists it, one transform after the other."""
    import albumentations as alb

    edge = partial(alb.Affine, border_mode=cv2.BORDER_REPLICATE, p=1.0)
    return alb.Compose(
        [
            alb.Rotate((-config.rotation_deg, config.rotation_deg), border_mode=cv2.BORDER_REPLICATE, p=1.0),
            edge(translate_percent=(-config.shift_share, config.shift_share)),
            edge(shear={"x": (-config.shear_deg, config.shear_deg), "y": (0, 0)}),
            edge(scale=(1 - config.zoom_share, 1 + config.zoom_share), keep_ratio=True),
            alb.HorizontalFlip(p=config.flip_probability),
        ]
    )


PEERS: dict[str, Callable[[AugmentConfig], "albumentations.Compose"]] = {
    "affine_and_flip": affine_and_flip,
    "separate": separate,
}

if __name__ == "__main__":
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    main()

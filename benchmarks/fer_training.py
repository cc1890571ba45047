"""Claim: how many faces a second a model of faces learns, beside the loop that most notebooks have.

The plain loop is Keras's in PyTorch: eager float32, no memory layout, each face turned and flipped by albumentations
when its batch is made. Ours is bhab.training.fer with the params of the workspace: bfloat16, channels last, children
by the fused path. Same networks, faces, batches, optimiser and threads; turns of both, in one process; compared by
processor time, for machines are shared.

    python benchmarks/fer_training.py --workspace workspace/real --date 2026-01-31
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from machine import machine
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD

from bhab.config import AugmentConfig, FerRecipe, Params, load_params
from bhab.models.fer import FER
from bhab.schema import FACES, SPLITS, Split
from bhab.store import read_table, write_json
from bhab.training.faces import Faces, Fresh, faces_of, labelled
from bhab.training.fer import FerTraining
from bhab.training.seed import repeatable

if TYPE_CHECKING:
    import albumentations

RESULTS = Path(__file__).parent / "results" / "fer_training.json"
MODELS = ("light_cnn", "best_fer", "rnn", "bhab_net", "mobilenet_v2")
ROUNDS = 3
STEPS = 12  # of the optimiser, in a turn
GREY_LEVELS = 255.0


def main(argv: Sequence[str] | None = None) -> None:
    """Measure in turns, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    params = load_params(args.workspace / "params.yaml")
    rows = labelled(read_table(args.workspace / "data/processed/split/splits.parquet", SPLITS), Split.TRAIN)
    table = read_table(args.workspace / "data/interim/faces", FACES)
    found = {}
    for name in MODELS:
        recipe = params.train_fer.recipes[name].model_copy(update={"epochs": 1, "children": "fresh"})
        few = rows.slice(0, STEPS * recipe.batch)
        faces = Fresh(faces_of(table, few), few["sample_id"].to_pylist(), params.augment)
        found[name] = compared(name, recipe, faces, params)
        print(name, found[name], flush=True)
    write_json({"date": args.date, "machine": machine(), "threads": params.train_fer.threads} | found, RESULTS)


def compared(name: str, recipe: FerRecipe, faces: Fresh, params: Params) -> dict[str, object]:
    """Return faces a second of wall time and of processor time, the best of all turns, and the ratio of the latter."""
    config = params.train_fer.model_copy(update={"models": (name,), "recipes": {name: recipe}})
    repeatable(config.seed, config.threads)
    ours = FerTraining(FER[name](recipe), faces, faces.first(1), config)
    plain, transform = FER[name](recipe).train(), recipe_of(params.augment)
    optimiser = SGD(plain.parameters(), lr=recipe.learning_rate, momentum=0.9, nesterov=True)
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: list(ours.epochs()),
        "plain": lambda: learn(plain, optimiser, faces.faces, recipe.batch, transform),
    }
    best = dict.fromkeys(ways, (0.0, 0.0))
    for _ in range(ROUNDS + 1):  # the first is to warm up
        for way, run in ways.items():
            ours.history.clear()
            wall, processor = time.perf_counter(), time.process_time()
            run()
            spent = time.perf_counter() - wall, time.process_time() - processor
            best[way] = max(best[way], tuple(len(faces.ids) / each for each in spent), key=lambda rates: rates[1])
    out = {way: {"faces_per_s": round(rate[0]), "faces_per_processor_s": round(rate[1])} for way, rate in best.items()}
    return out | {"ratio": round(best["ours"][1] / best["plain"][1], 2)}


def recipe_of(augment: AugmentConfig) -> "albumentations.Compose":
    """Return the recipe of stage augment as albumentations draws it."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # or its import asks the network for a newer version
    import albumentations as alb

    affine = alb.Affine(
        rotate=(-augment.rotation_deg, augment.rotation_deg),
        translate_percent=(-augment.shift_share, augment.shift_share),
        shear={"x": (-augment.shear_deg, augment.shear_deg), "y": (0, 0)},
        scale=(1 - augment.zoom_share, 1 + augment.zoom_share),
        border_mode=cv2.BORDER_REPLICATE,
        p=1.0,
    )
    return alb.Compose([affine, alb.HorizontalFlip(p=augment.flip_probability)], seed=1)


def learn(model: nn.Module, optimiser: SGD, faces: Faces, batch: int, transform: "albumentations.Compose") -> None:
    """Show each face once, as notebooks do."""
    for images, labels in zip(faces.images.split(batch), faces.labels.split(batch), strict=True):
        made = np.stack([transform(image=image)["image"] for image in images.numpy()])
        loss = cross_entropy(model(torch.from_numpy(made).unsqueeze(1).float() / GREY_LEVELS), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


if __name__ == "__main__":
    main()

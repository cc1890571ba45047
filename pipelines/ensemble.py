"""Stage `ensemble`: trained models of faces -> one of all of them and of classic machine learning.

ensemble.json says how far it listens to each:

    why       no ensemble was made, and this is the reason; else null
    models: [{model, weight, validation: accuracy there}]
    n         validation faces that told the weights
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from torch import nn

from bhab.config import ENSEMBLE, EnsembleConfig, TrainFerConfig, load_params
from bhab.models.ensemble import Ensemble
from bhab.schema import EMOTIONS, FACES, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, write_bytes, write_json
from bhab.training.checkpoint import Card, Trained, load_fer, n_parameters, write_model
from bhab.training.ensemble import FEWEST, ensemble_of, out_of_fold
from bhab.training.export import to_onnx
from bhab.training.faces import Faces, faces_of, labelled


class Material(NamedTuple):
    """What an ensemble learns from."""

    train: Faces
    validation: Faces


def ensemble(
    members: Mapping[str, tuple[Card, nn.Module | None]], faces: Material, config: EnsembleConfig
) -> tuple[Trained, dict[str, object]]:
    """Return the ensemble of trained `members`, and how far it listens to each of its models."""
    card = Card(model=ENSEMBLE, params={}, input=next(iter(members.values()))[0].input)
    models = {name: model for name, (_, model) in members.items() if model is not None}
    emotions = len(np.unique(faces.train.labels))
    if len(models) < len(members) or emotions < FEWEST or not len(faces.validation.labels):
        why = (
            f"{len(models)} of {len(members)} members, {emotions} emotions in training, "
            f"{len(faces.validation.labels)} validation faces; expected all, {FEWEST} or more, and some"
        )
        return Trained(card.model_copy(update={"why": why}), None, []), {"why": why, "models": [], "n": 0}
    trains = [TrainFerConfig.model_validate(own.params) for own, _ in members.values()]
    recipes = {name: recipe for train in trains for name, recipe in train.recipes.items()}
    train = trains[0].model_copy(update={"models": tuple(recipes), "recipes": recipes})
    made = ensemble_of(models, recipes, *faces, config)
    facts = {
        "params": {"ensemble": config.model_dump(mode="json"), "train_fer": train.model_dump(mode="json")},
        "n_parameters": n_parameters(made),
        "trained_on": len(faces.train.labels),
    }
    return Trained(card.model_copy(update=facts), made, []), listened(made, faces.validation)


def listened(model: Ensemble, validation: Faces) -> dict[str, object]:
    """Return how far the ensemble listens to each of its models, and how right each is on validation faces."""
    right = out_of_fold(model, validation.images).argmax(axis=2) == validation.labels.numpy()  # (models, faces)
    rows = zip(model.names, model.weights.tolist(), right.mean(axis=1).tolist(), strict=True)
    keys = ("model", "weight", "validation")
    return {"why": None, "models": [dict(zip(keys, row, strict=True)) for row in rows], "n": len(validation.labels)}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="folder of the members")
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).ensemble
    table, splits = read_table(args.faces, FACES), read_table(args.splits / "splits.parquet", SPLITS)
    material = Material(*(faces_of(table, labelled(splits, split)) for split in (Split.TRAIN, Split.VALIDATION)))
    trained, metrics = ensemble({name: load_fer(args.models / name) for name in config.members}, material, config)
    if trained.model is not None:
        write_bytes(to_onnx(trained.model, EMOTIONS), args.onnx / "float32.onnx")
    write_json(trained.card.model_dump(), args.onnx / "card.json")
    write_model(trained, args.out)
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

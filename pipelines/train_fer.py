"""Stage `train_fer`: training faces and their children -> a model of facial expressions."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from bhab.config import TrainFerConfig, load_params
from bhab.errors import ParamsError
from bhab.models import FER
from bhab.progress import progress
from bhab.schema import AUGMENTED, FACE_PX, FACES, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table
from bhab.training.checkpoint import Card, Trained, n_parameters, write_model
from bhab.training.faces import held_out, labelled, training
from bhab.training.fer import fit
from bhab.training.seed import repeatable

INPUT = {"shape": [1, FACE_PX, FACE_PX], "dtype": "float32", "range": [0, 1], "colour": "grey"}


def train_fer(name: str, faces: pa.Table, splits: pa.Table, augmented: pa.Table, config: TrainFerConfig) -> Trained:
    """Return model `name` trained on the training faces and their children, watched on the validation faces.

    Raises ParamsError for a name that is not in bhab.models.FER.
    """
    if name not in FER:
        raise ParamsError(f"train_fer.models: no model {name!r}, expected one of {sorted(FER)}")
    card = Card(model=name, params=config.model_dump(mode="json"), input=INPUT)
    train_rows, validation_rows = labelled(splits, Split.TRAIN), labelled(splits, Split.VALIDATION)
    if not len(train_rows) or not len(validation_rows):
        why = f"{len(train_rows)} training and {len(validation_rows)} validation faces, expected some of both"
        return Trained(card.model_copy(update={"why": why}), None, [])
    repeatable(config.seed, config.threads)
    model = FER[name](config)
    epochs = fit(
        model,
        training(faces, train_rows, augmented),
        held_out(faces, validation_rows),
        config,
        np.random.default_rng(config.seed),
    )
    history = list(progress(epochs, config.epochs, f"training {name}"))
    facts = {"n_parameters": n_parameters(model), "trained_on": len(train_rows), "epochs": len(history)}
    return Trained(card.model_copy(update=facts), model, history)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--augmented", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    trained = train_fer(
        args.model,
        read_table(args.faces, FACES),
        read_table(args.splits / "splits.parquet", SPLITS),
        read_table(args.augmented, AUGMENTED),
        load_params(args.params).train_fer,
    )
    write_model(trained, args.out)


if __name__ == "__main__":
    run_stage(main)

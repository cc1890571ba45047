"""Stage `train_feedback`: replies and word vectors -> a model that answers an emotion and what was said."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from bhab.config import TrainFeedbackConfig, load_params
from bhab.models.feedback import Feedback
from bhab.progress import progress
from bhab.schema import REPLIES, Split
from bhab.stage import run_stage
from bhab.store import read_table
from bhab.text.spelling import spellings
from bhab.text.units import Units, read_units
from bhab.training.checkpoint import Card, Trained, n_parameters, write_model
from bhab.training.feedback import fit
from bhab.training.replies import in_split, read_vectors, replies_of
from bhab.training.seed import repeatable


def train_feedback(
    replies: pa.Table, units: Units, vectors: NDArray[np.float32], config: TrainFeedbackConfig
) -> Trained:
    """Return the model trained on the training rows of `replies`, its embedding started from `vectors`."""
    shape = {"vocabulary_sha256": units.vocabulary.digest(), "dimensions": vectors.shape[1]}
    card = Card(model="feedback", params=config.model_dump(mode="json"), input=shape)
    train_rows, validation_rows = (in_split(replies, split) for split in (Split.TRAIN, Split.VALIDATION))
    if not len(train_rows) or not len(validation_rows):
        why = f"{len(train_rows)} training and {len(validation_rows)} validation replies, expected some of each"
        return Trained(card.model_copy(update={"why": why}), None, [])
    repeatable(config.seed, config.threads)
    model = Feedback(config, torch.from_numpy(spellings(units.vocabulary.words)), vectors.shape[1])
    model.words.weight.data.copy_(torch.from_numpy(vectors))
    epochs = fit(
        model,
        replies_of(train_rows, units),
        replies_of(validation_rows, units),
        config,
        np.random.default_rng(config.seed),
    )
    history = list(progress(epochs, config.epochs, "training feedback"))
    facts = {"n_parameters": n_parameters(model), "trained_on": len(train_rows), "epochs": len(history)}
    return Trained(card.model_copy(update=facts), model, history)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=Path, required=True, help="folder of replies.parquet")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--subwords", type=Path, required=True, help="read if the vocabulary is one of subwords")
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    units = read_units(args.vocabulary, args.subwords)
    trained = train_feedback(
        read_table(args.replies / "replies.parquet", REPLIES),
        units,
        read_vectors(args.vectors, units.vocabulary),
        load_params(args.params).train_feedback,
    )
    write_model(trained, args.out)


if __name__ == "__main__":
    run_stage(main)

"""Stage `train_feedback`: training texts and word vectors -> a model that says a sentence for an emotion."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from bhab.config import TrainFeedbackConfig, load_params
from bhab.models import Feedback
from bhab.progress import progress
from bhab.schema import TOKENISED, Split
from bhab.stage import run_stage
from bhab.store import read_table
from bhab.text.vocabulary import Vocabulary, load
from bhab.training.checkpoint import Card, Trained, n_parameters, write_model
from bhab.training.feedback import fit
from bhab.training.lexicon import FIRST_WORD, lexicon
from bhab.training.seed import repeatable
from bhab.training.texts import emotions_of, labelled, read_vectors, sentences, tokens_of


def train_feedback(
    texts: pa.Table, vocabulary: Vocabulary, vectors: NDArray[np.float32], config: TrainFeedbackConfig
) -> Trained:
    """Return the model trained on the training texts, its embedding started from `vectors` (words, dimensions)."""
    shape = {"vocabulary_sha256": vocabulary.digest(), "words": len(vocabulary), "dimensions": vectors.shape[1]}
    card = Card(model="feedback", params=config.model_dump(mode="json"), input=shape)
    train_rows, validation_rows = labelled(texts, Split.TRAIN), labelled(texts, Split.VALIDATION)
    if not len(train_rows) or not len(validation_rows) or len(vocabulary) == FIRST_WORD:
        why = (
            f"{len(train_rows)} training and {len(validation_rows)} validation texts, "
            f"{len(vocabulary) - FIRST_WORD} words, expected some of each"
        )
        return Trained(card.model_copy(update={"why": why}), None, [])
    repeatable(config.seed, config.threads)
    model = Feedback(config, *vectors.shape)
    model.words.weight.data.copy_(torch.from_numpy(vectors))
    known = lexicon(tokens_of(train_rows), emotions_of(train_rows), len(vocabulary))
    epochs = fit(
        model,
        sentences(train_rows, known, config.keywords),
        sentences(validation_rows, known, config.keywords),
        config,
        np.random.default_rng(config.seed),
    )
    history = list(progress(epochs, config.epochs, "training feedback"))
    facts = {"n_parameters": n_parameters(model), "trained_on": len(train_rows), "epochs": len(history)}
    return Trained(card.model_copy(update=facts), model, history)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    vocabulary = load(args.vocabulary)
    trained = train_feedback(
        read_table(args.texts, TOKENISED),
        vocabulary,
        read_vectors(args.vectors, vocabulary),
        load_params(args.params).train_feedback,
    )
    write_model(trained, args.out)


if __name__ == "__main__":
    run_stage(main)

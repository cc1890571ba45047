"""Stage `evaluate_feedback`: the feedback model and held-out texts -> metrics, sentences, curves."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from bhab.config import EvaluateConfig, TrainFeedbackConfig, load_params
from bhab.errors import TableError
from bhab.fairness.intervals import bootstrap
from bhab.models import Feedback
from bhab.schema import HISTORY, TOKENISED, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_svg
from bhab.text.vocabulary import Vocabulary, load
from bhab.training.checkpoint import HISTORY_FILE, Card, load_feedback
from bhab.training.feedback import Guesses, ask
from bhab.training.figures import curves_figure
from bhab.training.generate import sentence
from bhab.training.lexicon import lexicon
from bhab.training.talk import distinct_2, memorised_share, talk
from bhab.training.texts import emotions_of, labelled, sentences, tokens_of


def evaluate_feedback(
    card: Card, model: Feedback | None, texts: pa.Table, vocabulary: Vocabulary, config: EvaluateConfig
) -> dict[str, object]:
    """Return how well `model` guesses the next word of the test texts, and what it says for each emotion.

    Raises TableError if `vocabulary` is not the one the model was trained with. The interval of
    the accuracy is a bootstrap over sentences, for words of one sentence are not independent.
    """
    facts = {"n_parameters": card.n_parameters, "epochs": card.epochs, "trained_on": card.trained_on, "why": card.why}
    if model is None:
        return facts | _score(None, config) | {"distinct_2": None, "memorised_share": None, "sentences": {}}
    if vocabulary.digest() != card.input["vocabulary_sha256"]:
        raise TableError(
            f"the vocabulary of {len(vocabulary)} words is not the one that model {card.model} was trained with"
        )
    train_rows, test_rows = labelled(texts, Split.TRAIN), labelled(texts, Split.TEST)
    keywords = TrainFeedbackConfig.model_validate(card.params).keywords
    known = lexicon(tokens_of(train_rows), emotions_of(train_rows), len(vocabulary))
    spoken = talk(model, train_rows, known, keywords, config.sentences)
    guesses = ask(model, sentences(test_rows, known, keywords)) if len(test_rows) else None
    return (
        facts
        | _score(guesses, config)
        | {
            "distinct_2": distinct_2(spoken),
            "memorised_share": memorised_share(spoken, train_rows),
            "sentences": {
                emotion: [sentence(vocabulary.decode(ids)) for ids in said] for emotion, said in spoken.items()
            },
        }
    )


def _score(guesses: Guesses | None, config: EvaluateConfig) -> dict[str, object]:
    if guesses is None:
        return {"n": 0, "next_token_accuracy": None, "perplexity": None}
    accuracy = bootstrap(
        lambda rows: float(guesses.hits[rows].sum() / guesses.asked[rows].sum()),
        len(guesses.hits),
        resamples=config.resamples,
        rng=np.random.default_rng(config.seed),
    )
    return {"n": accuracy.n, "next_token_accuracy": asdict(accuracy), "perplexity": math.exp(guesses.loss)}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    card, model = load_feedback(args.model)
    metrics = evaluate_feedback(
        card,
        model,
        read_table(args.texts, TOKENISED),
        load(args.vocabulary),
        load_params(args.params).evaluate,
    )
    with whole_folder(args.figures) as figures:
        write_svg(curves_figure(read_table(args.model / HISTORY_FILE, HISTORY)), figures / "curves.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

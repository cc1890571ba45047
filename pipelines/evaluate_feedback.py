"""Stage `evaluate_feedback`: the feedback model and held-out replies -> metrics, replies, curves."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from bhab.config import EvaluateConfig, Params, load_params
from bhab.fairness.intervals import bootstrap
from bhab.models.feedback import Feedback
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, HISTORY, REPLIES, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_svg
from bhab.text.grammar import learn
from bhab.text.judge import fit_texts
from bhab.text.units import Units, read_units
from bhab.training.checkpoint import HISTORY_FILE, Card
from bhab.training.feedback import Guesses, ask, load_feedback
from bhab.training.figures import curves_figure
from bhab.training.replies import in_split, replies_of
from bhab.training.talk import judge, judge_checkers, talk
from bhab.training.twice import ask_replies_twice

COMMON_WORDS = 300  # are classes of their own to the checker: of 0 to 3,000 tried, the most caught with 98 % passed

Json = dict[str, object]


def evaluate_feedback(card: Card, model: Feedback | None, replies: pa.Table, units: Units, params: Params) -> Json:
    """Return how well `model` names the next word of the test rows of `replies`, and what it says and is worth.

    `split` and `rows_sha256` say which rows were asked, `eval_mode` what came of asking twice.
    """
    rows = in_split(replies, Split.TEST)
    facts = {
        "n_parameters": card.n_parameters,
        "epochs": card.epochs,
        "trained_on": card.trained_on,
        "why": card.why,
        "split": Split.TEST,
    }
    if model is None or not len(rows):
        return facts | {"n": 0, "rows_sha256": rows_sha256([]), "eval_mode": None, "sentences": {}, "contexts": {}}
    asked = replies_of(rows, units)
    return (
        facts
        | {
            "rows_sha256": rows_sha256(rows["sample_id"].to_pylist()),
            "eval_mode": asdict(ask_replies_twice(model, asked)),
        }
        | scores(ask(model, asked), rows["template"].to_pylist(), params.evaluate)
        | speech(model, replies, units, params)
    )


def scores(guesses: Guesses, templates: Sequence[str], config: EvaluateConfig) -> Json:
    """Return n, accuracy, perplexity. The interval is a bootstrap over templates: their replies are alike."""
    _, places = np.unique(templates, return_inverse=True)
    hits, words = (np.bincount(places, weights=counted) for counted in (guesses.hits, guesses.asked))  # (templates,)
    accuracy = bootstrap(
        lambda drawn: float(hits[drawn].sum() / words[drawn].sum()),
        len(hits),
        resamples=config.resamples,
        rng=np.random.default_rng(config.seed),
    )
    return {
        "n": len(templates),
        "n_templates": len(hits),
        "next_token_accuracy": asdict(accuracy),
        "perplexity": math.exp(guesses.loss),
    }


def speech(model: Feedback, replies: pa.Table, units: Units, params: Params) -> Json:
    """Return what `model` says to the people of the test rows, what that is worth, and what its judges are worth."""
    train_rows, rows = (in_split(replies, split) for split in (Split.TRAIN, Split.TEST))
    grammar = learn(train_rows["reply"].to_pylist(), COMMON_WORDS)
    labels = np.array([EMOTIONS.index(emotion) for emotion in train_rows["emotion"].to_pylist()])
    probe = fit_texts(train_rows["reply"].to_pylist(), labels, params.probe)
    said = talk(model, rows, units, params.evaluate.beam)
    shown = {emotion: said.of(emotion, params.evaluate.sentences) for emotion in EMOTIONS}
    return {
        "generated": judge(said, train_rows, grammar, probe.ask),
        "checkers": judge_checkers(rows, grammar, probe.ask, params.evaluate.seed),
        "sentences": {emotion: [reply for _, reply in pairs] for emotion, pairs in shown.items()},
        "contexts": {emotion: [context for context, _ in pairs] for emotion, pairs in shown.items()},
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--replies", type=Path, required=True, help="folder of replies.parquet")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--subwords", type=Path, required=True, help="read if the vocabulary is one of subwords")
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    units = read_units(args.vocabulary, args.subwords)
    card, model = load_feedback(args.model, units.vocabulary)
    replies = read_table(args.replies / "replies.parquet", REPLIES)
    metrics = evaluate_feedback(card, model, replies, units, load_params(args.params))
    with whole_folder(args.figures) as figures:
        write_svg(curves_figure(read_table(args.model / HISTORY_FILE, HISTORY)), figures / "curves.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

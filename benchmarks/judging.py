"""Claim: intervals by groups hold the truth where faces of one person are alike, and cost a loop's fraction of time.

Coverage: corpora are drawn in which a model gets some persons right more often than others (beta-binomial hits); how
often does each 95 % interval of accuracy hold the accuracy that all were drawn with? Beside ours stand Wilson's and the
bootstrap of rows, which take faces for independent. Time: eight models of 3,589 faces, 1,000 resamples, beside a loop
over resampled rows with scikit-learn's functions.

    python benchmarks/judging.py --date 2026-01-31
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import machine
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, f1_score

from bhab.config import EvaluateConfig
from bhab.fairness.intervals import Figure, wilson
from bhab.store import json_text, write_json
from bhab.training.answers import Answers
from bhab.training.compare import pairs
from bhab.training.scores import judge, share_of

RESULTS = Path(__file__).parent / "results" / "judging.json"
CORPORA = 1000
FACES, TWINS, MODELS = 3589, 68, 8  # of FER2013's PublicTest, and how many of it have a twin in it
CONFIG = EvaluateConfig(seed=1, resamples=1000, sentences=1, beam=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """Corpora of `persons` with about `each` faces; `alike` is the correlation of hits within a person."""

    persons: int
    each: int
    accuracy: float
    alike: float


KINDS = {
    "persons somewhat alike inside": Kind(57, 6, 0.8, 0.1),
    "persons much alike inside": Kind(57, 6, 0.8, 0.3),
    "each face a person": Kind(345, 1, 0.8, 0.0),
    "few faces, nearly all right": Kind(20, 1, 0.95, 0.0),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    found = {
        "date": args.date,
        "machine": machine(),
        "coverage": {
            name: coverage(kind, np.random.default_rng(place)) for place, (name, kind) in enumerate(KINDS.items())
        },
        "time": cost(np.random.default_rng(1)),
    }
    write_json(found, RESULTS)
    print(json_text(found))


def coverage(kind: Kind, rng: np.random.Generator) -> dict[str, object]:
    """Return the share of corpora whose interval holds the truth, and the mean width, by method."""
    held, width = dict.fromkeys(("wilson", "rows", "ours"), 0), dict.fromkeys(("wilson", "rows", "ours"), 0.0)
    for _ in range(CORPORA):
        hits, group = drawn(kind, rng)
        rows = np.arange(len(hits)).astype(np.str_)
        figures = {
            "wilson": wilson(int(hits.sum()), len(hits)),
            "rows": by_rows(hits, rng),
            "ours": share_of(hits, rows if kind.each == 1 else group, CONFIG),
        }
        for name, figure in figures.items():
            held[name] += figure.low <= kind.accuracy <= figure.high
            width[name] += (figure.high - figure.low) / CORPORA
    return {name: {"coverage": held[name] / CORPORA, "mean_width": round(width[name], 4)} for name in held}


def drawn(kind: Kind, rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    """Return which faces of a corpus are right, and whose they are."""
    n = kind.persons if kind.each == 1 else rng.integers(1, 2 * kind.each, kind.persons).sum()
    group = rng.integers(0, kind.persons, n)
    total = 1 / kind.alike - 1 if kind.alike else None  # a + b of the beta distribution with this correlation
    chance = (
        rng.beta(kind.accuracy * total, (1 - kind.accuracy) * total, kind.persons)[group]
        if total
        else np.full(n, kind.accuracy)
    )
    return rng.random(n) < chance, group.astype(np.str_)


def by_rows(hits: NDArray[np.bool_], rng: np.random.Generator) -> Figure:
    """Return the share with the percentile interval of a bootstrap of rows."""
    shares = rng.binomial(len(hits), hits.mean(), CONFIG.resamples) / len(hits)  # what drawing rows gives
    low, high = np.quantile(shares, [0.025, 0.975])
    return Figure(float(hits.mean()), float(low), float(high), len(hits))


def cost(rng: np.random.Generator) -> dict[str, object]:
    """Return seconds for eight models and all their pairs, and for the loop's two figures of one."""
    group = np.concatenate([np.arange(FACES - TWINS), np.arange(TWINS)]).astype(np.str_)
    truth = rng.integers(0, 7, FACES)
    models = {f"model {i}": answers(truth, group, 1.0 + i / 10, rng) for i in range(MODELS)}
    started = time.perf_counter()
    for own in models.values():
        judge(own, CONFIG)
    judged = time.perf_counter() - started
    pairs(models, CONFIG)
    compared = time.perf_counter() - started - judged
    predicted = models["model 0"].predicted
    started = time.perf_counter()
    for _ in range(CONFIG.resamples):
        rows = rng.integers(0, FACES, FACES)
        balanced_accuracy_score(truth[rows], predicted[rows])
        f1_score(truth[rows], predicted[rows], average="macro")
    loop = time.perf_counter() - started
    return {
        "judge_8_models_s": round(judged, 2),
        "all_28_pairs_s": round(compared, 2),
        "loop_1_model_2_figures_s": round(loop, 2),
        "loop_over_ours_for_a_model": round(loop / (judged / MODELS), 1),
    }


def answers(truth: NDArray[np.int64], group: NDArray[np.str_], skill: float, rng: np.random.Generator) -> Answers:
    """Return what a model of this skill says."""
    logits = rng.normal(0, 1, (len(truth), 7)) + skill * np.eye(7)[truth]
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    ids = np.arange(len(truth)).astype(np.str_)
    return Answers(ids, truth, chances, group, np.zeros(len(truth), dtype=bool))


if __name__ == "__main__":
    main()

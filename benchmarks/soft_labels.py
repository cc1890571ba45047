"""Claim: where many annotators voted on a face, learning the shares of their votes beats learning one label.

One network three times, with the same faces, initial weights, children and epochs; only what it learns differs: the
label that the source published, the emotion with most votes, the shares of votes (`target: label, majority, votes`).
The truth is what most voters say of a test face; faces without a majority are left out. Intervals are by groups,
differences paired.

    python benchmarks/soft_labels.py --workspace workspace/real --date 2026-01-31
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from machine import machine

from bhab.config import Params, load_params
from bhab.curation.labels import count_published
from bhab.models.fer import FER
from bhab.schema import FACES, SPLITS, Split
from bhab.store import read_table, take_ids, write_json
from bhab.training.answers import Answers, of_test
from bhab.training.compare import pairs
from bhab.training.faces import Fresh, Target, faces_of, labelled
from bhab.training.fer import FerTraining
from bhab.training.predict import predict
from bhab.training.scores import judge
from bhab.training.seed import repeatable

RESULTS = Path(__file__).parent / "results" / "soft_labels.json"
MODEL = "bhab_net"
TARGETS: tuple[Target, ...] = ("label", "majority", "votes")


def main(argv: Sequence[str] | None = None) -> None:
    """Train, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args(argv)
    params = load_params(args.workspace / "params.yaml")
    splits = read_table(args.workspace / "data/processed/split/splits.parquet", SPLITS)
    faces = read_table(args.workspace / "data/interim/faces", FACES)
    answers, seconds = {}, {}
    for target in TARGETS:
        started = time.perf_counter()
        answers[target] = learnt(target, args.epochs, (faces, splits), params)
        seconds[target] = round(time.perf_counter() - started)
    found = judged(answers, faces, params)
    write_json(
        {"date": args.date, "machine": machine(), "model": MODEL, "epochs": args.epochs, "seed": params.train_fer.seed}
        | {"seconds": seconds}
        | found,
        RESULTS,
    )
    for truth, part in found.items():
        for name, score in part["models"].items():
            print(truth, name, score["accuracy"], score["macro_f1"], score["nll"])
        for pair in part["pairs"]:
            print(truth, pair["one"], "over", pair["other"], pair["accuracy"], "p", pair["p_holm"])


def learnt(target: Target, epochs: int, tables: tuple[pa.Table, pa.Table], params: Params) -> Answers:
    """Return what a network that learnt `target` says of the test faces."""
    faces, splits = tables
    recipe = params.train_fer.recipes[MODEL].model_copy(
        update={"epochs": epochs, "target": target, "votes_weight": 0.0, "mixup": 0.0, "dropout": 0.0}
    )
    config = params.train_fer.model_copy(update={"models": (MODEL,), "recipes": {MODEL: recipe}})
    rows = labelled(splits, Split.TRAIN)
    taught = Fresh(faces_of(faces, rows, target), rows["sample_id"].to_pylist(), params.augment)
    repeatable(config.seed, config.threads)
    validation = faces_of(faces, labelled(splits, Split.VALIDATION), target)
    training = FerTraining(FER[MODEL](recipe), taught, validation, config)
    for epoch in training.epochs():
        print(target, epoch.epoch, f"{epoch.validation_accuracy:.4f}", flush=True)
    return of_test(predict(target, training.model, faces, splits), splits)


def judged(answers: Mapping[str, Answers], faces: pa.Table, params: Params) -> dict[str, Any]:
    """Return the figures by truth: what most voters say, and the label that was published."""
    ids = next(iter(answers.values())).sample_id.tolist()
    votes = count_published(take_ids(faces.select(["sample_id", "votes"]), ids)["votes"])  # (rows, 8)
    top, clear = votes[:, :-1].argmax(axis=1), 2 * votes[:, :-1].max(axis=1) > votes.sum(axis=1)
    voted = {name: replace(own, truth=top).rows(clear) for name, own in answers.items()}
    return {
        "by_majority": figures(voted, params),
        "by_label": figures(answers, params),
    }


def figures(answers: Mapping[str, Answers], params: Params) -> dict[str, Any]:
    """Return the score of each, and every pair of them."""
    scores = {name: asdict(judge(own, params.evaluate)[0]) for name, own in answers.items()}
    return {"models": scores, "pairs": [asdict(pair) for pair in pairs(answers, params.evaluate)]}


if __name__ == "__main__":
    main()

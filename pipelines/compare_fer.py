"""Stage `compare_fer`: what all models of faces said of the test faces -> which is better beyond chance, and where.

compare_fer.json, for the whole test split and, under `without_leaked`, for its faces of which nothing is in training
(null if that is all of them):

    models                        by accuracy, best first
    n, groups                     faces, and how many say something of their own
    pairs: [                      every two models, the better first
      {one, other,
       accuracy, macro_f1,        by how much `one` is higher: {value, low, high, n}, paired, by groups
       only_one, only_other,      faces that it alone gets right
       p, p_holm, beyond_chance}] McNemar's test, and the verdict
    nobody_right                  faces that every model gets wrong
    agreement: [                  by how far voters agree; [] where no source has votes
      {agreement, n, label, models: {model: {by_label, by_majority}}}]

Beside these: `split` and `rows_sha256`, which rows, and `not_judged`, models that have no predictions.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import EvaluateConfig, load_params
from bhab.curation.labels import count_published
from bhab.quality.results import rows_sha256
from bhab.report.figures import accuracy_of_models
from bhab.schema import FACES, PREDICTIONS, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, take_ids, whole_folder, write_json, write_svg
from bhab.training.answers import Answers, of_test
from bhab.training.compare import nobody_right, pairs, ranked, same_rows
from bhab.training.scores import share_of
from bhab.training.votes import by_agreement


def compare_fer(answers: Mapping[str, Answers], faces: pa.Table, config: EvaluateConfig) -> dict[str, object]:
    """Return the figures of models by what they answered; a model without answers is in `not_judged`."""
    judged = {name: answers[name] for name in ranked(answers) if len(answers[name])}
    if judged:
        same_rows(judged)
    first = next(iter(judged.values()), None)
    ids = first.sample_id.tolist() if first else []
    votes = count_published(take_ids(faces.select(["sample_id", "votes"]), ids)["votes"])  # (rows, 8)
    leaked = first.leaked if first else np.zeros(0, dtype=np.bool_)
    return {
        **compared(judged, votes, config),
        "without_leaked": compared(*only(judged, votes, ~leaked), config) if leaked.any() else None,
        "split": Split.TEST,
        "rows_sha256": rows_sha256(ids),
        "not_judged": sorted(set(answers) - set(judged)),
    }


def compared(answers: Mapping[str, Answers], votes: NDArray[np.int64], config: EvaluateConfig) -> dict[str, object]:
    """Return the figures of models that were asked about the same faces."""
    first = next(iter(answers.values()), None)
    return {
        "models": ranked(answers),
        "n": len(first) if first else 0,
        "groups": len(np.unique(first.group)) if first else 0,
        "pairs": [asdict(pair) for pair in pairs(answers, config)],
        "nobody_right": int(nobody_right(answers).sum()) if first else 0,
        "agreement": [asdict(band) for band in by_agreement(answers, votes, config)],
    }


def only(
    answers: Mapping[str, Answers], votes: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> tuple[dict[str, Answers], NDArray[np.int64]]:
    """Return the same for some of the faces."""
    return {name: own.rows(chosen) for name, own in answers.items()}, votes[chosen]


def accuracies(answers: Mapping[str, Answers], config: EvaluateConfig) -> list[dict[str, object]]:
    """Return {model, all, without_leaked} of each model that has answers, best first; the last None if none leaked."""
    rows: list[dict[str, object]] = []
    for name in ranked(answers):
        own, clean = answers[name], answers[name].rows(~answers[name].leaked)
        if len(own):
            rest = asdict(share_of(clean.right, clean.group, config)) if 0 < len(clean) < len(own) else None
            rows.append({"model": name, "all": asdict(share_of(own.right, own.group, config)), "without_leaked": rest})
    return rows


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predictions", type=Path, required=True, help="folder of MODEL.parquet")
    parser.add_argument("--splits", type=Path, required=True, help="folder of splits.parquet")
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config, splits = load_params(args.params).evaluate, read_table(args.splits / "splits.parquet", SPLITS)
    paths = sorted(args.predictions.glob("*.parquet"))
    answers = {path.stem: of_test(read_table(path, PREDICTIONS), splits) for path in paths}
    metrics = compare_fer(answers, read_table(args.faces, FACES), config)
    rows = accuracies(answers, config)
    with whole_folder(args.figures) as figures:
        if rows:
            write_svg(accuracy_of_models(rows), figures / "accuracy.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

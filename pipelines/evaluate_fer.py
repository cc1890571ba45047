"""Stage `evaluate_fer`: a model of facial expressions and held-out faces -> predictions, figures, metrics."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bhab.config import EvaluateConfig, load_params
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, FACES, HISTORY, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_svg, write_table
from bhab.training.answers import Answers, of_test
from bhab.training.calibration import calibration
from bhab.training.checkpoint import HISTORY_FILE, Card
from bhab.training.ensemble import load_model
from bhab.training.figures import confusion_figure, curves_figure, reliability_figure
from bhab.training.predict import predict
from bhab.training.scores import confusion, judge
from bhab.training.twice import Twice, ask_faces_twice


def evaluate_fer(card: Card, answers: Answers, twice: Twice | None, config: EvaluateConfig) -> dict[str, object]:
    """Return the metrics of a model that gave `answers`; without any, figures are null.

    `split` and `rows_sha256` say which rows these are, `eval_mode` what came of asking twice.
    """
    score, per_class = judge(answers, config)
    clean = judge(answers.rows(~answers.leaked), config) if answers.leaked.any() else None
    counts = confusion(answers.truth, answers.predicted)
    return {
        "model": card.model,
        "n_parameters": card.n_parameters,
        "epochs": card.epochs,
        "kept_epoch": card.kept_epoch,
        "trained_on": card.trained_on,
        "why": card.why,
        "split": Split.TEST,
        "rows_sha256": rows_sha256(answers.sample_id.tolist()),
        "eval_mode": twice and asdict(twice),
        "test": asdict(score),
        "test_without_leaked": clean and asdict(clean[0]),
        "per_class": [asdict(row) for row in per_class],
        "per_class_without_leaked": clean and [asdict(row) for row in clean[1]],
        "confusion": {"labels": list(EMOTIONS), "rows": counts.tolist()},
        "majority_share": int(counts.sum(axis=1).max()) / len(answers) if len(answers) else None,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    card, model = load_model(args.model)
    splits = read_table(args.splits / "splits.parquet", SPLITS)
    faces = read_table(args.faces, FACES)
    predictions = predict(card.model, model, faces, splits)
    twice = ask_faces_twice(model, faces, predictions)
    answers = of_test(predictions, splits)
    metrics = evaluate_fer(card, answers, twice, load_params(args.params).evaluate)
    write_table(predictions, args.out)
    with whole_folder(args.figures) as figures:
        write_svg(confusion_figure(confusion(answers.truth, answers.predicted)), figures / "confusion.svg")
        history = read_table(args.model / HISTORY_FILE, HISTORY)
        if len(history):  # an ensemble has no epochs
            write_svg(curves_figure(history), figures / "curves.svg")
        write_svg(reliability_figure(calibration(answers.confidence, answers.right)), figures / "reliability.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

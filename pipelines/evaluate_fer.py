"""Stage `evaluate_fer`: a model of facial expressions and held-out faces -> predictions, figures, metrics."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.config import EvaluateConfig, load_params
from bhab.schema import EMOTIONS, FACES, HISTORY, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_svg, write_table
from bhab.training.checkpoint import HISTORY_FILE, Card, load_fer
from bhab.training.figures import confusion_figure, curves_figure, reliability_figure
from bhab.training.predict import predict
from bhab.training.scores import calibration, confusion, per_emotion, score


def evaluate_fer(card: Card, predictions: pa.Table, config: EvaluateConfig) -> dict[str, object]:
    """Return the metrics of the test rows of `predictions`, a table PREDICTIONS; without any, figures are null."""
    truth, probabilities, leaked = _test_rows(predictions)
    counts = confusion(truth, probabilities.argmax(axis=1))
    clean = score(truth[~leaked], probabilities[~leaked], config) if leaked.any() else None
    return {
        "model": card.model,
        "n_parameters": card.n_parameters,
        "epochs": card.epochs,
        "trained_on": card.trained_on,
        "why": card.why,
        "test": asdict(score(truth, probabilities, config)),
        "test_without_leaked": clean and asdict(clean),
        "per_class": [asdict(row) for row in per_emotion(counts)],
        "confusion": {"labels": list(EMOTIONS), "rows": counts.tolist()},
        "majority_share": int(counts.sum(axis=1).max()) / len(truth) if len(truth) else None,
    }


def _test_rows(predictions: pa.Table) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    test = predictions.filter(pc.equal(predictions["split"], Split.TEST))
    truth = pc.index_in(test["emotion"], pa.array(EMOTIONS)).to_numpy().astype(np.intp)  # (rows,)
    probabilities = np.column_stack([test[f"p_{emotion}"].to_numpy() for emotion in EMOTIONS])  # (rows, emotions)
    return truth, probabilities, test["leaked"].to_numpy().astype(np.bool_)


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
    card, model = load_fer(args.model)
    splits = read_table(args.splits / "splits.parquet", SPLITS)
    predictions = predict(card.model, model, read_table(args.faces, FACES), splits)
    metrics = evaluate_fer(card, predictions, load_params(args.params).evaluate)
    write_table(predictions, args.out)
    truth, probabilities, _ = _test_rows(predictions)
    with whole_folder(args.figures) as figures:
        write_svg(confusion_figure(confusion(truth, probabilities.argmax(axis=1))), figures / "confusion.svg")
        write_svg(curves_figure(read_table(args.model / HISTORY_FILE, HISTORY)), figures / "curves.svg")
        write_svg(reliability_figure(calibration(truth, probabilities)), figures / "reliability.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

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
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, FACES, HISTORY, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_svg, write_table
from bhab.training.checkpoint import HISTORY_FILE, Card, load_fer
from bhab.training.figures import confusion_figure, curves_figure, reliability_figure
from bhab.training.predict import predict
from bhab.training.scores import calibration, confusion, per_emotion, score
from bhab.training.twice import Twice, ask_faces_twice


def evaluate_fer(card: Card, predictions: pa.Table, twice: Twice | None, config: EvaluateConfig) -> dict[str, object]:
    """Return the metrics of the test rows of `predictions`, a table PREDICTIONS; without any, figures are null.

    `split` and `rows_sha256` say which rows these are, `eval_mode` what came of asking twice.
    """
    truth, probabilities, leaked = _test_rows(predictions)
    counts = confusion(truth, probabilities.argmax(axis=1))
    clean = score(truth[~leaked], probabilities[~leaked], config) if leaked.any() else None
    return {
        "model": card.model,
        "n_parameters": card.n_parameters,
        "epochs": card.epochs,
        "trained_on": card.trained_on,
        "why": card.why,
        "split": Split.TEST,
        "rows_sha256": rows_sha256(predictions.filter(_is_test(predictions))["sample_id"].to_pylist()),
        "eval_mode": twice and asdict(twice),
        "test": asdict(score(truth, probabilities, config)),
        "test_without_leaked": clean and asdict(clean),
        "per_class": [asdict(row) for row in per_emotion(counts)],
        "per_class_without_leaked": _clean_per_class(truth, probabilities, leaked),
        "confusion": {"labels": list(EMOTIONS), "rows": counts.tolist()},
        "majority_share": int(counts.sum(axis=1).max()) / len(truth) if len(truth) else None,
    }


def _clean_per_class(
    truth: NDArray[np.intp], probabilities: NDArray[np.float64], leaked: NDArray[np.bool_]
) -> list[dict[str, object]] | None:
    if not leaked.any():
        return None
    return [asdict(row) for row in per_emotion(confusion(truth[~leaked], probabilities[~leaked].argmax(axis=1)))]


def _test_rows(predictions: pa.Table) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    test = predictions.filter(_is_test(predictions))
    truth = pc.index_in(test["emotion"], pa.array(EMOTIONS)).to_numpy().astype(np.intp)  # (rows,)
    probabilities = np.column_stack([test[f"p_{emotion}"].to_numpy() for emotion in EMOTIONS])  # (rows, emotions)
    return truth, probabilities, test["leaked"].to_numpy().astype(np.bool_)


def _is_test(predictions: pa.Table) -> pa.ChunkedArray:
    return pc.equal(predictions["split"], Split.TEST)


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
    faces = read_table(args.faces, FACES)
    predictions = predict(card.model, model, faces, splits)
    twice = ask_faces_twice(model, faces, predictions)
    metrics = evaluate_fer(card, predictions, twice, load_params(args.params).evaluate)
    write_table(predictions, args.out)
    truth, probabilities, _ = _test_rows(predictions)
    with whole_folder(args.figures) as figures:
        write_svg(confusion_figure(confusion(truth, probabilities.argmax(axis=1))), figures / "confusion.svg")
        write_svg(curves_figure(read_table(args.model / HISTORY_FILE, HISTORY)), figures / "curves.svg")
        write_svg(reliability_figure(calibration(truth, probabilities)), figures / "reliability.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

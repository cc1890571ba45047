r"""Claim: wrong labels and non-faces of FER2013 come first, ahead of Cleanlab's rankings from the same predictions.

Truth is FER+, which no model here sees: a label is wrong where the majority (more than five of ten votes, inside the
seven emotions) names another; rows without such a majority are not judged. Intervals are at 95 %.

    make repro-real DATA=DIR
    make bench DATA=DIR

or, with cleanlab at hand,

    python benchmarks/label_issues.py --workspace workspace/real --date 2026-01-31

The predictions are those of stage `probe` in that workspace.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from machine import machine
from numpy.typing import NDArray

from bhab.config import load_params
from bhab.curation.label_issues import score_labels, score_with_reviews
from bhab.curation.labels import count_published, places
from bhab.fairness.intervals import bootstrap, wilson
from bhab.schema import EMOTIONS, PROBE
from bhab.store import read_json, read_table, take_ids, write_json

RESULTS = Path(__file__).parent / "results" / "label_issues.json"
SOURCE = "fer2013"
MAJORITY = 5  # of ten votes; more are a majority
FIRST = 1000
RESAMPLES = 200
REVIEWED_SHARE = 0.05
DRAWS = 20  # of the reviewed rows
NOT_A_FACE = "NF"
OUTLIER_SHARE = 0.01

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]


def main(argv: Sequence[str] | None = None) -> None:
    """Read the predictions, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True, help="where `make repro-real` ran")
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    interim = args.workspace / "data" / "interim"
    faces = read_table(interim / "faces")
    faces = faces.filter(pc.equal(faces["source"], SOURCE)).sort_by("sample_id")
    probe = take_ids(read_table(interim / "probe" / "faces.parquet", PROBE), faces["sample_id"].to_pylist())
    result = {
        "date": args.date,
        "machine": machine(),
        "probe": load_params(args.workspace / "params.yaml").probe.model_dump(mode="json")
        | {"wall_s": read_json(args.workspace / "reports" / "timings" / "probe@faces.json")["wall_s"]},
        **measure(faces, probe),
    }
    write_json(result, RESULTS)
    show(result)


def measure(faces: pa.Table, probe: pa.Table) -> dict[str, object]:
    """Return all figures; `probe` has the rows of `faces`."""
    labels = places(faces["emotion"])
    given = np.stack([probe[f"p_{emotion}"].to_numpy() for emotion in EMOTIONS], axis=1)  # (n, 7)
    votes = count_published(faces["votes"])[:, : len(EMOTIONS)]
    judged = votes.max(axis=1) > MAJORITY
    wrong = judged & (votes.argmax(axis=1) != labels)
    hits = int((given.argmax(axis=1) == labels).sum())
    rankings = {"bhab": score_labels(given, labels), **peers(given, labels)}
    return {
        "faces": len(labels),
        "judged": int(judged.sum()),
        "wrong": int(wrong.sum()),
        "accuracy_out_of_fold": asdict(wilson(hits, len(labels))),
        "no_votes_seen": {name: figures(score[judged], wrong[judged]) for name, score in rankings.items()},
        "votes_of_5_percent_seen": with_reviews(given, labels, judged, wrong),
        "not_a_face": not_a_face(faces["votes"], probe["outlier"].to_numpy()),
    }


def peers(given: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, Scores]:
    """Return Cleanlab's scores, high for a label that is probably wrong."""
    from cleanlab.rank import get_label_quality_scores

    methods = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")
    scores = {f"cleanlab {m}": -get_label_quality_scores(labels, given, method=m) for m in methods}
    adjusted = get_label_quality_scores(labels, given, method="self_confidence", adjust_pred_probs=True)
    return scores | {"cleanlab self_confidence adjusted": -adjusted}


def figures(score: Scores, wrong: Flags) -> dict[str, object]:
    """Return ROC-AUC and the precision of the first rows of this ranking."""
    first = np.argsort(-score, kind="stable")[:FIRST]
    interval = bootstrap(auc_of(score, wrong), len(score), resamples=RESAMPLES, rng=np.random.default_rng(1))
    return {"auc": asdict(interval), "precision_first_1000": asdict(wilson(int(wrong[first].sum()), len(first)))}


def auc_of(score: Scores, wrong: Flags) -> Callable[[NDArray[np.intp]], float]:
    """Return the function that gives ROC-AUC of some rows."""
    from sklearn.metrics import roc_auc_score

    return lambda rows: float(roc_auc_score(wrong[rows], score[rows]))


def with_reviews(
    given: NDArray[np.float64], labels: NDArray[np.int64], judged: Flags, wrong: Flags
) -> dict[str, object]:
    """Return both figures on the rows nobody looked at, the mean of several random draws of those somebody did."""
    auc, precision = [], []
    for draw in range(DRAWS):
        seen = np.random.default_rng(draw).random(len(labels)) < REVIEWED_SHARE
        reviewed = np.where(seen & judged, wrong, -1).astype(np.int8)
        rest = judged & ~seen
        score = score_with_reviews(given, labels, reviewed)[rest]
        auc.append(auc_of(score, wrong[rest])(np.arange(len(score))))
        first = np.argsort(-score, kind="stable")[:FIRST]
        precision.append(float(wrong[rest][first].mean()))
    return {"draws": DRAWS, "auc": spread(auc), "precision_first_1000": spread(precision)}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return mean and range."""
    return {"mean": float(np.mean(values)), "least": min(values), "most": max(values)}


def not_a_face(votes: pa.ChunkedArray, outlier: Scores) -> dict[str, object]:
    """Return the share of non-faces among the first 1 % of the outlier score.

    Non-faces are rows with at least five votes for it; and, apart, rows for which FER+ published no votes at all: it
    gives no file name for an image that its annotators found to be no face, so they cannot be joined by name.
    """
    found = [dict(row or ()) for row in votes.to_pylist()]
    voted = np.array([row.get(NOT_A_FACE, 0) >= MAJORITY for row in found])
    without = np.array([sum(row.values()) == 0 for row in found])
    first = np.argsort(-outlier, kind="stable")[: round(OUTLIER_SHARE * len(outlier))]
    shares = {"voted": voted, "voted_or_no_votes": voted | without}
    found_first = {name: wilson(int(rows[first].sum()), int(rows.sum())) for name, rows in shares.items()}
    return {"first": len(first)} | {name: asdict(share) for name, share in found_first.items()}


def show(result: dict[str, object]) -> None:
    """Print `result`, one line a figure."""
    for key, value in result.items():
        if isinstance(value, dict):
            print(key)
            for name, inner in value.items():
                print(f"  {name}: {inner}")
        else:
            print(f"{key}: {value}")


if __name__ == "__main__":
    main()

"""Stage `fairness`: predictions and who is shown -> accuracy and recall by group and intersection, with gaps.

fairness_MODEL.json:

    model, n, min_n_shown, min_n_scored
    overall                       accuracy of all test faces: {value, low, high, n}
    attributes: [                 one for each attribute of section `fairness`, in its order
      {attribute, stated,         rows that state it
       groups: [{group, n, score, named}],   score: accuracy with interval, null if n < min_n_scored; worst first
       gap,                       {value, low, high, by_chance, worst, best, n_worst, n_best}; null: under two scored
       emotions: [{emotion, groups, gap}]}]  the same, of recall
    intersections: [{attribute, stated, groups, gap}]   pairs of attributes of which each has two groups or more
    largest: {accuracy, recall}   the gap of each kind that is furthest above chance: {attribute, emotion, gap}, or null
    split, rows_sha256            which rows: test, and a digest of their sample_ids
    without_leaked                n, overall, attributes, intersections, largest of the rows that share no person or
                                  content with training; null if that is all of them

`named` is false for rows without a value and for the groups too small to be named; they take no part in a gap.
Figures: ATTRIBUTE.svg (accuracy) and ATTRIBUTE_recall.svg, each where there is a gap to see.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import FairnessConfig, load_params
from bhab.curation.chance import generator
from bhab.fairness.gaps import gap_between
from bhab.fairness.groups import intersect, score_groups
from bhab.fairness.intervals import wilson
from bhab.quality.results import rows_sha256
from bhab.report.figures import accuracy_by_group, recall_by_group
from bhab.schema import EMOTIONS, FACES, PREDICTIONS, Split
from bhab.stage import run_stage
from bhab.store import read_table, take_ids, whole_folder, write_json, write_svg

Json = dict[str, Any]


def fairness(predictions: pa.Table, faces: pa.Table, config: FairnessConfig) -> Json:
    """Return what fairness_MODEL.json holds, without the model's name, for the test rows of `predictions`."""
    test = predictions.filter(pc.equal(predictions["split"], Split.TEST))
    clean = test.filter(pc.invert(test["leaked"]))
    return judge(test, faces, config) | {
        "split": Split.TEST,
        "rows_sha256": rows_sha256(test["sample_id"].to_pylist()),
        "min_n_shown": config.min_n_shown,
        "min_n_scored": config.min_n_scored,
        "without_leaked": judge(clean, faces, config) if len(clean) < len(test) else None,
    }


def judge(test: pa.Table, faces: pa.Table, config: FairnessConfig) -> Json:
    """Return n, overall, attributes, intersections and largest of the predictions `test`."""
    people = take_ids(faces.select(["sample_id", *config.attributes]), test["sample_id"].to_pylist())
    truth = test["emotion"].to_pylist()
    correct = pc.equal(test["emotion"], test["predicted"]).to_pylist()
    values = {a: people[a].to_pylist() for a in config.attributes}
    attributes = [
        score(a, correct, values[a], config) | {"emotions": score_emotions(a, truth, correct, values[a], config)}
        for a in config.attributes
    ]
    varied = [a for a in config.attributes if len(set(values[a]) - {None}) > 1]
    pairs = [score(f"{a} & {b}", correct, intersect(values[a], values[b]), config) for a, b in combinations(varied, 2)]
    recalls = [(row["attribute"], part["emotion"], part["gap"]) for row in attributes for part in row["emotions"]]
    return {
        "n": len(correct),
        "overall": asdict(wilson(sum(correct), len(correct))),
        "attributes": attributes,
        "intersections": pairs,
        "largest": {
            "accuracy": largest([(row["attribute"], None, row["gap"]) for row in attributes]),
            "recall": largest(recalls),
        },
    }


def score(name: str, correct: Sequence[bool], values: Sequence[str | None], config: FairnessConfig) -> Json:
    """Return {attribute, stated, groups, gap} of one attribute; `name` is also the address of its chance."""
    rows = score_groups(correct, values, min_n_shown=config.min_n_shown, min_n_scored=config.min_n_scored)
    gap = gap_between(rows, generator(name, "fairness"))
    return {
        "attribute": name,
        "stated": sum(v is not None for v in values),
        "groups": [asdict(row) for row in rows],
        "gap": asdict(gap) if gap else None,
    }


def score_emotions(
    attribute: str,
    truth: Sequence[str],
    correct: Sequence[bool],
    values: Sequence[str | None],
    config: FairnessConfig,
) -> list[Json]:
    """Return {emotion, stated, groups, gap} for each emotion: recall by group of the rows that have it."""
    scores = []
    for emotion in EMOTIONS:
        rows = [i for i, label in enumerate(truth) if label == emotion]
        part = score(f"{attribute}/{emotion}", [correct[i] for i in rows], [values[i] for i in rows], config)
        del part["attribute"]
        scores.append({"emotion": emotion} | part)
    return scores


def largest(gaps: Sequence[tuple[str, str | None, Json | None]]) -> Json | None:
    """Return the (attribute, emotion, gap) furthest above chance, None if there is no gap.

    Not simply the widest: small groups lie far apart whatever the model does.
    """
    found = [(attribute, emotion, gap) for attribute, emotion, gap in gaps if gap]
    if not found:
        return None
    attribute, emotion, gap = max(found, key=lambda row: row[2]["value"] - row[2]["by_chance"])
    return {"attribute": attribute, "emotion": emotion, "gap": gap}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, required=True, help="MODEL.parquet")
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    result = fairness(
        read_table(args.predictions, PREDICTIONS), read_table(args.faces, FACES), load_params(args.params).fairness
    )
    with whole_folder(args.figures) as folder:
        for row in result["attributes"]:
            if row["gap"]:
                write_svg(accuracy_by_group(row), folder / f"{row['attribute']}.svg")
            if any(part["gap"] for part in row["emotions"]):
                write_svg(recall_by_group(row), folder / f"{row['attribute']}_recall.svg")
    write_json({"model": args.predictions.stem} | result, args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `gate_results`: metrics, predictions and models before they are published -> one verdict a gate.

A gate that must hold and does not ends the run. The verdicts are there to read in either case.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from bhab.claims.permutation import by_diagonal, by_supports
from bhab.config import GatesConfig, load_params
from bhab.quality import gates
from bhab.quality.results import Results, eval_mode, int8, label_map, train_metric
from bhab.schema import EMOTIONS, PREDICTIONS, REPLIES, SPLITS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_json, read_table, write_json

OVER_EMOTIONS = ("fer_", "suspects")  # metrics with matrices over our classes; audits of others' tables have their own


def gate_results(results: Results, names: Mapping[str, object], config: GatesConfig) -> list[gates.Gate]:
    """Return the verdicts on the results. `names` are the class names of each artefact, by its path."""
    metrics = {f"fer_{model}.json": json for model, json in results.fer.items()}
    if results.feedback is not None:
        metrics["feedback.json"] = results.feedback
    asked = {name: json.get("eval_mode") for name, json in metrics.items() if json["why"] is None}
    permuted = {model: words for model in results.fer if (words := "; ".join(permutation(model, results)))}
    findings = {
        "label_map": label_map(names, results, permuted),
        "train_metric": train_metric(results),
        "eval_mode": eval_mode(asked),
        "int8": int8(results.compressed, config.max_int8_loss),
    }
    return gates.verdicts(findings, config)


def permutation(model: str, results: Results) -> Iterator[str]:
    """Yield how the classes of one model's confusion matrix seem to be permuted: by its diagonal, and by its counts."""
    labels, rows = (results.fer[model]["confusion"][key] for key in ("labels", "rows"))
    if labels != list(EMOTIONS) or not sum(map(sum, rows)):
        return
    splits = results.splits
    test = splits.filter(pc.and_(pc.equal(splits["modality"], Modality.FACES), pc.equal(splits["split"], Split.TEST)))
    held = test["emotion"].to_pylist()
    supports = {name: sum(row) for name, row in zip(labels, rows, strict=True)}
    for naming in by_diagonal(labels, rows), by_supports(supports, {e: held.count(e) for e in EMOTIONS}):
        if any(name != meant for name, meant in naming.found.items()):
            yield naming.sentence


def class_names(value: object, where: str) -> Iterator[tuple[str, object]]:
    """Yield (where it stands, its class names) of each matrix in `value`, JSON: an object of `labels` and `rows`."""
    if isinstance(value, dict):
        if value.keys() >= {"labels", "rows"}:
            yield where, value["labels"]
        for key, part in sorted(value.items()):
            yield from class_names(part, f"{where} {key}")


def read_results(read: Mapping[str, Any], args: argparse.Namespace) -> Results:
    """Return the results whose metrics are `read`, with the tables that the command line names."""
    fer, fairness, compressed = (
        {name.removeprefix(kind): json for name, json in read.items() if name.startswith(kind)}
        for kind in ("fer_", "fairness_", "compress_")
    )
    return Results(
        fer=fer,
        fairness=fairness,
        feedback=read.get("feedback"),
        compared=read.get("compare_fer"),
        compressed=compressed,
        predictions={p.stem: read_table(p, PREDICTIONS) for p in sorted(args.predictions.glob("*.parquet"))},
        splits=read_table(args.splits / "splits.parquet", SPLITS),
        replies=read_table(args.replies / "replies.parquet", REPLIES),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write; then end the run if a gate that must hold did not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("metrics", "predictions", "models", "splits", "replies"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    read = {path.stem: read_json(path) for path in sorted(args.metrics.glob("*.json"))}
    cards = [*sorted(args.models.glob("fer/*/card.json")), *sorted(args.models.glob("small/*/card.json"))]
    cards.append(args.models / "feedback" / "card.json")
    names = {path.relative_to(args.models).as_posix(): read_json(path).get("emotions") for path in cards}
    ours = {name: value for name, value in read.items() if name.startswith(OVER_EMOTIONS)}
    names |= dict(found for name, value in ours.items() for found in class_names(value, f"{name}.json"))
    found = gate_results(read_results(read, args), names, load_params(args.params).gates)
    write_json({"gates": found}, args.out)
    gates.require(found)


if __name__ == "__main__":
    run_stage(main)

"""Gates on what is published: whose classes are meant, on which rows a figure stands, and whether it comes out again.

Metrics are the JSON of stages evaluate_fer, compare_fer, compress, fairness and evaluate_feedback. Each says in
`split` and `rows_sha256` on which rows it was computed; here both are held against the table of splits, not against
what a prediction says of itself.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bhab.quality.gates import Finding, failed, held
from bhab.schema import EMOTIONS, Modality, Split

Json = Mapping[str, Any]

EXACT = 1e-12  # two sums of the same whole numbers
REPEATABLE = 1e-3  # of a probability; float32 sums in another order move it by about 1e-6, dropout by 0.1 and more


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was published, by model: metrics and predictions of faces, metrics of feedback if there are any."""

    fer: Mapping[str, Json]
    fairness: Mapping[str, Json]
    feedback: Json | None
    predictions: Mapping[str, pa.Table]
    splits: pa.Table
    replies: pa.Table
    compared: Json | None = None
    compressed: Mapping[str, Json] = field(default_factory=dict)


def rows_sha256(ids: Iterable[str]) -> str:
    """Return a digest of the rows with these sample_ids, in any order."""
    return hashlib.sha256("\n".join(sorted(ids)).encode("ascii")).hexdigest()


def label_map(names: Mapping[str, object], results: Results, permuted: Mapping[str, str]) -> Finding:
    """Return whether all artefacts name EMOTIONS in their order and no confusion looks permuted.

    `names` are the class names of each artefact by its path; `permuted` says of a model in words how its classes seem
    to be permuted, and has no others.
    """
    ours = list(EMOTIONS)
    bad = [f"{where}: class names {found}, expected {ours}" for where, found in names.items() if found != ours]
    for model, metrics in results.fer.items():
        bad += [f"fer_{model}.json: {fault}" for fault in _confusion_faults(metrics, results.predictions.get(model))]
    bad += [f"fer_{model}.json: the classes seem permuted: {words}" for model, words in permuted.items()]
    if not bad:
        return held(f"{len(names)} cards and matrices name the emotions in one order")
    return failed("; ".join(bad), bad)


def _confusion_faults(metrics: Json, predictions: pa.Table | None) -> Iterator[str]:
    """Yield where the confusion matrix is not that of the predictions, and these not that of their probabilities."""
    if predictions is None or not predictions.num_rows:
        return
    chances = np.column_stack([predictions[f"p_{e}"].to_numpy() for e in EMOTIONS])  # (rows, emotions)
    said = pc.index_in(predictions["predicted"], pa.array(EMOTIONS)).to_numpy()
    other = int((chances.argmax(axis=1) != said).sum())
    if other:
        yield f"{other} of {len(said)} predictions name another emotion than their highest probability"
    test = predictions.filter(pc.equal(predictions["split"], Split.TEST))
    pairs = Counter(zip(test["emotion"].to_pylist(), test["predicted"].to_pylist(), strict=True))
    counted = [[pairs[true, told] for told in EMOTIONS] for true in EMOTIONS]
    if counted != metrics["confusion"]["rows"]:
        yield "the confusion matrix is not that of the predictions under the names they carry"


def train_metric(results: Results) -> Finding:
    """Return whether every published figure is of test rows and comes out again from them."""
    faults = [
        *(f"fer_{m}.json: {fault}" for m, metrics in results.fer.items() for fault in _fer_faults(m, metrics, results)),
        *(
            f"fairness_{m}.json: {fault}"
            for m, j in results.fairness.items()
            for fault in _fairness_faults(m, j, results)
        ),
    ]
    if results.feedback is not None:
        faults += [f"feedback.json: {fault}" for fault in _feedback_faults(results.feedback, results.replies)]
    if results.compared is not None:
        faults += [f"compare_fer.json: {fault}" for fault in _compared_faults(results.compared, results)]
    for model, metrics in results.compressed.items():
        n = max((variant["test"]["n"] for variant in metrics["variants"].values()), default=0)
        rows = _rows(results.splits, Modality.FACES)
        faults += [f"compress_{model}.json: {fault}" for fault in _row_faults(metrics, n, rows)]
    if not faults:
        models = (results.fer, results.fairness, results.compressed)
        n = sum(map(len, models)) + sum(j is not None for j in (results.feedback, results.compared))
        return held(f"all figures of {n} files are of test rows; accuracy was counted again and is the same")
    return failed("; ".join(faults), faults)


def _fer_faults(model: str, metrics: Json, results: Results) -> Iterator[str]:
    yield from _row_faults(metrics, metrics["test"]["n"], _rows(results.splits, Modality.FACES))
    yield from _accuracy_faults(metrics["test"]["accuracy"], results.predictions.get(model), results.splits)


def _fairness_faults(model: str, metrics: Json, results: Results) -> Iterator[str]:
    yield from _row_faults(metrics, metrics["n"], _rows(results.splits, Modality.FACES))
    overall = metrics["overall"] if metrics["n"] else None
    yield from _accuracy_faults(overall, results.predictions.get(model), results.splits)


def _compared_faults(metrics: Json, results: Results) -> Iterator[str]:
    rows = _rows(results.splits, Modality.FACES)
    yield from _row_faults(metrics, metrics["n"], rows)
    right = {name: _right(table, set(rows[Split.TEST])) for name, table in results.predictions.items()}
    for pair in metrics["pairs"]:
        one, other, stated = pair["one"], pair["other"], pair["accuracy"]
        found = (right.get(one, 0) - right.get(other, 0)) / max(1, metrics["n"])
        if abs(found - stated["value"]) > EXACT:
            yield (
                f"{one} is said to be {100 * stated['value']:+.2f} points from {other}, expected {100 * found:+.2f}, "
                "as the predictions of the test rows give it"
            )


def _right(predictions: pa.Table, test: set[str]) -> int:
    rows = zip(*(predictions[c].to_pylist() for c in ("sample_id", "emotion", "predicted")), strict=True)
    return sum(true == said for i, true, said in rows if i in test)


def _feedback_faults(metrics: Json, replies: pa.Table) -> Iterator[str]:
    parts = {split: replies.filter(pc.equal(replies["split"], split)) for split in Split}
    yield from _row_faults(metrics, metrics["n"], {s: part["sample_id"].to_pylist() for s, part in parts.items()})
    for column in ("template", "reply"):
        shared = set(parts[Split.TEST][column].to_pylist()) & set(parts[Split.TRAIN][column].to_pylist())
        if shared:
            yield f"{len(shared)} of the test rows' values of {column} are in training too, expected none"


def _rows(splits: pa.Table, modality: Modality) -> dict[Split, list[str]]:
    """Return the sample_ids of the rows with an emotion, by split."""
    wanted = splits.filter(pc.and_(pc.equal(splits["modality"], modality), pc.is_valid(splits["emotion"])))
    return {split: wanted.filter(pc.equal(wanted["split"], split))["sample_id"].to_pylist() for split in Split}


def _row_faults(metrics: Json, n: int, rows: Mapping[Split, Sequence[str]]) -> Iterator[str]:
    """Yield why `metrics` over `n` rows are not over the test rows among `rows`; a model without a score has none."""
    if "split" not in metrics or "rows_sha256" not in metrics:
        yield "does not say on which split and rows it was computed"
        return
    if metrics["split"] != Split.TEST:
        yield f"computed on the {metrics['split']} rows, expected the test rows"
    elif n and metrics["rows_sha256"] != rows_sha256(rows[Split.TEST]):
        known = {split: rows_sha256(ids) for split, ids in rows.items()}
        known_as = [f"the {split} rows" for split, digest in known.items() if digest == metrics["rows_sha256"]]
        found = known_as[0] if known_as else f"{n} other rows"
        yield f"called a test figure, but computed on {found}, expected the {len(rows[Split.TEST])} test rows"


def _accuracy_faults(stated: Json | None, predictions: pa.Table | None, splits: pa.Table) -> Iterator[str]:
    """Yield why the accuracy `stated` is not that of the predictions of the faces that are test in `splits`."""
    if stated is None:
        return
    if predictions is None:
        yield "there are no predictions to compute its accuracy from"
        return
    test = set(_rows(splits, Modality.FACES)[Split.TEST])
    rows = zip(*(predictions[c].to_pylist() for c in ("sample_id", "emotion", "predicted", "split")), strict=True)
    called = [(i in test, true == said) for i, true, said, split in rows if split == Split.TEST or i in test]
    strays = sum(not is_test for is_test, _ in called)
    if strays:
        yield f"{strays} of the predictions called test are of rows that are not"
    hits = [hit for is_test, hit in called if is_test]
    found = sum(hits) / len(hits) if hits else 0.0
    if abs(found - stated["value"]) > EXACT or len(hits) != stated["n"]:
        yield (
            f"accuracy {stated['value']:.4f} of {stated['n']} rows, expected {found:.4f} of {len(hits)}, "
            "as the predictions of the test rows give it"
        )


def int8(compressed: Mapping[str, Json], limit: float) -> Finding:
    """Return whether no model loses more accuracy on the test faces than `limit` by int8; see stage compress."""
    told = {m: json["variants"]["int8"]["test"]["lost"] for m, json in compressed.items() if json["variants"]}
    lost = {model: figure for model, figure in told.items() if figure is not None}
    bad = [
        f"{model}: {100 * f['value']:.1f} points ({100 * f['low']:.1f} to {100 * f['high']:.1f}, {f['n']} faces)"
        for model, f in lost.items()
        if f["value"] > limit
    ]
    if not bad:
        return held(f"{len(lost)} models lose at most {100 * limit:.1f} points of accuracy by int8")
    return failed(f"int8 costs {'; '.join(bad)}, expected at most {100 * limit:.1f} points", bad)


def eval_mode(asked: Mapping[str, Json | None]) -> Finding:
    """Return whether every model said the same twice; `asked` is `eval_mode` of each file of metrics."""
    bad = []
    for name, twice in asked.items():
        if twice is None:
            bad.append(f"{name}: the model was not asked twice")
        elif not twice["equal"]:
            bad.append(f"{name}: the same {twice['n']} items asked twice gave different answers, expected equal ones")
        elif twice["largest_difference"] >= REPEATABLE:
            bad.append(
                f"{name}: {twice['n']} items asked in other batches gave answers that differ by up to "
                f"{twice['largest_difference']:.3f}, expected less than {REPEATABLE}"
            )
    if not bad:
        return held(f"{len(asked)} models gave equal answers when asked twice")
    sentence = f"{'; '.join(bad)}: dropout is on, or batch statistics are in use"
    return failed(sentence, bad)

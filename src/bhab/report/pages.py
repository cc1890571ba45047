"""What single pages show beyond the metrics as they are: sums, orders, and counts over the tables."""

from collections import Counter

from bhab.report.inputs import Inputs, Json, by_modality
from bhab.schema import EMOTIONS

EXAMPLES = 5  # rejects quoted for each reason of a source: enough to find the cause
NO_EMOTION = "none"


def corpus(inputs: Inputs) -> Json:
    """Return {glance, by_emotion: [{emotion, counts}], most, terms: [{licence, consent, source, modality, n}]}.

    Rows without an emotion come last, and only if there are any.
    """
    tables = dict(by_modality(inputs.measured["counts"]["tables"] if "counts" in inputs.measured else {}))
    by_emotion: list[Json] = [
        {"emotion": e, "counts": {m: table["by_emotion"].get(e, 0) for m, table in tables.items()}}
        for e in [*EMOTIONS, NO_EMOTION]
    ]
    terms: Counter[tuple[str, ...]] = Counter()
    for modality, table in inputs.samples.items():
        columns = [table[c].to_pylist() for c in ("licence", "consent", "source")]
        terms.update((*row, modality.value) for row in zip(*columns, strict=True))
    return {
        "glance": [_glance(inputs, m, table["n"]) for m, table in tables.items()],
        "by_emotion": [row for row in by_emotion if row["emotion"] != NO_EMOTION or any(row["counts"].values())],
        "most": {m: max(table["by_emotion"].values(), default=0) for m, table in tables.items()},
        "terms": [
            {"licence": licence, "consent": consent, "source": source, "modality": modality, "n": n}
            for (licence, consent, source, modality), n in sorted(terms.items(), key=lambda i: (-i[1], i[0]))
        ],
    }


def _glance(inputs: Inputs, modality: str, kept: int) -> Json:
    """Return the counts of one modality that the first page shows, None for a stage that did not run."""
    measured = inputs.measured
    sources = [s for s in measured["counts"]["sources"].values() if s["modality"] == modality]
    exact = measured["curation"][modality]["exact"] if "curation" in measured else {}
    split = measured["split"][modality] if "split" in measured else None
    return {
        "modality": modality,
        "kept": kept,
        "rejected": sum(sum(s["rejects"].values()) for s in sources),
        "redundant": exact.get("redundant"),
        "contradicting": exact.get("contradicting_groups"),
        "left_out": sum(split["dropped"].values()) if split else None,
        "leaked": split["leaked"] if split else None,
    }


def rejects(inputs: Inputs) -> list[Json]:
    """Return {stage, reason, source, n, examples: [{key, detail}]}, the commonest first."""
    found: dict[tuple[str, str, str], list[Json]] = {}
    for row in inputs.rejects.to_pylist():
        found.setdefault((row["stage"], row["reason"], row["source"]), []).append(row)
    return [
        {
            "stage": stage,
            "reason": reason,
            "source": source,
            "n": len(rows),
            "examples": [
                {"key": row["source_key"], "detail": row["detail"]}
                for row in sorted(rows, key=lambda row: (row["source_key"], row["detail"]))[:EXAMPLES]
            ],
        }
        for (stage, reason, source), rows in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def balance(inputs: Inputs) -> Json:
    """Return what balance.json says of each modality, and the names of splits and emotions that head its tables."""
    result = {}
    for modality, row in by_modality(inputs.measured.get("balance", {"modalities": {}})["modalities"]):
        groups = [group for attribute in row["attributes"] for group in attribute["groups"]]
        stated = [a for a in row["attributes"] if a["evenness"]["n"]]
        result[modality] = row | {
            "splits": _in_order([g["by_split"] for g in groups], ("train", "validation", "test")),
            "emotions": _in_order([g["by_emotion"] for g in groups], EMOTIONS),
            "stated": stated,
            "unstated": [a["attribute"] for a in row["attributes"] if not a["evenness"]["n"]],
        }
    return result


def _in_order(cells: list[Json], first: tuple[str, ...]) -> list[str]:
    """Return the names that occur in `cells`, those of `first` in its order, then the rest by name."""
    found = {name for cell in cells for name in cell}
    return [name for name in first if name in found] + sorted(found - set(first))

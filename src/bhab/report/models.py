"""What the page of models shows: the comparison first, then each model, and what was published beside ours."""

from typing import Any

from bhab.report.inputs import Inputs, Json, models_of
from bhab.schema import EMOTIONS
from bhab.sources.base import WORDS, emotion_of

FIRST = "paper"  # the work this project starts from
COLUMNS = {"precision": "precision", "recall": "recall", "f1": "F1", "support": "faces"}  # of a report, as on the page


def models(inputs: Inputs) -> Json:
    """Return {judged, unjudged, compared, standing, published, small, listened}, judged models by accuracy, best first.

    `compared` is compare_fer.json, None if that stage did not run. `kept` of a model is the row of its history that its
    weights are of, None if it has no epochs; `beats` are the models it beats beyond chance. `small`
    is what stage compress measured, a row a variant; `listened` is ensemble.json, None if that stage did not run.
    """
    compared = inputs.measured.get("compare_fer")
    stand = standing(compared) if compared else []
    beats = {row["model"]: row["beats"] for row in stand}
    rows = []
    for name, model in models_of(inputs.measured, "fer").items():
        history = inputs.history(f"fer/{name}")
        kept = next((epoch for epoch in history if epoch["epoch"] == model["kept_epoch"]), None)
        rows.append(model | {"name": name, "kept": kept, "beats": beats.get(name, [])})
    judged = [model for model in rows if model["test"]["accuracy"]]
    return {
        "judged": sorted(judged, key=lambda model: (-model["test"]["accuracy"]["value"], model["name"])),
        "unjudged": [model for model in rows if not model["test"]["accuracy"]],
        "compared": compared,
        "standing": stand,
        "published": published(inputs),
        "small": [
            {"model": name, "variant": variant} | cost
            for name, compressed in models_of(inputs.measured, "compress").items()
            for variant, cost in compressed["variants"].items()
        ],
        "listened": inputs.measured.get("ensemble"),
    }


def standing(compared: Json) -> list[Json]:
    """Return {model, cells, beats} by rank; a cell is {value, low, high, beyond} against each, None itself.

    `value` is by how much the row's model is more accurate than the column's.
    """
    names: list[str] = compared["models"]
    cells: dict[tuple[str, str], Json] = {}
    for pair in compared["pairs"]:
        one, other, figure, beyond = pair["one"], pair["other"], pair["accuracy"], pair["beyond_chance"]
        cells[one, other] = {key: figure[key] for key in ("value", "low", "high")} | {"beyond": beyond}
        turned = {"value": -figure["value"], "low": -figure["high"], "high": -figure["low"]}
        cells[other, one] = turned | {"beyond": beyond}
    won = {pair for pair, cell in cells.items() if cell["beyond"] and cell["value"] > 0}
    return [
        {
            "model": name,
            "cells": [cells.get((name, other)) for other in names],
            "beats": [other for other in names if (name, other) in won],
        }
        for name in names
    ]


def published(inputs: Inputs) -> list[Json]:
    """Return {title, source, results, reports, wrong} of each published work that scores models, the first one first.

    A report has rows by our emotion and the `columns` it prints. `wrong` are {where, found: [{title, cells}]}, what its
    audit says of these scores; the cells are those that name classes.
    """
    audits = inputs.measured.get("claims", {"audits": {}})["audits"]
    works = []
    for name in sorted(audits, key=lambda name: (name != FIRST, name)):
        audit, scores = audits[name], audits[name].get("scores", {"results": [], "reports": []})
        places = {part["where"] for part in (*scores["results"], *scores["reports"])}
        if places:
            works.append(
                {"title": audit["title"], "source": audit["source"], "results": scores["results"]}
                | {"reports": [_by_emotion(report) for report in scores["reports"]]}
                | {"wrong": _wrong([finding for finding in audit["findings"] if _is_about(finding, places)])}
            )
    return works


def _is_about(finding: Json, places: set[str]) -> bool:
    """Return whether a finding is about scores: at their place, about the names of classes, or about their supports."""
    supports = any(cell["name"] == "support" for cell in finding["cells"])
    return finding["where"] in places or finding["check"] == "label_map" or supports


def _wrong(findings: list[Json]) -> list[Json]:
    places = dict.fromkeys(finding["where"] for finding in findings)
    told = [f | {"cells": f["cells"] if f["check"] == "label_map" else []} for f in findings]
    return [{"where": where, "found": [f for f in told if f["where"] == where]} for where in places]


def _by_emotion(report: Json) -> Json:
    rows: dict[Any, Json] = {emotion_of(name, WORDS): cells for name, cells in report["rows"].items()}
    columns = {key: word for key, word in COLUMNS.items() if any(key in cells for cells in rows.values())}
    return report | {"rows": {e: rows[e] for e in EMOTIONS if e in rows}, "columns": columns}

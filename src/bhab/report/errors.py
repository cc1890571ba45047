"""What the page of errors shows: the faces that models got wrong, with all that is known of them."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.report.inputs import Inputs, Json, models_of
from bhab.report.media import content
from bhab.schema import EMOTIONS, Modality, Split
from bhab.store import take_ids

SUREST = 7  # wrong answers shown for each emotion, the most confident ones: a row of the page
PAIRS = 6  # of emotions that are confused, the most frequent ones
OF_PAIR = 7  # faces of each, by sample_id, which is a hash: a fair draw
NOBODY = 21  # faces that no model gets right


def errors(inputs: Inputs, site: Path) -> Json:
    """Return {models: [{name, n, wrong, by_emotion, pairs}], nobody}, best model first; pictures are written as well.

    `by_emotion` are {emotion, n, wrong, faces}, `pairs` {label, said, n, of, faces}; `nobody` is {n, of, faces} over
    the faces that every model was asked about, None with fewer than two models.
    """
    asked = {name: rows for name in models_of(inputs.measured, "fer") if (rows := _answers(inputs, name))}
    models = [of_model(name, rows) for name, rows in asked.items()]
    nobody = of_nobody(list(asked.values())) if len(asked) > 1 else None
    parts = [part for model in models for part in (*model["by_emotion"], *model["pairs"])] + (
        [nobody] if nobody else []
    )
    known = _known(inputs, sorted({row["sample_id"] for part in parts for row in part["faces"]}), site)
    for part in parts:
        part["faces"] = [known[row["sample_id"]] | row for row in part["faces"]]
    return {"models": sorted(models, key=lambda m: (m["wrong"] / m["n"], m["name"])), "nobody": nobody}


def of_model(name: str, rows: list[Json]) -> Json:
    """Return what one model got wrong; `rows` are its answers, by sample_id."""
    wrong = [row for row in rows if row["label"] != row["said"]]
    surest = sorted(wrong, key=lambda row: (-row["p"], row["sample_id"]))
    n, missed = Counter(row["label"] for row in rows), Counter(row["label"] for row in wrong)
    confused = Counter((row["label"], row["said"]) for row in wrong)
    often = sorted(confused, key=lambda pair: (-confused[pair], pair))[:PAIRS]
    return {
        "name": name,
        "n": len(rows),
        "wrong": len(wrong),
        "by_emotion": [
            {"emotion": e, "n": n[e], "wrong": missed[e], "faces": [r for r in surest if r["label"] == e][:SUREST]}
            for e in EMOTIONS
            if n[e]
        ],
        "pairs": [
            {"label": label, "said": said, "n": confused[label, said], "of": n[label]}
            | {"faces": [r for r in wrong if (r["label"], r["said"]) == (label, said)][:OF_PAIR]}
            for label, said in often
        ],
    }


def of_nobody(answers: list[list[Json]]) -> Json:
    """Return the faces that every model got wrong, those first on which most of them say the same, then the surest.

    A face has {label, said, p, models}: the commonest answer, its mean probability where given, how many gave it.
    """
    by_face: dict[str, list[Json]] = {}
    for row in (row for rows in answers for row in rows):
        by_face.setdefault(row["sample_id"], []).append(row)
    asked = [rows for rows in by_face.values() if len(rows) == len(answers)]
    missed = []
    for rows in asked:
        if all(row["label"] != row["said"] for row in rows):
            said, models = min(Counter(row["said"] for row in rows).items(), key=lambda item: (-item[1], item[0]))
            p = sum(row["p"] for row in rows if row["said"] == said) / models
            missed.append(rows[0] | {"said": said, "p": p, "models": models})
    missed.sort(key=lambda row: (-row["models"], -row["p"], row["sample_id"]))
    return {"n": len(missed), "of": len(asked), "faces": missed[:NOBODY]}


def _answers(inputs: Inputs, name: str) -> list[Json]:
    """Return {sample_id, label, said, p, leaked} of the test faces, by sample_id."""
    predictions = inputs.predicted(name)
    rows = predictions.filter(pc.equal(predictions["split"], Split.TEST)).sort_by("sample_id").to_pylist()
    return [
        {"sample_id": row["sample_id"], "label": row["emotion"], "said": row["predicted"]}
        | {"p": row[f"p_{row['predicted']}"], "leaked": row["leaked"]}
        for row in rows
    ]


def _known(inputs: Inputs, ids: list[str], site: Path) -> dict[str, Json]:
    """Write the faces and return {picture, votes, issue} by sample_id: votes by number, issue None if not judged."""
    mine = inputs.label_issues.filter(pc.is_in(inputs.label_issues["sample_id"], pa.array(ids, pa.string())))
    issues = {row["sample_id"]: row for row in mine.select(["sample_id", "score", "suggested", "flagged"]).to_pylist()}
    faces = take_ids(inputs.samples[Modality.FACES], ids).to_pylist()
    return {
        face["sample_id"]: {
            "votes": sorted(((e, n) for e, n in face["votes"] or () if n), key=lambda vote: (-vote[1], vote[0])),
            "issue": issues.get(face["sample_id"]),
        }
        | content(Modality.FACES, face, f"media/error_{place}", site)
        for place, face in enumerate(faces)
    }

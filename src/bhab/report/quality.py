"""The page of quality: each check with its scores as a histogram, and the samples that are furthest past its limit."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.report.inputs import Inputs, Json
from bhab.report.media import content
from bhab.schema import Modality
from bhab.store import take_ids

SHOWN: Mapping[Modality, int] = {Modality.FACES: 12, Modality.TEXTS: 5, Modality.SPEECH: 3}  # worst of each check
BINS = 30
TAILS = (0.001, 0.999)  # of the scores; what lies beyond is counted in the outermost bars
EXCERPT = 100  # characters of a text at either end: a page of the worst would show little else than the longest
ROUGH = {"share": 3, "Hz": 0, "grey levels": 0, "characters": 0, "count": 0, "words": 2}  # digits that say something


def quality(inputs: Inputs, modality: Modality, site: Path) -> list[Json]:
    """Return what quality.json says of each check of `modality`, with {check, digits, ends, bars, worst}.

    `bars` are {from, to, n, height, flagged}, height in [0, 1] by the square root of n, so that a few are seen beside
    many. `worst` are flagged samples of different content; their pictures and clips are written on the way.
    """
    measured = inputs.measured.get("quality", {}).get(modality, {})
    mine = inputs.quality.filter(pc.equal(inputs.quality["modality"], modality))
    checks = []
    for check, figures in measured.items():
        rows = mine.filter(pc.equal(mine["check"], check))
        scores = rows["score"].to_numpy()
        checks.append(
            figures
            | {
                "check": check,
                "digits": ROUGH.get(figures["unit"], 1),
                "ends": ends(scores, figures["threshold"]) if len(scores) else None,
                "bars": bars(scores, figures["threshold"], figures["side"]),
                "worst": worst(inputs, modality, rows, figures["side"], site),
            }
        )
    return checks


def ends(scores: NDArray[np.float64], limit: float) -> tuple[float, float]:
    """Return from where to where a histogram of `scores` goes: its tails, all of it if they are one, the limit."""
    low, high = np.quantile(scores, TAILS)
    if low == high:
        low, high = scores.min(), scores.max()
    return min(float(low), limit), max(float(high), limit)


def bars(scores: NDArray[np.float64], limit: float, side: str) -> list[Json]:
    """Return the histogram of `scores` between their tails; the limit lies between two bars, or beyond them all."""
    if not len(scores):
        return []
    low, high = ends(scores, limit)
    width = (high - low) / BINS or 1.0
    steps = (np.clip(scores, low, high) - limit) / width
    places = np.floor(steps) if side == "under" else np.ceil(steps) - 1  # from the limit; at the limit is not past it
    found, counts = np.unique(places.astype(np.int64), return_counts=True)
    return [
        {
            "from": limit + place * width,
            "to": limit + (place + 1) * width,
            "n": n,
            "height": round((n / int(counts.max())) ** 0.5, 4),
            "flagged": place < 0 if side == "under" else place >= 0,
        }
        for place, n in zip(found.tolist(), counts.tolist(), strict=True)
    ]


def worst(inputs: Inputs, modality: Modality, rows: pa.Table, side: str, site: Path) -> list[Json]:
    """Return {score, source, key, emotion, copies} and the content of the flagged samples furthest past the limit."""
    flagged = rows.filter(rows["flagged"])
    order = "ascending" if side == "under" else "descending"
    ordered = flagged.sort_by([("score", order), ("sample_id", "ascending")])
    light = inputs.samples[modality].select(["sample_id", "content_sha256"])
    contents = take_ids(light, ordered["sample_id"].to_pylist())["content_sha256"].to_pylist()
    copies = Counter(contents)
    firsts = ordered.take(pa.array(first_of_each(contents, SHOWN[modality]), pa.int64())).to_pylist()
    samples = take_ids(inputs.samples[modality], [row["sample_id"] for row in firsts]).to_pylist()
    found = []
    for place, (first, row) in enumerate(zip(firsts, samples, strict=True)):
        name = f"media/quality_{first['check']}_{place}"
        shown = excerpt(row) if modality is Modality.TEXTS else content(modality, row, name, site)
        own = {"score": first["score"], "source": row["source"], "key": row["source_key"], "emotion": row["emotion"]}
        found.append(own | shown | {"copies": copies[row["content_sha256"]]})
    return found


def first_of_each(contents: list[str], n: int) -> list[int]:
    """Return the places of the first `n` different contents: copies of one sample would fill a gallery."""
    places: dict[str, int] = {}
    for place, one in enumerate(contents):
        places.setdefault(one, place)
    return list(places.values())[:n]


def excerpt(row: Json) -> Json:
    """Return {text}: the sentence as published, where each check can be seen, without the middle of a long one."""
    raw: str = row["text_raw"]
    return {"text": raw if len(raw) <= 2 * EXCERPT else f"{raw[:EXCERPT]} … {raw[-EXCERPT:]}"}

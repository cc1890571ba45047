"""Pairs of nearly equal samples as the page of duplicates shows them: side by side, what is wrong with them first."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc

from bhab.report.inputs import Inputs, Json
from bhab.report.media import content, sheet
from bhab.schema import FACE_PX, Modality
from bhab.store import pixels, take_ids, write_png

ORDER = [(name, "descending") for name in ("contradicts", "spans_splits")]
BY_CHANCE = [(name, "ascending") for name in ("one_id", "other_id")]  # an id is a hash: a fair draw


def near_pairs(inputs: Inputs, modality: Modality, n: int, site: Path) -> list[Json]:
    """Return up to `n` pairs: contradicting ones first, then those across splits; up to a third are mirrored.

    No sample is shown twice. Each pair has what the table of pairs says of it, its `members`, and for faces one
    `picture` of both.
    """
    mine = inputs.pairs.filter(pc.equal(inputs.pairs["modality"], modality)).sort_by([*ORDER, *BY_CHANCE]).to_pylist()
    mirrored = _unlike([pair for pair in mine if pair["kind"] == "mirrored"], n // 3)
    shown = _unlike([*mirrored, *(pair for pair in mine if pair["kind"] == "near")], n)
    shown.sort(key=mine.index)
    return [pair | _shown(inputs, modality, pair, f"media/near_{modality}_{i}", site) for i, pair in enumerate(shown)]


def _unlike(pairs: Sequence[Json], n: int) -> list[Json]:
    """Return the first `n` pairs of samples that no pair before them has."""
    seen: set[str] = set()
    chosen: list[Json] = []
    for pair in pairs:
        ends = {pair["one_id"], pair["other_id"]}
        if not seen & ends and len(chosen) < n:
            chosen.append(pair)
            seen |= ends
    return chosen


def _shown(inputs: Inputs, modality: Modality, pair: Json, name: str, site: Path) -> Json:
    rows = take_ids(inputs.samples[modality], [pair["one_id"], pair["other_id"]])
    kept = ("source", "source_key", "source_split", "emotion")
    members = [{key: row[key] for key in kept} for row in rows.select(kept).to_pylist()]
    if modality is Modality.FACES:
        write_png(sheet(pixels(rows["image"], (FACE_PX, FACE_PX))), site / f"{name}.png")
        return {"members": members, "picture": f"{name}.png"}
    said = [content(modality, row, f"{name}_{i}", site) for i, row in enumerate(rows.to_pylist())]
    return {"members": [member | each for member, each in zip(members, said, strict=True)]}

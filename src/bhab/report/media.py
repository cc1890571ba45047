"""Pictures and sounds of the site: few, small, and chosen by sample_id, which is a hash: a fair draw."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.report.inputs import Inputs, Json, read_metrics
from bhab.schema import EMOTIONS, FACE_PX, SPEECH_RATE_HZ, Modality
from bhab.store import pixels, take_ids, write_bytes, write_png, write_wav

SHEET_COLUMNS = 6
ZOOM = 2  # 48 pixels are too few to judge an expression on a fine screen
GAP_PX = 4
NO_EMOTION = "none"
PAGE_BACKGROUND = 255


def sheet(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (n, 48, 48) grey images in rows of SHEET_COLUMNS as one grey picture, enlarged, white between."""
    rows = -(-len(images) // SHEET_COLUMNS)
    step = FACE_PX * ZOOM + GAP_PX
    canvas = np.full((rows * step, min(len(images), SHEET_COLUMNS) * step), PAGE_BACKGROUND, dtype=np.uint8)
    for place, image in enumerate(images):
        top, left = place // SHEET_COLUMNS * step, place % SHEET_COLUMNS * step
        large = image.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)  # (96, 96)
        canvas[top : top + FACE_PX * ZOOM, left : left + FACE_PX * ZOOM] = large
    return canvas


def draw(table: pa.Table, n: int) -> list[tuple[str, pa.Table]]:
    """Return up to `n` rows of each emotion, first by sample_id, and of those without one."""
    keys = table.select(["sample_id", "emotion"]).sort_by("sample_id")  # without the images: a table may be large
    parts = []
    for emotion in [*EMOTIONS, NO_EMOTION]:
        column = keys["emotion"]
        rows = keys.filter(pc.is_null(column) if emotion == NO_EMOTION else pc.equal(column, emotion))
        if rows.num_rows:
            parts.append((emotion, take_ids(table, rows["sample_id"].to_pylist()[:n])))
    return parts


def faces(table: pa.Table, n: int, site: Path) -> list[Json]:
    """Write one sheet of faces for each emotion and return {emotion, n, picture, sources}."""
    rows = []
    for emotion, part in draw(table, n):
        picture = f"media/faces_{emotion}.png"
        write_png(sheet(pixels(part["image"], (FACE_PX, FACE_PX))), site / picture)
        sources = sorted(set(part["source"].to_pylist()))
        rows.append({"emotion": emotion, "n": part.num_rows, "picture": picture, "sources": sources})
    return rows


def texts(table: pa.Table, n: int) -> list[Json]:
    """Return {emotion, rows: [{text, source, key}]}."""
    return [
        {
            "emotion": emotion,
            "rows": [
                {"text": row["text"], "source": row["source"], "key": row["source_key"]}
                for row in part.select(["text", "source", "source_key"]).to_pylist()
            ],
        }
        for emotion, part in draw(table, n)
    ]


def clips(speech: pa.Table, clean: pa.Table, site: Path) -> list[Json]:
    """Write one clip for each emotion as it came and as it was left, and return what to say of it.

    A clip that was denoised is preferred over one that the guard kept as it was.
    """
    rows = []
    chosen = dict(draw(clean, 1)) | dict(draw(clean.filter(clean["denoised"]), 1))
    for emotion, part in chosen.items():
        [first] = part.to_pylist()
        [before] = take_ids(speech, [first["sample_id"]]).to_pylist()
        names = {"before": f"media/clip_{emotion}_before.wav", "after": f"media/clip_{emotion}_after.wav"}
        write_clip(before["pcm"], site / names["before"])
        write_clip(first["pcm"], site / names["after"])
        rows.append(names | {"emotion": emotion, "clean": first, "speech": before})
    return rows


def spoken(audio: Path, site: Path) -> list[Json]:
    """Copy the spoken sentences, EMOTION.wav beside sentences.json, and return {emotion, audio, sentence}."""
    rows = []
    sentences = read_metrics(audio).get("sentences", {})
    for path in sorted(audio.glob("*.wav")):
        name = f"media/spoken_{path.name}"
        write_bytes(path.read_bytes(), site / name)
        rows.append({"emotion": path.stem, "audio": name, "sentence": sentences.get(path.stem)})
    return rows


def duplicate_groups(inputs: Inputs, modality: Modality, n: int, site: Path) -> list[Json]:
    """Return up to `n` groups of equal content, contradicting ones first, with what each member says of itself.

    The content is shown once, as equal content allows: a picture, a sentence, or a clip.
    """
    mine = inputs.duplicates.filter(pc.equal(inputs.duplicates["modality"], modality))
    order = [("contradicts", "descending"), ("spans_splits", "descending"), ("duplicate_group", "ascending")]
    heads: list[str] = list(dict.fromkeys(mine.sort_by(order)["duplicate_group"].to_pylist()))[:n]
    groups = []
    for number, head in enumerate(heads):
        members = mine.filter(pc.equal(mine["duplicate_group"], head)).sort_by("sample_id")
        rows = take_ids(inputs.samples[modality], members["sample_id"].to_pylist()).to_pylist()
        kept = ("source", "source_key", "source_split", "emotion", "sample_id")
        groups.append(
            {
                "contradicts": members["contradicts"][0].as_py(),
                "spans_splits": members["spans_splits"][0].as_py(),
                "members": [{key: row[key] for key in kept} for row in rows],
            }
            | content(modality, rows[0], f"media/equal_{modality}_{number}", site)
        )
    return groups


def content(modality: Modality, row: Json, name: str, site: Path) -> Json:
    """Write the content of one sample and return {picture}, {text} or {audio} for a page to show."""
    if modality is Modality.TEXTS:
        return {"text": row["text"]}
    if modality is Modality.SPEECH:
        write_clip(row["pcm"], site / f"{name}.wav")
        return {"audio": f"{name}.wav"}
    image = np.frombuffer(row["image"], dtype=np.uint8).reshape(1, FACE_PX, FACE_PX)
    write_png(sheet(image), site / f"{name}.png")
    return {"picture": f"{name}.png"}


def write_clip(pcm: bytes, path: Path) -> None:
    """Write 16 kHz mono PCM16 as a wav."""
    write_wav(np.frombuffer(pcm, dtype="<i2"), SPEECH_RATE_HZ, path)


def figures(folder: Path, site: Path) -> dict[str, list[str]]:
    """Copy every SVG and PNG under `folder` and return their names in the site by the name of their folder."""
    found: dict[str, list[str]] = {}
    for path in sorted([*folder.rglob("*.svg"), *folder.rglob("*.png")]):
        name = f"figures/{path.relative_to(folder).as_posix()}"
        write_bytes(path.read_bytes(), site / name)
        found.setdefault(path.parent.relative_to(folder).as_posix(), []).append(name)
    return found

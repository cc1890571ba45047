"""A corpus of twenty samples a modality, for the tests of the way to Label Studio and back."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from bhab.schema import EMOTIONS, FACE_PX, LABEL_ISSUES, PREDICTIONS, SAMPLE_TABLES, Column, Modality, sample_id
from bhab.store import table_of, write_shards, write_table

N = 20
TEXTS = ("আজ খুব ভালো লাগছে", "কেউ আমার কথা শোনে না", "হঠাৎ দরজায় শব্দ হলো", "কাল সকালে বাজারে যাব")


def plain(column: Column) -> object:
    """The plainest value a column may hold."""
    if column.nullable:
        return None
    if column.allowed is not None:
        return column.allowed[0]
    if column.bounds is not None:
        return column.type.to_pandas_dtype()(column.bounds[0])
    return b"" if pa.types.is_binary(column.type) else "plain"


def samples(modality: Modality) -> pa.Table:
    """Twenty samples; the last one has no emotion."""
    return table_of([sample(modality, place) for place in range(N)], SAMPLE_TABLES[modality]).sort_by("sample_id")


def sample(modality: Modality, place: int) -> dict[str, object]:
    rows, columns = np.mgrid[:FACE_PX, :FACE_PX]
    tone = np.sin(2 * np.pi * (200 + 40 * place) * np.arange(8000) / 16000)  # half a second
    content = {
        "image": ((rows * (place + 1) + columns) % 256).astype(np.uint8).tobytes(),
        "pcm": (12000 * tone).astype("<i2").tobytes(),
        "text": f"{TEXTS[place % len(TEXTS)]} {place}",
    }
    known = {
        "sample_id": sample_id("tiny", f"{modality} {place}"),
        "emotion": EMOTIONS[place % 7] if place < N - 1 else None,
    }
    columns_ = SAMPLE_TABLES[modality]
    row = {c.name: plain(c) for c in columns_} | content | known
    return {c.name: row[c.name] for c in columns_}


def predictions(ids: list[str], model: str = "light_cnn") -> pa.Table:
    """Guesses of a model: the first id the least sure, always happy."""
    rows = []
    for place, name in enumerate(ids):
        sure = 0.3 + 0.5 * place / N
        rows.append(
            {c.name: plain(c) if c.name != "leaked" else False for c in PREDICTIONS}
            | {f"p_{e}": (1 - sure) / 6 for e in EMOTIONS}
            | {"sample_id": name, "model": model, "predicted": "happy", "p_happy": sure}
        )
    return table_of(rows, PREDICTIONS)


def label_issues(modality: Modality, ids: list[str]) -> pa.Table:
    """Labels in doubt: happy, perhaps sad; the last id the worst but not flagged, the one before the worst flagged."""
    rows = [
        {c.name: plain(c) for c in LABEL_ISSUES}
        | {"sample_id": name, "modality": modality, "emotion": "happy", "suggested": "sad", "p_suggested": 0.8}
        | {"rank": len(ids) - place, "flagged": place < len(ids) - 1}
        for place, name in enumerate(ids)
    ]
    return table_of(rows, LABEL_ISSUES)


def write_corpus(folder: Path) -> None:
    """Write what `bhab annotate` looks for: tables, predictions of light_cnn for ten faces, doubtful labels."""
    for modality in Modality:
        write_shards(samples(modality), folder / "data/interim" / modality, 2)
    doubtful = [label_issues(m, samples(m)["sample_id"].to_pylist()[:4]) for m in Modality]
    write_table(pa.concat_tables(doubtful), folder / "data/interim/suspects/label_issues.parquet")
    guessed = samples(Modality.FACES)["sample_id"].to_pylist()[10:]
    write_table(predictions(guessed), folder / "data/processed/predictions/light_cnn.parquet")

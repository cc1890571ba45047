"""A small corpus of faces as the stages before the gates leave it, sound unless a case says otherwise."""

import hashlib
from collections import Counter

from curation_rows import faces, sample, sample_id, tables

from bhab.quality.links import Corpus
from bhab.schema import (
    AUGMENTED,
    DUPLICATES,
    EMOTIONS,
    FACE_BYTES,
    GROUPS,
    LABELS,
    PAIRS,
    REJECTS,
    SPLITS,
    Modality,
)
from bhab.store import table_of

OF = {"a": "train", "b": "train", "c": "validation", "d": "test", "e": "test"}  # split of each face


def image(name: str) -> bytes:
    """Pixels unlike those of any other name."""
    return hashlib.sha256(name.encode()).digest() * (FACE_BYTES // 32)


def face(name: str, **changes: object) -> dict[str, object]:
    """A face that is like no other."""
    own = {"image": image(name), "content_sha256": hashlib.sha256(image(name)).hexdigest()}
    return sample(name, **(own | changes))


def split_row(row: dict[str, object], split: str, **changes: object) -> dict[str, object]:
    """Where a face is used."""
    same = {key: row[key] for key in ("sample_id", "source", "emotion")}
    return same | {"modality": "faces", "group_id": row["sample_id"], "split": split, "leaked": False} | changes


def label_row(row: dict[str, object]) -> dict[str, object]:
    """The source's own label."""
    same = {key: row[key] for key in ("sample_id", "emotion")}
    return same | {"modality": "faces", "origin": "source", "n_votes": 0}


def group_row(row: dict[str, object], group: str | None = None) -> dict[str, object]:
    """A group of its own, or that of the face `group`."""
    return {
        "sample_id": row["sample_id"],
        "modality": "faces",
        "group_id": sample_id(group or "") if group else row["sample_id"],
    }


def pair(one: str, other: str) -> dict[str, object]:
    """Two faces that are nearly the same."""
    ends = {"one_id": sample_id(one), "other_id": sample_id(other), "modality": "faces", "kind": "near"}
    return ends | {"similarity": 0.99, "spans_splits": False, "contradicts": False}


def child(name: str, parent: str, pixels: str | None = None) -> dict[str, object]:
    """An augmented face."""
    ends = {"sample_id": sample_id(name), "parent_id": sample_id(parent), "emotion": "happy"}
    return ends | {"image": image(pixels or name)}


def reject(key: str, reason: str = "duplicate", stage: str = "split") -> dict[str, object]:
    """An item that was dropped."""
    return {"source": "corpus", "source_key": key, "stage": stage, "reason": reason, "detail": ""}


def counts_of(rows: list[dict[str, object]], rejects: list[dict[str, object]]) -> dict[str, object]:
    """counts.json of these rows."""
    emotions = Counter(row["emotion"] or "none" for row in rows)
    sources = sorted({row["source"] for row in (*rows, *rejects)})
    return {
        "sources": {
            s: {
                "kept": sum(row["source"] == s for row in rows),
                "rejects": dict(Counter(row["reason"] for row in rejects if row["source"] == s)),
            }
            for s in sources
        },
        "tables": {
            str(m): {
                "n": len(rows) if m is Modality.FACES else 0,
                "by_emotion": {e: emotions[e] if m is Modality.FACES else 0 for e in (*EMOTIONS, "none")},
            }
            for m in Modality
        },
    }


def corpus(
    people: dict[str, dict[str, object]] | None = None,
    *,
    uses: dict[str, dict[str, object]] | None = None,
    tied: dict[str, str] | None = None,
    children: tuple[dict[str, object], ...] = (child("k", "a"),),
    **changed: list[dict[str, object]],
) -> Corpus:
    """Faces a to e in the splits of OF.

    `people` changes faces, `uses` rows of splits, `tied` names the face whose group it is in, `changed` are tables.
    """
    rows = [face(name, **(people or {}).get(name, {})) for name in OF]
    given = {
        "rejects": [reject("broken.raw", "image_corrupt", "ingest")],
        "labels": [label_row(row) for row in rows],
        "groups": [group_row(row, (tied or {}).get(name)) for name, row in zip(OF, rows, strict=True)],
        "duplicates": [],
        "pairs": [],
        "splits": [split_row(row, OF[n], **(uses or {}).get(n, {})) for n, row in zip(OF, rows, strict=True)],
        "left_out": [],
        "augmented": list(children),
    } | changed
    columns = {"rejects": REJECTS, "labels": LABELS, "groups": GROUPS, "duplicates": DUPLICATES, "pairs": PAIRS}
    columns |= {"splits": SPLITS, "left_out": REJECTS, "augmented": AUGMENTED}
    counts = given.pop("counts", None) or counts_of(rows, given["rejects"])
    return Corpus(
        samples=tables(faces=faces(*rows)),
        counts=counts,
        **{name: table_of(given[name], columns[name]) for name in columns},
    )

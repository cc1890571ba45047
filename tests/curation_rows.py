"""Makers of valid rows for the tests of curation: a case states only what it is about."""

import hashlib

import pyarrow as pa

from bhab.schema import FACE_BYTES, FACES, PAIRS, SPEECH, TEXTS, Modality
from bhab.store import table_of


def sample_id(name: str) -> str:
    """The id a sample of this name has in these tests: the name itself, readable, filled up with zeros."""
    return name.rjust(20, "0")


def sample(name: str, **changes: object) -> dict[str, object]:
    """A valid row of any modality; content is unlike any other unless `content_sha256` says so."""
    row = {
        "sample_id": sample_id(name),
        "content_sha256": hashlib.sha256(name.encode()).hexdigest(),
        "source": "corpus",
        "source_key": f"{name}.raw",
        "emotion": "happy",
        "licence": "MIT",
        "consent": "synthetic",
    }
    return row | changes


def faces(*rows: dict[str, object]) -> pa.Table:
    face = {
        "image": bytes(FACE_BYTES),
        "source_width_px": 48,
        "source_height_px": 48,
        "brightness": 100.0,
        "contrast": 50.0,
        "sharpness": 1000.0,
    }
    return table_of([face | row for row in rows], FACES)


def speech(*rows: dict[str, object]) -> pa.Table:
    clip = {
        "pcm": bytes(32_000),
        "duration_s": 1.0,
        "source_rate_hz": 16_000,
        "source_channels": 1,
        "level_dbfs": -20.0,
        "peak_dbfs": -3.0,
        "clipped_share": 0.0,
        "silent_share": 0.0,
        "snr_db": 30.0,
    }
    return table_of([clip | row for row in rows], SPEECH)


def pairs(*linked: tuple[str, str]) -> pa.Table:
    """PAIRS of faces by their names, the lower first."""
    row = {"modality": "faces", "kind": "near", "similarity": 0.99, "spans_splits": False, "contradicts": False}
    return table_of([row | {"one_id": sample_id(one), "other_id": sample_id(other)} for one, other in linked], PAIRS)


def tables(**given: pa.Table) -> dict[Modality, pa.Table]:
    """All three modalities; those not given are empty."""
    empty = {"faces": faces(), "texts": table_of([], TEXTS), "speech": speech()}
    return {m: (empty | given)[m] for m in Modality}

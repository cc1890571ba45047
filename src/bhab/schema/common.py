"""Columns that many tables share, and short ways to declare one."""

import pyarrow as pa

from bhab.schema.columns import Column
from bhab.schema.labels import EMOTIONS, Modality, Split

ID = Column(name="sample_id", type=pa.string(), unique=True, doc="SHA-256 of source and key, first 20 hex digits.")
MODALITY = Column(name="modality", type=pa.string(), allowed=tuple(Modality), doc="Table the sample is in.")
EMOTION = Column(name="emotion", type=pa.string(), nullable=True, allowed=EMOTIONS, doc="Emotion; empty if unknown.")
SPLIT_COLUMN = Column(name="split", type=pa.string(), allowed=tuple(Split), doc="What the sample is used for.")


def text(name: str, doc: str, allowed: tuple[str, ...] | None = None) -> Column:
    """Return a string column that may be empty."""
    return Column(name=name, type=pa.string(), nullable=True, allowed=allowed, doc=doc)


def real(name: str, doc: str, bounds: tuple[float, float] | None = None, *, nullable: bool = False) -> Column:
    """Return a float64 column."""
    return Column(name=name, type=pa.float64(), nullable=nullable, bounds=bounds, doc=doc)


def count(name: str, doc: str, low: float = 0, high: float = 1e9) -> Column:
    """Return an int32 column."""
    return Column(name=name, type=pa.int32(), bounds=(low, high), doc=doc)

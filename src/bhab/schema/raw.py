"""One item on its way in: as its source states it, before anything was decoded."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bhab.schema.labels import AgeGroup, Emotion, Gender, SkinTone, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSample:
    """One item as its source states it, with labels already in our label sets.

    `content` is the encoded item itself, or the path of the file that holds it: a worker reads it then.
    `votes` counts annotators by emotion, `extra` holds what only one modality has (statement, transcript, intensity).
    """

    key: str  # the source's own name for the item: a path under its root, a row number, an id
    content: bytes | Path
    emotion: Emotion | None = None
    source_label: str | None = None  # the label in the source's own words
    source_split: Split | None = None
    subject: str | None = None  # unique within the source
    gender: Gender | None = None
    age_group: AgeGroup | None = None
    skin_tone: SkinTone | None = None
    ethnicity: str | None = None
    licence: str | None = None  # overrides the source's, where rows differ
    votes: Mapping[str, int] | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReject:
    """One item that an adapter could not even name a sample: a broken row, a label outside the seven."""

    key: str
    reason: str  # the key it is counted under
    detail: str  # where, what was found, what was expected


@dataclass(frozen=True, slots=True)
class Pair:
    """What someone says of how they feel and what one says to them, both in the form of `bhab.text.clean`."""

    emotion: Emotion
    context: str | None  # None where only the emotion is known
    reply: str
    template: str  # the reply before names and things are filled in


def sample_id(source: str, key: str) -> str:
    """Return the id of the sample that `source` calls `key`: 20 hexadecimal digits, the same everywhere."""
    return hashlib.sha256(f"{source}\x00{key}".encode()).hexdigest()[:20]

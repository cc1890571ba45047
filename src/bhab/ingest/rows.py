"""From raw items to rows of the sample tables: every item leaves as one row or as one reject."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bhab.audio.decode import decode_clip
from bhab.audio.measures import clip_measures
from bhab.config import IngestConfig, SourceConfig
from bhab.curation.decisions import Drop
from bhab.schema import SPEECH_RATE_HZ, Modality, RawReject, RawSample, sample_id
from bhab.text.clean import clean
from bhab.text.measures import text_measures
from bhab.vision.decode import decode_face
from bhab.vision.measures import face_measures

Row = dict[str, object]
STAGE = "ingest"


def rows(
    items: Sequence[RawSample | RawReject], source_name: str, source: SourceConfig, config: IngestConfig
) -> tuple[list[Row], list[Row]]:
    """Return (rows of the modality's table, rows of the table of rejects), each in the order of `items`."""
    kept: list[Row] = []
    rejects: list[Row] = []
    for item in items:
        if isinstance(item, RawReject):
            rejects.append(reject_row(source_name, item.key, Drop(item.reason, item.detail)))
            continue
        own = _own(item, source.modality, config)
        if isinstance(own, Drop):
            rejects.append(reject_row(source_name, item.key, own))
        else:
            kept.append(_shared(item, source_name, source) | own)
    return kept, rejects


def reject_row(source_name: str, key: str, drop: Drop) -> Row:
    """Return one row of the table of rejects."""
    return {
        "source": source_name,
        "source_key": key,
        "stage": STAGE,
        "reason": drop.reason,
        "detail": drop.detail,
    }


def _own(item: RawSample, modality: Modality, config: IngestConfig) -> Row | Drop:
    """Return the columns that only the item's modality has, and content_sha256."""
    content = _content(item.content, config)
    return content if isinstance(content, Drop) else COLUMNS[modality](item, content, config)


def _content(content: bytes | Path, config: IngestConfig) -> bytes | Drop:
    """Return the encoded item, read now if it is a file."""
    if isinstance(content, bytes):
        return content
    try:
        if not content.is_file():  # also a link that leads nowhere, and a pipe that would block
            return Drop("file_missing", "not a file, expected one")
        n_bytes = content.stat().st_size
        if n_bytes > config.max_bytes:
            return Drop("file_too_large", f"{n_bytes} bytes, expected at most {config.max_bytes}")
        return content.read_bytes()
    except OSError as error:
        return Drop("file_missing", f"cannot be read: {error.strerror}")


def _face(_: RawSample, content: bytes, config: IngestConfig) -> Row | Drop:
    face = decode_face(content, config)
    if isinstance(face, Drop):
        return face
    image = face.grey.tobytes()
    return {
        "content_sha256": hashlib.sha256(image).hexdigest(),
        "image": image,
        "colour": None if face.colour is None else face.colour.tobytes(),
        "source_width_px": face.width_px,
        "source_height_px": face.height_px,
        **face_measures(face.grey, face.colour),
    }


def _text(_: RawSample, content: bytes, config: IngestConfig) -> Row | Drop:
    try:
        raw = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return Drop("text_encoding", f"byte 0x{content[error.start]:02x} at {error.start}, expected UTF-8")
    if len(raw) > config.max_text_chars:
        return Drop("text_too_long", f"{len(raw)} characters, expected at most {config.max_text_chars}")
    text = clean(raw)
    measures = text_measures(text)
    if not measures["n_words"]:
        return Drop("text_empty", f"{raw!r:.80}, expected at least one word")
    return {
        "content_sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "text_raw": raw,
        "text": text,
        **measures,
    }


def _clip(item: RawSample, content: bytes, config: IngestConfig) -> Row | Drop:
    clip = decode_clip(content, config)
    if isinstance(clip, Drop):
        return clip
    pcm = clip.pcm.astype("<i2").tobytes()
    return {
        "content_sha256": hashlib.sha256(pcm).hexdigest(),
        "pcm": pcm,
        "duration_s": len(clip.pcm) / SPEECH_RATE_HZ,
        "source_rate_hz": clip.source_rate_hz,
        "source_channels": clip.source_channels,
        **clip_measures(clip.pcm),
        "statement": item.extra.get("statement"),
        "transcript": item.extra.get("transcript"),
        "intensity": item.extra.get("intensity"),
    }


COLUMNS: Mapping[Modality, Callable[[RawSample, bytes, IngestConfig], Row | Drop]] = {
    Modality.FACES: _face,
    Modality.TEXTS: _text,
    Modality.SPEECH: _clip,
}


def _shared(item: RawSample, source_name: str, source: SourceConfig) -> Row:
    """Return the columns that every modality has, but for content_sha256."""
    return {
        "sample_id": sample_id(source_name, item.key),
        "source": source_name,
        "source_key": item.key,
        "source_split": item.source_split,
        "source_label": item.source_label,
        "emotion": item.emotion,
        "subject_id": None if item.subject is None else f"{source_name}/{item.subject}",
        "gender": item.gender,
        "age_group": item.age_group,
        "skin_tone": item.skin_tone,
        "ethnicity": item.ethnicity,
        "licence": item.licence or source.licence,
        "consent": source.consent,
        "votes": None if item.votes is None else list(item.votes.items()),
    }

"""From raw items to rows of the sample tables: every item leaves as one row or as one reject."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bhab.audio.decode import decode_clip
from bhab.audio.measures import clip_measures
from bhab.config import IngestConfig, SourceConfig
from bhab.curation.decisions import Drop
from bhab.ingest.files import printable, read_file
from bhab.schema import SPEECH_RATE_HZ, Modality, RawReject, RawSample, sample_id
from bhab.text.clean import clean
from bhab.text.measures import text_measures
from bhab.vision.decode import decode_face
from bhab.vision.measures import face_measures

EXTRA = {Modality.FACES: (), Modality.TEXTS: (), Modality.SPEECH: ("statement", "transcript", "intensity")}
Row = dict[str, object]
Decode = Callable[[Iterable[bytes | Drop]], Iterator[Row | Drop]]
STAGE = "ingest"
MAX_DETAIL = 400  # characters of a reject's detail: what was found may be long


def rows(
    items: Sequence[RawSample | RawReject],
    source_name: str,
    source: SourceConfig,
    config: IngestConfig,
    decode: Decode | None = None,
) -> tuple[list[Row], list[Row]]:
    """Return (rows of the modality's table, rows of the table of rejects), each in the order of `items`.

    Without `decode`, files are decoded in this process: for those that are known to be harmless.
    """
    contents = (_content(item, Path(source.root), config) for item in items)
    kept: list[Row] = []
    rejects: list[Row] = []
    decoded = decode(contents) if decode else _decode_here(contents, source.modality, config)
    for item, own in zip(items, decoded, strict=True):
        if isinstance(own, Drop):
            rejects.append(reject_row(source_name, item.key, own))
        elif isinstance(item, RawSample):  # a RawReject has been dropped above
            kept.append(_shared(item, source_name, source) | own)
    return kept, rejects


def reject_row(source_name: str, key: str, drop: Drop) -> Row:
    """Return one row of the table of rejects."""
    return {
        "source": source_name,
        "source_key": printable(key),
        "stage": STAGE,
        "reason": drop.reason,
        "detail": printable(drop.detail)[:MAX_DETAIL],
    }


def _decode_here(contents: Iterable[bytes | Drop], modality: Modality, config: IngestConfig) -> Iterator[Row | Drop]:
    decode = COLUMNS[modality]
    return (content if isinstance(content, Drop) else decode(content, config) for content in contents)


def _content(item: RawSample | RawReject, root: Path, config: IngestConfig) -> bytes | Drop:
    """Return the encoded item, read now if it is a file."""
    if isinstance(item, RawReject):
        return Drop(item.reason, item.detail)
    return item.content if isinstance(item.content, bytes) else read_file(item.content, root, config.max_bytes)


def _face(content: bytes, config: IngestConfig) -> Row | Drop:
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


def _text(content: bytes, config: IngestConfig) -> Row | Drop:
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


def _clip(content: bytes, config: IngestConfig) -> Row | Drop:
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
        "channel_difference_db": clip.channel_difference_db,
        **clip_measures(clip.pcm),
    }


COLUMNS: Mapping[Modality, Callable[[bytes, IngestConfig], Row | Drop]] = {
    Modality.FACES: _face,
    Modality.TEXTS: _text,
    Modality.SPEECH: _clip,
}


def _shared(item: RawSample, source_name: str, source: SourceConfig) -> Row:
    """Return the columns that do not depend on the content."""
    key = printable(item.key)
    return {
        "sample_id": sample_id(source_name, key),
        "source": source_name,
        "source_key": key,
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
        **{name: item.extra.get(name) for name in EXTRA[source.modality]},
    }

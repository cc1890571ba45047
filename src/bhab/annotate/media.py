"""Faces and clips as files a browser shows: PNG and WAV, named by sample_id and holding nothing but the sample."""

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bhab.errors import AnnotationError
from bhab.schema import FACE_PX, SPEECH_RATE_HZ, Modality
from bhab.store import write_bytes

SAMPLE_BYTES = 2  # of PCM16


@dataclass(frozen=True, slots=True)
class Media:
    """One file for the browser."""

    name: str
    content: bytes
    content_type: str


def media_of(row: Mapping[str, object], modality: Modality) -> Media | None:
    """Return the file that shows a row of a sample table; None for a text, which is shown as it is."""
    match modality:
        case Modality.FACES:
            return Media(f"{row['sample_id']}.png", png(_binary(row, "image")), "image/png")
        case Modality.SPEECH:
            return Media(f"{row['sample_id']}.wav", wav(_binary(row, "pcm")), "audio/wav")
        case Modality.TEXTS:
            return None


def png(image: bytes) -> bytes:
    """Return 48 x 48 grey levels, uint8, as PNG."""
    import cv2

    grey = np.frombuffer(image, np.uint8).reshape(FACE_PX, FACE_PX)
    _, encoded = cv2.imencode(".png", grey)  # a grey image of a fixed size: there is nothing to refuse
    return encoded.tobytes()


def wav(pcm: bytes) -> bytes:
    """Return mono int16 little endian at 16 kHz as WAV."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(SPEECH_RATE_HZ)
        file.writeframes(pcm)
    return buffer.getvalue()


def local_address(media: Media, folder: Path) -> str:
    """Write a file into `folder`, annotations/tasks/media/MODALITY, and return its address on a server.

    The server's LOCAL_FILES_DOCUMENT_ROOT must be the folder two levels up, annotations/tasks.
    """
    write_bytes(media.content, folder / media.name)
    return f"/data/local-files/?d={folder.parent.name}/{folder.name}/{media.name}"


def _binary(row: Mapping[str, object], column: str) -> bytes:
    value = row[column]
    if not isinstance(value, bytes):
        raise AnnotationError(f"sample {row['sample_id']}: column {column} holds {value!r}, expected bytes")
    return value

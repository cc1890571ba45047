"""Recordings of noise from a stranger's folder: every WAVE and FLAC file in it, decoded as speech is, or a reject.

A file's name less the number at its end is its kind: birds_1.flac and birds_2.flac are two recordings of one kind.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.ingest.files import printable, read_file
from bhab.ingest.guard import Guard
from bhab.schema import Modality

SUFFIXES = {".flac", ".wav"}
NUMBER = re.compile(r"[-_ ]?\d+$")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of noise."""

    name: str
    kind: str
    pcm: NDArray[np.int16]  # (samples,), 16 kHz mono


@dataclass(frozen=True, slots=True)
class Recordings:
    """What a folder held: each file by its name, in that order, in one of the two."""

    kept: list[Recording]
    rejects: dict[str, Drop]


def read_noise(folder: Path, config: IngestConfig) -> Recordings:
    """Return the recordings in `folder`. Raises SourceLayoutError if there is no such folder, or no sound in it."""
    if not folder.is_dir():
        raise SourceLayoutError(f"{folder}: no such folder, expected one with recordings of noise")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise SourceLayoutError(f"{folder}: found no .wav and no .flac in it, expected recordings of noise")
    guard = Guard(Modality.SPEECH, config)
    found = Recordings([], {})
    try:
        decoded = guard.decode(read_file(path, folder, config.max_bytes) for path in paths)
        for path, row in zip(paths, decoded, strict=True):
            name = printable(path.name)
            if isinstance(row, Drop):
                found.rejects[name] = row
            else:
                pcm = np.frombuffer(row["pcm"], "<i2")  # type: ignore[call-overload]  # a row's values are objects
                found.kept.append(Recording(name, kind_of(path.stem), pcm))
    finally:
        guard.close()
    return found


def kind_of(stem: str) -> str:
    """Return the kind of noise that a file's name says, in lower case."""
    return printable(NUMBER.sub("", stem).lower() or stem)

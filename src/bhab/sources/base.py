"""What an adapter is, and what several share: files in a fixed order, a sidecar's rows, words to our label sets.

A word for a person that is none of ours is left out: demographics are never guessed. A word for an emotion that is none
of ours is a reject, so that a label map with a hole is seen; `labels` of the source closes it.
"""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, AnyStr

from bhab.config import SourceConfig
from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.schema import AgeGroup, Emotion, Gender, RawReject, RawSample, SkinTone, Split, age_group

Item = RawSample | RawReject
Adapter = Callable[[Path, SourceConfig], Iterator[Item]]
Labels = Mapping[str, Emotion | None]  # in lower case; None: known, but none of the seven

# A text has at most 20,000 characters, which are 240,000 bytes in JSON's escapes; four times as much is no row of ours.
MAX_LINE = 1 << 20
LINE_TOO_LONG = Drop("row_broken", f"a line of more than {MAX_LINE} characters")
AGE_DIGITS = 3

WORDS: Labels = {e.value: e for e in Emotion} | {
    "anger": Emotion.ANGRY,
    "disgusted": Emotion.DISGUST,
    "fearful": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "joy": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "surprised": Emotion.SURPRISE,
}
GENDERS = {"f": Gender.FEMALE, "m": Gender.MALE} | {g.value: g for g in Gender}
SKIN_TONES = {t.value: t for t in SkinTone}
SPLITS = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "test": Split.TEST,
    "testing": Split.TEST,
}


def label_map(own: Labels, source: SourceConfig) -> Labels:
    """Return the adapter's labels with those that the source's entry in params.yaml adds or replaces."""
    return {**own, **{label.strip().casefold(): emotion for label, emotion in source.labels.items()}}


def emotion_of(label: str, labels: Labels) -> Emotion | Drop | None:
    """Return what `label` means, whatever its case; None if it is known but none of the seven."""
    key = label.strip().casefold()
    if key not in labels:
        known = ", ".join(sorted(labels))
        return Drop("label_unknown", f"label {label!r:.80}, expected one of {known}")
    return labels[key]


def gender_of(word: str | None) -> Gender | None:
    """Return the gender a source states, None if it states none of ours."""
    return GENDERS.get((word or "").strip().casefold())


def skin_tone_of(word: str | None) -> SkinTone | None:
    """Return the skin tone a source states, None if it states none of ours."""
    return SKIN_TONES.get((word or "").strip().casefold())


def age_group_of(word: str | None) -> AgeGroup | None:
    """Return the group of an age in years, or the group itself by its name; None for anything else."""
    word = (word or "").strip()
    if word in set(AgeGroup):
        return AgeGroup(word)
    return age_group(int(word)) if word.isdecimal() and len(word) <= AGE_DIGITS else None


def split_of(word: str | None) -> Split | None:
    """Return the split that a source calls `word`, None if it is none of the usual names."""
    return SPLITS.get((word or "").strip().casefold())


def refuse(key: str, drop: Drop, where: str = "") -> RawReject:
    """Return the reject of the item `key`; `where` goes before what was found."""
    return RawReject(key=key, reason=drop.reason, detail=where + drop.detail)


def require_folder(root: Path) -> None:
    """Raise SourceLayoutError unless `root` is a folder."""
    if not root.is_dir():
        found = "a file" if root.exists() else "nothing"
        raise SourceLayoutError(f"{root}: found {found}, expected a folder")


def sidecar_of(root: Path, source: SourceConfig) -> Path | None:
    """Return the path of the source's sidecar, None if it has none. Raises SourceLayoutError if it is not there."""
    if source.sidecar is None:
        return None
    path = root / source.sidecar
    if not path.is_file():
        raise SourceLayoutError(f"{path}: no such file, expected the sidecar that params.yaml names")
    return path


def lines(file: IO[AnyStr]) -> Iterator[AnyStr | None]:
    """Yield each line of `file`, None for one longer than MAX_LINE: no more than that is ever in memory."""
    while line := file.readline(MAX_LINE):
        end = line
        while len(end) == MAX_LINE and end[-1:] not in ("\n", b"\n"):
            end = file.readline(MAX_LINE)
        yield line if end is line else None


def csv_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a sidecar. Raises SourceLayoutError if a column is missing or a row is broken."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(_none_too_long(file, path))
            missing = [c for c in columns if c not in (rows.fieldnames or ())]
            if missing:
                raise SourceLayoutError(f"{path}: columns {rows.fieldnames}, expected also {missing}")
            for row in rows:
                if None in row or None in row.values():
                    raise SourceLayoutError(f"{path}:{rows.line_num}: more or fewer values than the header has columns")
                yield row
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceLayoutError(f"{path}: not a CSV in UTF-8 ({error})") from error


def _none_too_long(file: IO[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(lines(file), start=1):
        if line is None:
            raise SourceLayoutError(f"{path}:{number}: {LINE_TOO_LONG.detail}")
        yield line


def files_under(root: Path) -> list[tuple[str, Path]]:
    """Return every file below `root` with its key, the path from `root` in POSIX form, sorted by key.

    A link to a folder is not entered, nor is a folder that cannot be read or whose path is too long for the system:
    each comes back as an item, which no decoder will take.
    """
    found, folders = [], [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                inside = list(entries)
        except OSError:
            found.append(folder)
            continue
        for entry in inside:
            key = f"{folder}/{entry.name}" if folder else entry.name
            (folders if entry.is_dir(follow_symlinks=False) else found).append(key)
    # A name need not be UTF-8, a key must.
    return sorted((os.fsencode(key).decode("utf-8", "backslashreplace"), root / key) for key in found)

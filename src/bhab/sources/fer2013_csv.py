"""FER2013 as published: one CSV, a 48 x 48 grey face a line.

Layout   ROOT/fer2013.csv with the columns emotion, pixels (2,304 grey levels, row by row) and Usage, in any order.
         Sidecar, optional: a CSV with the columns row, subject, gender, age_years, skin_tone, ethnicity.
Licence  none stated; the challenge offered it for research.
Labels   0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 surprise, 6 neutral.
Splits   Training is train. PublicTest and PrivateTest are both test: the common copy in folders has them so.
Keys     the number of the line, the header being line 1; `row` of the sidecar is the same number.

Each line is read by itself, so that one stray quote costs one face. Pixels become a binary PGM, which decoders know by
its first bytes.
"""

import csv
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from bhab.config import SourceConfig
from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.schema import FACE_BYTES, FACE_PX, Emotion, RawSample, Split
from bhab.sources.base import (
    LINE_TOO_LONG,
    Item,
    Labels,
    age_group_of,
    csv_rows,
    emotion_of,
    gender_of,
    label_map,
    lines,
    refuse,
    require_folder,
    sidecar_of,
    skin_tone_of,
)

FILE = "fer2013.csv"
HEADER = ("emotion", "pixels", "Usage")
DEMOGRAPHICS = ("row", "subject", "gender", "age_years", "skin_tone", "ethnicity")
LABELS: Labels = {
    "0": Emotion.ANGRY,
    "1": Emotion.DISGUST,
    "2": Emotion.FEAR,
    "3": Emotion.HAPPY,
    "4": Emotion.SAD,
    "5": Emotion.SURPRISE,
    "6": Emotion.NEUTRAL,
}
SPLITS = {"Training": Split.TRAIN, "PublicTest": Split.TEST, "PrivateTest": Split.TEST}
MAX_LEVEL = 255
PGM_HEADER = f"P5\n{FACE_PX} {FACE_PX}\n{MAX_LEVEL}\n".encode()
People = Mapping[str, Mapping[str, str]]


def read(root: Path, source: SourceConfig) -> Iterator[Item]:
    """Yield every face, in the order of the lines."""
    require_folder(root)
    path = root / FILE
    if not path.is_file():
        raise SourceLayoutError(f"{path}: no such file, expected the one CSV of FER2013")
    sidecar = sidecar_of(root, source)
    people = {row["row"]: row for row in csv_rows(sidecar, DEMOGRAPHICS)} if sidecar else {}
    labels = label_map(LABELS, source)
    with path.open(encoding="latin-1", newline="") as file:  # never fails; a byte that is no digit breaks its line only
        rows = lines(file)
        header = _cells(next(rows, ""))
        if isinstance(header, Drop) or sorted(header) != sorted(HEADER):
            found = header.detail if isinstance(header, Drop) else f"columns {header!r:.200}"
            raise SourceLayoutError(f"{path}:1: {found}, expected {list(HEADER)}")
        for number, line in enumerate(rows, start=2):
            item = _sample(str(number), line, header, labels, people)
            yield item if isinstance(item, RawSample) else refuse(str(number), item, where=f"line {number}: ")


def _sample(key: str, line: str | None, header: list[str], labels: Labels, people: People) -> RawSample | Drop:
    values = _values(line, header)
    if isinstance(values, Drop):
        return values
    pixels = _pixels(values["pixels"])
    if isinstance(pixels, Drop):
        return pixels
    if values["Usage"] not in SPLITS:
        return Drop("row_broken", f"Usage {values['Usage']!r:.80}, expected one of {', '.join(SPLITS)}")
    emotion = emotion_of(values["emotion"], labels)
    if isinstance(emotion, Drop):
        return emotion
    person = people.get(key, {})
    return RawSample(
        key=key,
        content=PGM_HEADER + pixels,
        emotion=emotion,
        source_label=values["emotion"],
        source_split=SPLITS[values["Usage"]],
        subject=person.get("subject") or None,
        gender=gender_of(person.get("gender")),
        age_group=age_group_of(person.get("age_years")),
        skin_tone=skin_tone_of(person.get("skin_tone")),
        ethnicity=person.get("ethnicity") or None,
    )


def _cells(line: str | None) -> list[str] | Drop:
    if line is None:
        return LINE_TOO_LONG
    try:
        return next(csv.reader([line.rstrip("\r\n")], strict=True), [])
    except csv.Error as error:
        return Drop("row_broken", f"{error}, expected {','.join(HEADER)}")


def _values(line: str | None, header: list[str]) -> dict[str, str] | Drop:
    """Return the values of one line by column."""
    values = _cells(line)
    if isinstance(values, Drop):
        return values
    if len(values) != len(header):
        return Drop("row_broken", f"{len(values)} values, expected {len(header)}: {','.join(header)}")
    return dict(zip(header, values, strict=True))


def _pixels(text: str) -> bytes | Drop:
    """Return the 2,304 grey levels that `text` spells in decimal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            levels = np.fromstring(text, dtype=np.int64, sep=" ")  # five times as fast as int() for each
    except (DeprecationWarning, ValueError):  # the one becomes the other in a later numpy
        return Drop("row_broken", f"pixels {text!r:.40}, expected {FACE_BYTES} numbers")
    if len(levels) != FACE_BYTES:
        return Drop("row_broken", f"{len(levels)} pixels, expected {FACE_BYTES}")
    if levels.min() < 0 or levels.max() > MAX_LEVEL:
        return Drop("row_broken", f"grey levels from {levels.min()} to {levels.max()}, expected 0 to {MAX_LEVEL}")
    return levels.astype(np.uint8).tobytes()

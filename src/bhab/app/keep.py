"""Faces that people gave on the live page, as a raw source: nothing is written before they agreed to WORDING.

Layout   ROOT/consent.csv and ROOT/LABEL/SUBJECT-0001.png, 48 x 48 grey; LABEL is how they say they feel, or UNLABELLED.
         Adapter image_folder reads it, with sidecar consent.csv: file, subject, name, date, wording.
Withdrawal  who gives faces is told a code. SUBJECT is a hash of it, so that what is stored does not tell the code, and
         the code finds what to delete.
"""

import csv
import hashlib
import io
import re
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.errors import LiveError
from bhab.schema import Emotion
from bhab.store import remove, write_png, write_text

FILE = "consent.csv"
UNLABELLED = "unlabelled"
WORDING = (
    "I am the person in this picture, or I may speak for them. The face, cut out at 48 x 48 grey pixels, and what I "
    "say I feel may be stored on this computer and used to train and judge models of facial expressions. I can have "
    "it deleted with my code at any time; models that were trained before keep what they learned."
)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MAX_NAME = 80  # characters
CODE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Consent:
    """One row of consent.csv: who agreed to what, on the date that they saw, for which file."""

    file: str
    subject: str
    name: str  # as they gave it, or empty
    date: str
    wording: str


def new_code() -> str:
    """Return a code that nobody can guess, for a person to write down."""
    return secrets.token_hex(CODE_BYTES)


def subject_of(code: str) -> str:
    """Return the name under which the faces of `code` are stored."""
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()[:12]


def keep(root: Path, face: NDArray[np.uint8], label: Emotion | None, code: str, signed: tuple[str, str]) -> str:
    """Store one face, (48, 48), and the consent to it, a name and a date; return its path from `root`.

    The consent is written first: a face never stands there without one. Raises LiveError for a name or date that
    cannot be one.
    """
    name, date = signed
    if not DATE.fullmatch(date):
        raise LiveError(f"date {date!r:.40}, expected one like 2026-01-31")
    if len(name) > MAX_NAME or not name.isprintable():
        raise LiveError(f"name {name!r:.100}, expected at most {MAX_NAME} characters in a line")
    rows, subject = read_consents(root), subject_of(code)
    number = 1 + max((int(Path(row.file).stem[-4:]) for row in rows if row.subject == subject), default=0)
    file = f"{label or UNLABELLED}/{subject}-{number:04d}.png"
    _write([*rows, Consent(file, subject, name, date, WORDING)], root)
    write_png(face, root / file)
    return file


def withdraw(root: Path, code: str) -> int:
    """Delete every face of `code` and the consent to it; return how many there were."""
    rows, subject = read_consents(root), subject_of(code)
    theirs = [row for row in rows if row.subject == subject]
    for row in theirs:
        remove(root / row.file)
    if theirs:
        _write([row for row in rows if row.subject != subject], root)
    return len(theirs)


def read_consents(root: Path) -> list[Consent]:
    """Return what was agreed to so far."""
    path = root / FILE
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Consent(**row) for row in csv.DictReader(file)]


def _write(rows: list[Consent], root: Path) -> None:
    text = io.StringIO()
    out = csv.DictWriter(text, [field.name for field in fields(Consent)], lineterminator="\n")
    out.writeheader()
    out.writerows(asdict(row) for row in sorted(rows, key=lambda row: row.file))
    write_text(text.getvalue(), root / FILE)

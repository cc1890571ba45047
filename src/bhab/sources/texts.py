"""Sentences in one file: JSON lines, or a CSV, with a map of its columns.

Layout   ROOT is the file. One named *.csv has a header and commas; any other holds one JSON object a line. `columns` of
         the source says which column is what; a column it names must be there.
Licence  as the entry in params.yaml says, or row by row in the column `licence`.
Labels   our seven and common words for them, in any case; `labels` of the source adds more. No label is no emotion.
         Votes are labels too; one that is none of the seven is counted under its own name.
Keys     the column `key`, else the number of the line that ends the row; a repeated key is a reject, the first stays.

The encoding is UTF-8, checked row by row: a line in another encoding is one reject and its neighbours are kept. Blank
lines hold nothing and are passed over.
"""

import csv
import reprlib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from bhab.config import ColumnMap, SourceConfig
from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.schema import Emotion, RawSample
from bhab.sources.base import (
    WORDS,
    Item,
    Labels,
    age_group_of,
    emotion_of,
    gender_of,
    label_map,
    lines,
    refuse,
    split_of,
)
from bhab.sources.json_lines import Row, json_rows, not_utf8

LOOK_AHEAD = 1000  # rows in which a column of the map must appear; JSON lines may leave out what is empty
COLUMNS_TOLD = 20  # in a message, of what may be millions
MAX_WORD = 1000  # characters of a key, a label, a name; a text may be longer
REFUSED = "x" * (csv.field_size_limit() + 1)  # stands for a line too long; the reader gives it up, wherever it is
LONG = {"text", "votes"}  # fields of the map whose columns hold more than a word


def read(root: Path, source: SourceConfig) -> Iterator[Item]:
    """Yield every row, in the order of the file."""
    if not root.is_file():
        found = "a folder" if root.is_dir() else "nothing"
        raise SourceLayoutError(f"{root}: found {found}, expected a file of texts, JSON lines or CSV")
    if source.columns is None:
        raise SourceLayoutError(
            f"{root}: params.yaml has no `columns` for it, expected at least columns: {{text: NAME}}"
        )
    rows = _csv_rows if root.suffix.lower() == ".csv" else json_rows
    _require_columns(root, (row for _, row in islice(rows(root), LOOK_AHEAD)), source.columns)
    labels, seen = label_map(WORDS, source), set()
    for number, row in rows(root):
        key, item = _item(number, row, source.columns, labels)
        if isinstance(item, RawSample) and key in seen:
            item = Drop("key_repeated", f"key {key!r:.80} again, expected each once")
        if isinstance(item, RawSample):
            seen.add(key)
            yield item
        else:
            yield refuse(key, item, where=f"line {number}: ")


def _require_columns(root: Path, rows: Iterator[Row | Drop], columns: ColumnMap) -> None:
    """Raise SourceLayoutError if a column of the map is in none of `rows`; nothing is said of a file without rows."""
    missing, found = set(columns.model_dump(exclude_none=True).values()), set[str]()
    for row in rows:
        if not isinstance(row, Drop):
            missing -= row.keys()
            found.update(islice(row, COLUMNS_TOLD))
    if found and missing:
        told = sorted(found)[:COLUMNS_TOLD]
        raise SourceLayoutError(
            f"{root}: columns {told!r:.400}, expected also {sorted(missing)}, which params.yaml names"
        )


def _csv_rows(path: Path) -> Iterator[tuple[int, Row | Drop]]:
    """Yield each row with the number of its last line: a quoted cell may hold newlines."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.reader(REFUSED if line is None else line for line in lines(file))
        try:
            header = next(rows, [])
        except csv.Error as error:
            raise SourceLayoutError(f"{path}:1: {error}, expected the names of the columns") from error
        while True:
            try:
                values = next(rows, None)
            except csv.Error as error:
                yield rows.line_num, Drop("row_broken", f"{error}")
                continue
            if values is None:
                return
            if values:
                yield rows.line_num, _csv_row(values, header)


def _csv_row(values: list[str], header: list[str]) -> Row | Drop:
    try:
        "".join(values).encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError as error:
        return not_utf8(error)
    if len(values) != len(header):
        return Drop("row_broken", f"{len(values)} values, expected {len(header)}: {','.join(header):.200}")
    return dict(zip(header, values, strict=True))


def _item(number: int, row: Row | Drop, columns: ColumnMap, labels: Labels) -> tuple[str, RawSample | Drop]:
    """Return the key of a row and what it holds."""
    if isinstance(row, Drop):
        return str(number), row
    odd = [column for field, column in columns if field not in LONG and column and not _is_word(row.get(column))]
    if odd:
        found = reprlib.repr(row[odd[0]])
        return str(number), Drop("row_broken", f"{odd[0]!r} is {found}, expected at most {MAX_WORD} characters")
    key = _word(row, columns.key) if columns.key else str(number)
    if key is None:
        return str(number), Drop("row_broken", f"no {columns.key!r}, expected a key")
    return key, _sample(key, row, columns, labels)


def _sample(key: str, row: Row, columns: ColumnMap, labels: Labels) -> RawSample | Drop:
    text = row.get(columns.text)
    if not isinstance(text, str):
        return Drop("row_broken", f"{columns.text!r} is {reprlib.repr(text)}, expected a string")
    label = _word(row, columns.label)
    emotion = None if label is None else emotion_of(label, labels)
    if isinstance(emotion, Drop):
        return emotion
    votes = _votes(row.get(columns.votes) if columns.votes else None, labels)
    if isinstance(votes, Drop):
        return votes
    return RawSample(
        key=key,
        content=text.encode("utf-8"),
        emotion=emotion,
        source_label=label,
        source_split=split_of(_word(row, columns.split)),
        subject=_word(row, columns.subject),
        gender=gender_of(_word(row, columns.gender)),
        age_group=age_group_of(_word(row, columns.age_group)),
        licence=_word(row, columns.licence),
        votes=votes,
    )


def _is_word(value: object) -> bool:
    return value is None or (isinstance(value, str | int | float) and len(str(value)) <= MAX_WORD)


def _word(row: Row, column: str | None) -> str | None:
    """Return a cell as text, None where there is nothing in it."""
    value = row.get(column) if column else None
    return None if value in (None, "") else str(value)


def _votes(cell: object, labels: Labels) -> Mapping[str, int] | Drop | None:
    """Return the counts of the annotators' labels by emotion, in the order of the names."""
    words = cell.split(";") if isinstance(cell, str) else cell
    if words is None:
        return None
    if not isinstance(words, list) or not all(map(_is_word, words)):
        return Drop("row_broken", f"votes {reprlib.repr(cell)}, expected a list of labels")
    counts = Counter(_vote(str(word), labels) for word in words if word not in (None, ""))
    return dict(sorted(counts.items())) or None


def _vote(word: str, labels: Labels) -> str:
    emotion = emotion_of(word, labels)
    return emotion.value if isinstance(emotion, Emotion) else word.strip()

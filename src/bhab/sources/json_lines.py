"""Rows of a file with one JSON object a line, each read by itself: a broken line is one reject."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from bhab.curation.decisions import Drop
from bhab.sources.base import LINE_TOO_LONG, lines

Row = Mapping[str, object]


def json_rows(path: Path) -> Iterator[tuple[int, Row | Drop]]:
    """Yield each line that is not blank with its number, from 1."""
    with path.open("rb") as file:
        for number, line in enumerate(lines(file), start=1):
            if line is None:
                yield number, LINE_TOO_LONG
            elif line.strip():
                yield number, _json_row(line)


def _json_row(line: bytes) -> Row | Drop:
    try:
        row = STRICT.decode(line.decode("utf-8-sig"))
        json.dumps(row, ensure_ascii=False).encode("utf-8")  # JSON can spell half a character, a table cannot
    except UnicodeDecodeError as error:
        return not_utf8(error)
    except UnicodeEncodeError as error:
        return Drop("text_encoding", f"half a character, {error.object[error.start]!a}, expected whole ones")
    except (ValueError, RecursionError) as error:
        return Drop("row_broken", f"not JSON ({str(error).split(':')[0]}), expected one object")
    if not isinstance(row, dict):
        return Drop("row_broken", f"JSON of type {type(row).__name__}, expected an object")
    return row


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON. Raises ValueError if a name is there twice: which one counts is anyone's guess."""
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("a name is there twice")
    return row


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is no number of JSON")


STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def not_utf8(error: UnicodeDecodeError) -> Drop:
    """Return why bytes that raised `error` are dropped."""
    return Drop("text_encoding", f"byte 0x{error.object[error.start]:02x}, expected UTF-8")

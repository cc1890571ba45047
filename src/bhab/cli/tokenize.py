"""`bhab tokenize`: texts, one a line, to the tokens and ids that models read."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Annotated

import typer

from bhab.errors import TableError
from bhab.text.clean import clean
from bhab.text.units import read_units
from bhab.text.vocabulary import MAX_WORDS, SPECIAL_WORDS, UNKNOWN
from bhab.text.words import words

MAX_LINE = 1 << 20  # bytes: some 350,000 letters of Bengali; one text is a sentence


def tokenize(
    file: Annotated[Path, typer.Argument(help="Texts in UTF-8, one a line; - is standard input.")] = Path("-"),
    vocabulary: Annotated[Path, typer.Option(help="What stage tokenize wrote.")] = Path("models/vocabulary.json"),
    subword_model: Annotated[
        Path, typer.Option("--subwords", help="Used if the vocabulary is one of subwords.")
    ] = Path("models/subwords.model"),
    *,
    ids: Annotated[bool, typer.Option("--ids", help="Print ids: start, at most 18 tokens, end, padding.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line, with all of it.")] = False,
) -> None:
    """Print the tokens of each line, parted by spaces, <unknown> for one without an id; as many lines out as in."""
    units = read_units(vocabulary, subword_model)
    known = units.vocabulary
    with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as lines:
        for text in _texts(lines, "standard input" if str(file) == "-" else str(file)):
            form = clean(text)
            parts = units.part(words(form))
            tokens = [part if part in known.ids else SPECIAL_WORDS[UNKNOWN] for part in parts]
            numbers = known.encode(parts)
            if as_json:
                row = {"text": form, "tokens": tokens, "ids": numbers, "truncated": len(parts) > MAX_WORDS}
                typer.echo(json.dumps(row, ensure_ascii=False))
            else:
                typer.echo(" ".join(map(str, numbers) if ids else tokens))


def _texts(lines: IO[bytes], where: str) -> Iterator[str]:
    """Yield the text of each line, never more than MAX_LINE of it in memory. Raises TableError for a broken one."""
    number = 0
    while line := lines.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise TableError(f"{where}, line {number}: over {MAX_LINE:,} bytes long, expected one text a line")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise TableError(
                f"{where}, line {number}, byte {error.start + 1}: 0x{line[error.start]:02x}, expected UTF-8"
            ) from error

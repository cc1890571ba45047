"""`bhab sources`: which adapters there are, and what one finds in a raw root, without changing anything."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bhab.config import ColumnMap, IngestConfig, SourceConfig, load_params
from bhab.errors import EXIT_FAILED, ParamsError
from bhab.ingest import Guard, Row, rows
from bhab.progress import progress
from bhab.schema import EMOTIONS, Modality
from bhab.sources import SOURCES, Item, get_source

app = typer.Typer(help="Look at raw corpora before they become sources.", no_args_is_help=True)

MODALITY = {"banglaser": Modality.SPEECH, "texts": Modality.TEXTS}  # the other adapters read faces
KNOWN = ("subject_id", "gender", "age_group", "skin_tone", "ethnicity", "votes")
EXAMPLES = 3  # rejects quoted for each reason
NOTHING = "none"


@dataclass(slots=True)
class Findings:
    """What a source would give."""

    kept: int = 0
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)  # by emotion and published split
    known: Counter[str] = field(default_factory=Counter)  # by column
    rejects: dict[str, list[Row]] = field(default_factory=dict)  # by reason


@app.command("list")
def list_() -> None:
    """Print the adapters."""
    table = Table("adapter", "what it reads")
    for name, read in sorted(SOURCES.items()):
        doc = sys.modules[read.__module__].__doc__ or ""
        table.add_row(name, doc.splitlines()[0])
    Console().print(table)


@app.command()
def check(  # noqa: PLR0913, PLR0917 - a parameter for each option
    root: Annotated[Path, typer.Argument(help="folder or file of the raw corpus")],
    adapter: Annotated[str, typer.Option(help="see `bhab sources list`")],
    sidecar: Annotated[str | None, typer.Option(help="file of votes or demographics, from ROOT")] = None,
    modality: Annotated[Modality | None, typer.Option(help="if it is not the adapter's usual one")] = None,
    columns: Annotated[str | None, typer.Option(help="of texts, as text=TEXT,label=EMOTION,...")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="look at the first N items only")] = None,
    params: Annotated[Path, typer.Option(help="for the limits in its section `ingest`")] = Path("params.yaml"),
) -> None:
    """Tell what an adapter finds in ROOT and what it would reject; exit with 1 if nothing would be kept."""
    source = SourceConfig(
        adapter=adapter,
        modality=modality or MODALITY.get(adapter, Modality.FACES),
        root=str(root),
        sidecar=sidecar,
        licence=NOTHING,
        consent=NOTHING,
        columns=None if columns is None else _column_map(columns),
    )
    config = load_params(params).ingest
    items = list(islice(get_source(adapter)(root, source), limit))
    found = look(items, source, config)
    for table in _tables(found):
        Console().print(table)
    raise typer.Exit(0 if found.kept else EXIT_FAILED)


def look(items: Sequence[Item], source: SourceConfig, config: IngestConfig) -> Findings:
    """Return what stage ingest would make of `items`."""
    found = Findings()
    starts = range(0, len(items), config.batch)
    with closing(Guard(source.modality, config)) as guard:
        for start in progress(starts, len(starts), "decode"):
            kept, rejects = rows(items[start : start + config.batch], NOTHING, source, config, guard.decode)
            found.kept += len(kept)
            found.labels.update((str(row["emotion"] or NOTHING), str(row["source_split"] or NOTHING)) for row in kept)
            found.known.update(column for row in kept for column in KNOWN if row[column] is not None)
            for row in rejects:
                found.rejects.setdefault(str(row["reason"]), []).append(row)
    return found


def _tables(found: Findings) -> Iterator[Table]:
    """Yield what was found as tables for a terminal."""
    splits = sorted({split for _, split in found.labels})
    kept = Table("emotion", *(f"split {split}" for split in splits), "all", title=f"would be kept: {found.kept}")
    for emotion in (*EMOTIONS, NOTHING):
        counts = [found.labels[emotion, split] for split in splits]
        if any(counts):
            kept.add_row(emotion, *map(str, counts), str(sum(counts)))
    yield kept
    known = Table("column", "known of kept")
    for column in KNOWN:
        known.add_row(column, str(found.known[column]))
    yield known
    n_rejects = sum(map(len, found.rejects.values()))
    rejects = Table("reason", "items", "for example", title=f"would be rejected: {n_rejects}")
    for reason, dropped in sorted(found.rejects.items()):
        examples = "\n".join(f"{row['source_key']}: {row['detail']}" for row in dropped[:EXAMPLES])
        rejects.add_row(reason, str(len(dropped)), escape(examples))
    yield rejects


def _column_map(text: str) -> ColumnMap:
    """Return the map that `text=TEXT,label=EMOTION` spells. Raises ParamsError if it is none."""
    pairs = [part.partition("=") for part in text.split(",")]
    try:
        return ColumnMap.model_validate({name.strip(): column.strip() for name, _, column in pairs})
    except ValidationError as error:
        expected = f"expected text=NAME and any of {', '.join(sorted(ColumnMap.model_fields))}"
        raise ParamsError(f"--columns {text!r}: {expected}") from error

"""`bhab trace`: the life of one sample."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bhab.config import load_params
from bhab.lineage.trace import trace as life_of
from bhab.store import json_text


def trace(
    sample: Annotated[str, typer.Argument(help="A sample_id, or SOURCE:KEY as the source names the item.")],
    project: Annotated[Path, typer.Option(help="Folder of the project, or of a workspace.")] = Path(),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts for programs, not words.")] = False,
) -> None:
    """Tell what every stage did with one sample: file, decisions, group, votes, label, split, children, predictions."""
    events = life_of(project, sample, load_params(project / "params.yaml"))
    if as_json:
        typer.echo(json_text({"events": [asdict(event) for event in events]}), nl=False)
        return
    table = Table.grid(padding=(0, 2))
    for event in events:
        table.add_row(f"[bold]{escape(event.stage)}[/bold]", escape(event.sentence))
    Console().print(table)

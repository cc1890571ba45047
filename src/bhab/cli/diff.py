"""`bhab diff`: what changed in the data since a revision."""

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bhab.errors import TableError
from bhab.lineage.diff import COMPARED, Difference
from bhab.lineage.diff import diff as compare
from bhab.store import json_text

KINDS = ("added", "removed", "content", "relabelled", "resplit")


def diff(
    rev: Annotated[str, typer.Argument(help="A commit, branch or tag: the version to compare with.")] = "HEAD",
    project: Annotated[Path, typer.Option(help="Folder of the project.")] = Path(),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts for programs, not words.")] = False,
) -> None:
    """Compare the tables as they are with those of REV: rows, labels, splits, balance before and after."""
    with tempfile.TemporaryDirectory() as folder:
        for path in COMPARED:
            _fetch(project, path, rev, Path(folder))
        found = compare(Path(folder), project)
    if as_json:
        typer.echo(json_text({m: asdict(one) for m, one in found.items()}), nl=False)
    else:
        _show(found, rev)


def _fetch(project: Path, path: Path, rev: str, folder: Path) -> None:
    """Copy `path` as it was at `rev` into `folder`. Raises TableError if DVC has no such version."""
    (folder / path.parent).mkdir(parents=True, exist_ok=True)
    command = ["dvc", "get", str(project), str(path), "--rev", rev, "--out", str(folder / path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, own arguments
    if done.returncode:
        told = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR")]
        why = told[0] if told else "dvc get failed"
        raise TableError(f"{path} at {rev}: {why}; expected a version in DVC's cache (`dvc fetch` may bring it)")


def _show(found: Mapping[str, Difference], rev: str) -> None:
    console = Console()
    table = Table("since " + escape(rev), "before", "after", *KINDS, title="Rows", title_justify="left")
    for modality, one in found.items():
        counts = (one.before, one.after, *(getattr(one, kind).n for kind in KINDS))
        table.add_row(modality, *(f"{n:,}" for n in counts))
    console.print(table)
    for modality, one in found.items():
        for kind in ("relabelled", "resplit"):
            moves = ", ".join(f"{move} {n:,}" for move, n in getattr(one, kind).by.items())
            if moves:
                console.print(f"{modality} {kind}: {escape(moves)}", soft_wrap=True, highlight=False)
        for attribute, drift in one.drift.items():
            if drift:
                console.print(_balance(modality, attribute, one))


def _balance(modality: str, attribute: str, one: Difference) -> Table:
    title = f"{modality} by {attribute}: {one.drift[attribute]:.1%} of the rows would have to change back"
    table = Table(attribute, "before", "after", title=title, title_justify="left")
    for share in one.balance[attribute]:
        table.add_row(escape(share.value), f"{share.before:,}", f"{share.after:,}")
    return table

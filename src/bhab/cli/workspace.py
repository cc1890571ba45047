"""`bhab workspace`: the same stages over another corpus."""

from pathlib import Path
from typing import Annotated

import typer

from bhab.workspace import make_workspace


def workspace(
    folder: Annotated[Path, typer.Argument(help="Folder to make or bring up to date.")],
    overlay: Annotated[Path, typer.Option(help="YAML with the params that differ from params.yaml.")],
    data: Annotated[Path, typer.Option(help="Folder of the corpora; the overlay calls it data/raw.")],
    project: Annotated[Path, typer.Option(help="Folder of this project.")] = Path(),
) -> None:
    """Make FOLDER a workspace of its own: `cd FOLDER && dvc repro` then runs every stage over DATA."""
    make_workspace(project, folder, overlay, data)
    typer.echo(f"{folder}: ready; run `dvc repro` there")

"""`bhab summary`: what the last run found, what it cost, and where the report is."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bhab.report.headlines import headlines
from bhab.report.inputs import read_metrics
from bhab.store import write_text

Timings = dict[str, dict[str, Any]]
SLOWEST = 5  # stages named; all of them are on the report's page of costs


def summary(
    reports: Annotated[Path, typer.Option(help="Folder that the stages wrote their results to.")] = Path("reports"),
) -> None:
    """Show the headline figures, the cost of each stage, and where the report is."""
    console = Console()
    found = headlines(read_metrics(reports / "metrics"))
    timings: Timings = dict(read_metrics(reports / "timings"))
    if not found and not timings:
        typer.echo(f"{reports}: nothing was run here yet; `dvc repro` runs every stage")
        return
    write_text(timings_script(timings), reports / "timings.js")
    table = Table("", "", "", title="Headline figures", show_header=False, title_justify="left")
    for row in found:
        table.add_row(escape(row.what), f"[bold]{escape(row.figure)}[/bold]", escape(row.note))
    console.print(table)
    if timings:
        console.print(costs(timings))
    site = reports / "site" / "index.html"
    console.print(
        f"Report: {site.resolve()}" if site.exists() else "Report: not written yet; `dvc repro report` writes it",
        soft_wrap=True,
        highlight=False,
    )


def timings_script(timings: Timings) -> str:
    """Return the script that the report's page of costs reads: stage -> {wall_s, peak_mib, peak_child_mib}."""
    return f"window.BHAB_TIMINGS = {json.dumps(timings, sort_keys=True)};\n"


def costs(timings: Timings) -> Table:
    """Return a table of the slowest stages and of all: wall time, and the higher of own and children's peak memory."""
    table = Table("stage", title="Cost, from the last run of each stage", title_justify="left")
    table.add_column("wall time, s", justify="right")
    table.add_column("peak memory, MiB", justify="right")
    ordered = sorted(timings.items(), key=lambda item: (-item[1]["wall_s"], item[0]))
    peaks = {name: max(cost["peak_mib"], cost["peak_child_mib"]) for name, cost in ordered}
    for name, cost in ordered[:SLOWEST]:
        table.add_row(escape(name), f"{cost['wall_s']:,.1f}", f"{peaks[name]:,}")
    total = sum(cost["wall_s"] for _, cost in ordered)
    table.add_section()
    table.add_row(f"all {len(ordered)} stages, highest peak", f"{total:,.1f}", f"{max(peaks.values()):,}")
    return table

"""`bhab audit-claims`: our own figures against what they are bound to, published tables against themselves."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bhab.claims.audit import load_audit, load_audits
from bhab.claims.claim import Claims, load_claims
from bhab.claims.outcome import Outcome, failed, outcome
from bhab.claims.queries import answer, read_documents
from bhab.errors import EXIT_FAILED

STYLES = {"holds": "green", "fails": "bold red", "not recomputed": "yellow"}


def audit_claims(
    claims: Annotated[Path, typer.Option(help="The claims of our own documents.")] = Path("claims.yaml"),
    table: Annotated[list[Path] | None, typer.Option(help="An audit; all of AUDITS if left out.")] = None,
    audits: Annotated[Path, typer.Option(help="Folder of published works, typed in as data.")] = Path("audits"),
    root: Annotated[Path, typer.Option(help="Folder that files of claims are named from.")] = Path(),
) -> None:
    """Print each claim with what was found, and what each audit found; exit with 1 if a claim of our own fails.

    With --table and no file of claims, only the tables are audited.
    """
    bound = load_claims(claims) if claims.exists() or not table else Claims(documents=(), claims=())
    works = {path.stem: load_audit(path) for path in table} if table else load_audits(audits)
    result = outcome(bound, read_documents(bound, root), partial(answer, root=root), works)
    console = Console()
    console.print(_claims(result))
    _print_unbound(console, result)
    for work in result["audits"].values():
        _print_audit(console, work)
    raise typer.Exit(EXIT_FAILED if failed(result) else 0)


def _claims(result: Outcome) -> Table:
    verdicts = [row["verdict"] for row in result["claims"]]
    counts = ", ".join(f"{verdicts.count(v)} {v}" for v in STYLES)
    table = Table("claim", "claimed", "found", "", "source", title=f"Our own claims: {counts}", title_justify="left")
    for row in result["claims"]:
        style = STYLES[row["verdict"]]
        cells = (row["id"], row["claimed"], row["found"], row["sentence"])
        name, claimed, found, source = map(escape, cells)
        table.add_row(name, claimed, found, f"[{style}]{row['verdict']}[/{style}]", source)
    return table


def _print_unbound(console: Console, result: Outcome) -> None:
    if result["unbound"]:
        console.print(f"Bound to no claim: {len(result['unbound'])} figures", highlight=False)
    for row in result["unbound"]:
        where = f"{row['document']}:{row['line']}"
        console.print(
            f'  {where}: {row["figure"]} in "{row["context"]}"', markup=False, highlight=False, soft_wrap=True
        )


def _print_audit(console: Console, work: Outcome) -> None:
    compared = sum(row["n"] for row in work["checked"])
    console.print(f"\n[bold]{escape(work['title'])}[/bold] ({escape(work['source'])})", highlight=False, soft_wrap=True)
    console.print(f"{compared} comparisons, {len(work['findings'])} findings", highlight=False)
    for finding in work["findings"]:
        line = f"  {finding['kind']}: {finding['sentence']}. {finding['why']}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)

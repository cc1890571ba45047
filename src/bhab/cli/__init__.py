"""Commands for people. Each command is a module of its own; this one only names them."""

import typer

from bhab.cli import annotate, sources
from bhab.cli.claims import audit_claims
from bhab.cli.diff import diff
from bhab.cli.live import live
from bhab.cli.predict import predict
from bhab.cli.reply import reply
from bhab.cli.summary import summary
from bhab.cli.tokenize import tokenize
from bhab.cli.trace import trace
from bhab.cli.workspace import workspace
from bhab.errors import clear_exit

app = typer.Typer(
    name="bhab",
    help="Curate corpora of faces, Bengali texts and Bengali speech.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(workspace)
app.command()(summary)
app.command()(diff)
app.command()(trace)
app.command()(tokenize)
app.command()(audit_claims)
app.command()(reply)
app.command()(predict)
app.command()(live)
app.add_typer(annotate.app, name="annotate")
app.add_typer(sources.app, name="sources")


def run() -> None:
    """Run the command line, an expected failure as one sentence."""
    with clear_exit():
        app()

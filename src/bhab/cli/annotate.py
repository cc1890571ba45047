"""`bhab annotate`: samples to Label Studio, annotations back."""

from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
import typer

from bhab.annotate.exports import reduced, votes_of
from bhab.annotate.media import local_address, media_of
from bhab.annotate.server import connected, exported, open_project
from bhab.annotate.server import push as push_tasks
from bhab.annotate.tasks import Guess, model_guesses, pick, source_guesses, suspect_guesses, task
from bhab.errors import AnnotationError
from bhab.schema import LABEL_ISSUES, PREDICTIONS, QUEUE, SAMPLE_TABLES, Modality
from bhab.store import read_table, take_ids, write_json

app = typer.Typer(help="Ask people in Label Studio, and bring back what they said.", no_args_is_help=True)

Kind = Annotated[Modality, typer.Option(help="What to label.")]
Url = Annotated[str, typer.Option(envvar="LABEL_STUDIO_URL", help="Address of the server.")]
Token = Annotated[str, typer.Option(envvar="LABEL_STUDIO_API_KEY", help="From Account & Settings of the server.")]
Project = Annotated[str | None, typer.Option(help="Title of the project; bhab MODALITY if left out.")]
Count = Annotated[int, typer.Option(min=1, help="How many samples the project is to hold, at least.")]
Model = Annotated[str | None, typer.Option(help="Whose guesses to show; the source's labels if left out.")]
Suspects = Annotated[bool, typer.Option("--suspects", help="Ask about labels that are probably wrong, worst first.")]
Tables = Annotated[Path, typer.Option(help="Folder of the sample tables.")]
Predictions = Annotated[Path, typer.Option(help="Folder of MODEL.parquet.")]
Queue = Annotated[Path, typer.Option(help="Samples whose labels contradict; if there is such a file, they come first.")]

QUEUED = Path("data/processed/split/queue.parquet")


@app.command()
def push(  # noqa: PLR0913 - each is an option of the command
    *,
    modality: Kind,
    url: Url,
    token: Token,
    n: Count = 20,
    model: Model = None,
    suspects: Suspects = False,
    project: Project = None,
    annotators: Annotated[int, typer.Option(min=1, help="People asked about each sample.")] = 2,
    tables: Tables = Path("data/interim"),
    predictions: Predictions = Path("data/processed/predictions"),
    queue: Queue = QUEUED,
    labeling: Annotated[Path, typer.Option(help="Folder of labeling_MODALITY.xml.")] = Path("annotations"),
) -> None:
    """Give samples to annotators, the model's guess already filled in; what is there already is not added again."""
    page = (labeling / f"labeling_{modality}.xml").read_text(encoding="utf-8")
    if suspects:
        samples, guesses = _suspected(modality, n, model, tables)
    else:
        samples, guesses = _picked(modality, n, model, tables=tables, predictions=predictions, queue=queue)
    title = project or f"bhab {modality}"
    with connected(url, token) as client:
        number = open_project(client, title, page, annotators)
        done = push_tasks(client, number, samples, modality, guesses)
    typer.echo(f"{title}: {done.added} tasks added, {done.already} were there, {done.guesses} of them got a new guess")
    typer.echo(f"{url.rstrip('/')}/projects/{number}")


@app.command()
def tasks(  # noqa: PLR0913 - each is an option of the command
    *,
    modality: Kind,
    out: Annotated[Path, typer.Option(help="JSON file to write.")],
    n: Count = 20,
    model: Model = None,
    suspects: Suspects = False,
    media: Annotated[Path, typer.Option(help="Folder for faces and clips.")] = Path("annotations/tasks/media"),
    tables: Tables = Path("data/interim"),
    predictions: Predictions = Path("data/processed/predictions"),
    queue: Queue = QUEUED,
) -> None:
    """Write the same tasks as a file for Label Studio's Import page, without a server."""
    if suspects:
        samples, guesses = _suspected(modality, n, model, tables)
    else:
        samples, guesses = _picked(modality, n, model, tables=tables, predictions=predictions, queue=queue)
    written = []
    for row in samples.to_pylist():
        file = media_of(row, modality)
        content = row["text"] if file is None else local_address(file, media / modality)
        written.append(task(row["sample_id"], modality, content, guesses.get(row["sample_id"])))
    write_json(written, out)
    typer.echo(f"{out}: {len(written)} tasks")


@app.command()
def pull(
    modality: Kind,
    url: Url,
    token: Token,
    project: Project = None,
    exports: Annotated[Path, typer.Option(help="Folder of MODALITY.json.")] = Path("annotations/exports"),
) -> None:
    """Bring back the annotations of a project; `dvc repro` then makes labels of them."""
    title = project or f"bhab {modality}"
    with connected(url, token) as client:
        found, emails = exported(client, title)
    export = reduced(found, f"project {title!r}", emails)
    others = {task["data"]["modality"] for task in export} - {modality.value}
    if others:
        raise AnnotationError(f"project {title!r}: found tasks of {', '.join(sorted(others))}, expected {modality}")
    out = exports / f"{modality}.json"
    write_json(export, out)
    votes = votes_of(export)
    people = len({vote.annotator for vote in votes})
    typer.echo(f"{out}: {len(votes)} votes of {people} annotators on {len({v.sample_id for v in votes})} samples")


def _picked(  # noqa: PLR0913 - what two commands are given
    modality: Modality, n: int, model: str | None, *, tables: Path, predictions: Path, queue: Path
) -> tuple[pa.Table, dict[str, Guess]]:
    """Return the samples to ask about, in the order to ask, and what each is guessed to be."""
    samples = read_table(tables / modality, SAMPLE_TABLES[modality])
    if model is None:
        guesses = source_guesses(samples)
    else:
        path = predictions / f"{model}.parquet"
        guesses = model_guesses(read_table(path, PREDICTIONS))
        if samples.num_rows and guesses.keys().isdisjoint(samples["sample_id"].to_pylist()):
            raise AnnotationError(f"{path}: found no guess for any of the {modality}, expected a model of {modality}")
    asked = read_table(queue, QUEUE)["sample_id"].to_pylist() if queue.exists() else []
    ids = pick(samples, guesses, n, frozenset(asked))
    return take_ids(samples, ids), {i: guesses[i] for i in ids if i in guesses}


def _suspected(modality: Modality, n: int, model: str | None, tables: Path) -> tuple[pa.Table, dict[str, Guess]]:
    """Return the samples whose labels are most probably wrong, in that order, and what is suggested instead."""
    if model is not None:
        raise AnnotationError(f"found --suspects and --model {model}, expected one of them")
    samples = read_table(tables / modality, SAMPLE_TABLES[modality])
    issues = read_table(tables / "suspects" / "label_issues.parquet", LABEL_ISSUES)
    guesses = suspect_guesses(issues.filter(pc.equal(issues["modality"], str(modality))), n)
    return take_ids(samples, guesses), guesses

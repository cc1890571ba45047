"""`bhab predict`: what faces in pictures show."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bhab.curation.decisions import Drop
from bhab.ingest.files import printable, read_file
from bhab.schema import EMOTIONS
from bhab.sources.base import files_under

if TYPE_CHECKING:
    from bhab.vision.predict import Seen


def predict(  # noqa: PLR0913 - a parameter for each option
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE|DIR...", help="Pictures, or folders of them.")],
    model: Annotated[str | None, typer.Option(help="Without it the one of params.yaml.")] = None,
    card: Annotated[Path, typer.Option(help="Folder of models as ONNX.")] = Path("reports/card"),
    params: Annotated[Path, typer.Option(help="Limits and the detector.")] = Path("params.yaml"),
    *,
    whole: Annotated[bool, typer.Option("--whole", help="Each picture is one face; look for none.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a face.")] = False,
) -> None:
    """Print a line a face: file, box, emotion, probabilities. The exit status is 1 if a file is no picture."""
    from bhab.config import load_params
    from bhab.vision.predict import load_eyes

    eyes = load_eyes(model, card, load_params(params))
    failed = False
    for path, root in _files(pictures):
        content, name = read_file(path, root, eyes.ingest.max_bytes), printable(str(path))
        seen = content if isinstance(content, Drop) else eyes.look(content, whole=whole)
        if isinstance(seen, Drop):
            typer.echo(f"bhab: {name}: {seen.detail}", err=True)
            failed = True
            continue
        for face in seen:
            typer.echo(_as_json(name, face) if as_json else _as_line(name, face))
        if not seen:
            typer.echo(json.dumps({"file": name, "emotion": None}) if as_json else f"{name}\tno face found")
    if failed:
        raise typer.Exit(1)


def _files(pictures: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield each file named, and each below the folders named, with the folder that its links may not leave."""
    for path in pictures:
        if path.is_dir():
            yield from ((below, path) for _, below in files_under(path))
        else:
            yield path, Path("/")  # who names a link means what it leads to


def _box(face: "Seen") -> list[int] | None:
    return None if face.box is None else [round(n) for n in (face.box.x, face.box.y, face.box.width, face.box.height)]


def _as_json(name: str, face: "Seen") -> str:
    chances = dict(zip(EMOTIONS, face.probabilities.round(4).tolist(), strict=True))
    return json.dumps({"file": name, "box": _box(face), "emotion": face.emotion, "probabilities": chances})


def _as_line(name: str, face: "Seen") -> str:
    chances = " ".join(f"{e} {p:.3f}" for e, p in zip(EMOTIONS, face.probabilities, strict=True))
    box = _box(face)
    return f"{name}\t{'whole' if box is None else ','.join(map(str, box))}\t{face.emotion}\t{chances}"

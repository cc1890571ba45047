"""`bhab reply`: what the feedback model says to someone."""

from pathlib import Path
from typing import Annotated

import typer


def reply(
    emotion: Annotated[str, typer.Argument(help="What they feel: one of the seven emotions.")],
    context: Annotated[str | None, typer.Option(help="What they say, in Bengali; without it nothing is known.")] = None,
    beam: Annotated[int, typer.Option(min=1, max=64, help="Replies weighed at once; 1 is greedy.")] = 4,
    models: Annotated[Path, typer.Option(help="Folder of the vocabulary and of feedback.")] = Path("models"),
) -> None:
    """Say one Bengali sentence or two to someone who feels EMOTION."""
    from bhab.errors import ReplyError
    from bhab.text.units import read_units
    from bhab.training.feedback import load_feedback
    from bhab.training.generate import reply as said  # PyTorch: seconds

    units = read_units(models / "vocabulary.json", models / "subwords.model")
    card, model = load_feedback(models / "feedback", units.vocabulary)
    if model is None:
        raise ReplyError(f"{models / 'feedback'}: no model was trained ({card.why})")
    typer.echo(said(model, units, emotion, context, beam))

"""`bhab reply`: what the feedback model says to someone."""

from pathlib import Path
from typing import Annotated

import typer


def reply(
    emotion: Annotated[str, typer.Argument(help="What they feel: one of the seven emotions.")],
    context: Annotated[str | None, typer.Option(help="What they say, in Bengali; without it nothing is known.")] = None,
    beam: Annotated[int, typer.Option(min=1, max=64, help="Replies weighed at once; 1 is greedy.")] = 4,
    models: Annotated[Path, typer.Option(help="Folder of vocabulary.json and feedback.")] = Path("models"),
) -> None:
    """Say one Bengali sentence or two to someone who feels EMOTION."""
    from bhab.errors import ReplyError
    from bhab.text.vocabulary import load
    from bhab.training.checkpoint import load_feedback
    from bhab.training.generate import reply as said  # PyTorch: seconds

    vocabulary = load(models / "vocabulary.json")
    card, model = load_feedback(models / "feedback", vocabulary)
    if model is None:
        raise ReplyError(f"{models / 'feedback'}: no model was trained ({card.why})")
    typer.echo(said(model, vocabulary, emotion, context, beam))

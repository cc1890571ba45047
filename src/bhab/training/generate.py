"""Sentences the feedback model says, word by word, always the most probable word that is allowed."""

from collections.abc import Sequence

import torch
from torch import Tensor

from bhab.models import Feedback
from bhab.text.vocabulary import END, MAX_WORDS, PAD, START, UNKNOWN

DANDA = "\u0964"  # ।
NEVER = [PAD, UNKNOWN, START]


def generate(model: Feedback, emotion: int, keywords: Sequence[int]) -> list[int]:
    """Return the word ids of one sentence, 1 to MAX_WORDS of them, none special.

    No word is said twice: a greedy decoder that comes back to where it was goes round for ever. Seven of eight of the
    embedded corpus's own sentences have no word twice either.
    """
    model.eval()
    said: list[int] = []
    with torch.inference_mode():
        memory, state = model.encode(torch.tensor([emotion]), torch.tensor([list(keywords)]))
        while len(said) < MAX_WORDS:
            meant, state = model.step(torch.tensor([said[-1] if said else START]), memory, state)
            word = int(_allowed(model.logits(meant)[0], said).argmax())
            if word == END:
                break
            said.append(word)
    return said


def _allowed(logits: Tensor, said: Sequence[int]) -> Tensor:
    """Return the logits (words,) with those of words that may not come next at -inf."""
    forbidden = [*NEVER, *said] if said else [*NEVER, END]
    return logits.index_fill(0, torch.tensor(forbidden), float("-inf"))


def sentence(words: Sequence[str]) -> str:
    """Return words as a written sentence with a danda behind the last; the vocabulary holds words, no marks."""
    return " ".join(words) + DANDA if words else ""

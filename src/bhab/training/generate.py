"""Replies the feedback model gives, word by word: a beam search, which with one beam is greedy.

A reply ends with a mark, has MIN_WORDS to MAX_WORDS words and marks, and no three in a row twice: a decoder that comes
back to where it was goes round for ever (Paulus, Xiong, Socher 2018).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from bhab.errors import ReplyError
from bhab.models.feedback import Feedback, Memory, State
from bhab.schema import EMOTIONS
from bhab.text.clean import clean
from bhab.text.units import Units
from bhab.text.vocabulary import END, MAX_WORDS, PAD, SPACE, START, UNKNOWN, Vocabulary
from bhab.text.words import words
from bhab.training.replies import contexts_of

MIN_WORDS = 3
LENGTH_POWER = 0.6  # a reply's log-probability is divided by its length to this power (Wu et al. 2016)
NEVER = [PAD, UNKNOWN, START]
LAST = ("\u0964", "?", "!")  # the marks that end a sentence
REPEATED = 3  # ids in a row
AVOIDED = 1e4  # nats, more than any word is worth
BATCH = 64


def reply(model: Feedback, units: Units, emotion: str, context: str | None, beam: int) -> str:
    """Return what the model says to someone with `emotion` who said `context`; None: who said nothing.

    A context of which it knows no word is as if nothing had been said: else it would make up what was. Raises
    ReplyError for an emotion that is none of ours and for a context without a word.
    """
    if emotion not in EMOTIONS:
        raise ReplyError(f"emotion {emotion!r:.80}, expected one of {', '.join(EMOTIONS)}")
    said = None if context is None else clean(context)
    if said is not None and not words(said):
        raise ReplyError(f"context {context!r:.80} has no word, expected a sentence, or none at all")
    places = torch.tensor([EMOTIONS.index(emotion)])
    heard = contexts_of([said], units)  # (1, MAX_WORDS)
    heard = heard if bool((heard > UNKNOWN).any()) else torch.full_like(heard, PAD)
    (ids,) = generate(model, places, heard, units.vocabulary, beam)
    return sentence(units.vocabulary.spoken(ids))


def generate(model: Feedback, emotions: Tensor, contexts: Tensor, vocabulary: Vocabulary, beam: int) -> list[list[int]]:
    """Return the ids of a reply for each of `emotions` (n,) and `contexts` (n, MAX_WORDS), none of them special."""
    model.eval()
    said: list[list[int]] = []
    marks = [mark for end in LAST for mark in (end, SPACE + end) if mark in vocabulary.ids]
    ends = torch.tensor([vocabulary.ids[mark] for mark in marks], dtype=torch.int64)
    for start in range(0, len(emotions), BATCH):
        rows = slice(start, start + BATCH)
        with torch.inference_mode():
            said += _search(model, emotions[rows], contexts[rows], ends, beam)
    return said


def _search(model: Feedback, emotions: Tensor, contexts: Tensor, ends: Tensor, beam: int) -> list[list[int]]:
    n = len(emotions)
    vectors = model.vectors()
    memory, state = model.encode(emotions.repeat_interleave(beam), contexts.repeat_interleave(beam, dim=0), vectors)
    said = torch.full((n * beam, 1), START)  # (n * beam, steps), PAD behind END
    scores = torch.full((n, beam), -torch.inf).index_fill(1, torch.tensor([0]), 0.0)  # (n, beam), all beams start equal
    first = torch.arange(n).unsqueeze(1) * beam  # (n, 1), the row of an item's first beam
    for step in range(MAX_WORDS + 1):
        meant, state = model.step(vectors[said[:, -1]], memory, state)
        chances = _allowed(model.logits(meant, vectors).log_softmax(dim=1), said, ends, step)  # (n * beam, words)
        n_words = chances.shape[1]
        scores, best = (scores.unsqueeze(2) + chances.view(n, beam, n_words)).flatten(1).topk(beam, dim=1)
        rows = (first + best // n_words).flatten()  # (n * beam,), the beams that go on
        said = torch.cat([said[rows], (best % n_words).view(-1, 1)], dim=1)
        memory, state = Memory(*(part[rows] for part in memory)), State(*(part[rows] for part in state))
        if bool(((said == END) | (said == PAD)).any(dim=1).all()):
            break
    lengths = ((said != START) & (said != PAD)).sum(dim=1).view(n, beam)  # (n, beam), END counted
    chosen = said.view(n, beam, -1)[torch.arange(n), (scores / lengths**LENGTH_POWER).argmax(dim=1)]  # (n, steps)
    return [[word for word in row if word not in (START, END, PAD)] for row in chosen.tolist()]


def _allowed(chances: Tensor, said: Tensor, ends: Tensor, step: int) -> Tensor:
    """Return log-probabilities (rows, words) with those of words that may not come next at -inf.

    Behind END only PAD comes, for nothing. END comes behind a mark that ends a sentence and must once there is no room;
    where the vocabulary has no such mark, behind anything.
    """
    out = chances.index_fill(1, torch.tensor(NEVER), -torch.inf)
    can_end = torch.isin(said[:, -1], ends) if len(ends) else torch.ones(len(said), dtype=torch.bool)
    out[:, END] = torch.where(can_end & torch.tensor(step >= MIN_WORDS), out[:, END], -torch.inf)
    if step >= REPEATED:
        again = (said[:, :-2] == said[:, -2:-1]) & (said[:, 1:-1] == said[:, -1:])  # (rows, steps - 2)
        times = torch.zeros_like(out).scatter_add_(1, said[:, 2:], again.to(out.dtype))  # (rows, words)
        out = out - AVOIDED * times  # not forbidden: in a small vocabulary every word may be one
    if step == MAX_WORDS:
        out = torch.full_like(out, -torch.inf).index_copy(1, torch.tensor([END]), chances[:, [END]])
    over = (said[:, -1] == END) | (said[:, -1] == PAD)
    silence = torch.full_like(out, -torch.inf).index_fill(1, torch.tensor([PAD]), 0.0)
    return torch.where(over.unsqueeze(1), silence, out)


def sentence(spoken: Sequence[str]) -> str:
    """Return words and marks as a written text: a mark follows its word without a space."""
    return clean(" ".join(spoken))

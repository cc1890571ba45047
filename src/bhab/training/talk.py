"""What the feedback model says when it is left to speak, and what that is worth.

Replies are texts in the form of `bhab.text.clean`; references are what held-out rows say to the same person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from bhab.fairness.intervals import wilson
from bhab.models.feedback import Feedback
from bhab.schema import EMOTIONS
from bhab.text.grammar import Grammar
from bhab.text.units import Units
from bhab.text.words import words_and_marks
from bhab.training.generate import generate, sentence
from bhab.training.replies import contexts_of

Probe = Callable[[Sequence[str]], NDArray[np.float64]]  # texts -> probabilities (n, emotions)


@dataclass(frozen=True, slots=True)
class Talk:
    """What was asked and what was said: one item each for each emotion and context."""

    emotions: tuple[str, ...]
    contexts: tuple[str | None, ...]
    replies: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.replies)

    def of(self, emotion: str, n: int) -> list[tuple[str | None, str]]:
        """Return `n` or fewer contexts with what was said to them, first what was said where nothing is known."""
        asked = [(c, r) for e, c, r in zip(self.emotions, self.contexts, self.replies, strict=True) if e == emotion]
        return sorted(asked, key=lambda pair: pair[0] is not None)[:n]


def talk(model: Feedback, rows: pa.Table, units: Units, beam: int) -> Talk:
    """Return what `model` replies to each emotion and context of `rows`, a table REPLIES, and to each emotion alone."""
    asked: dict[tuple[str, str | None], list[str]] = {(emotion, None): [] for emotion in EMOTIONS}
    for row in rows.select(["emotion", "context", "reply"]).to_pylist():
        asked.setdefault((row["emotion"], row["context"]), []).append(row["reply"])
    emotions, contexts = zip(*asked, strict=True)
    places = torch.tensor([EMOTIONS.index(emotion) for emotion in emotions])
    spoken = generate(model, places, contexts_of(contexts, units), units.vocabulary, beam)
    replies = tuple(sentence(units.vocabulary.spoken(ids)) for ids in spoken)
    return Talk(emotions, contexts, replies, tuple(map(tuple, asked.values())))


def judge(said: Talk, train_rows: pa.Table, grammar: Grammar, probe: Probe) -> dict[str, object]:
    """Return how close `said` is to the references, how varied, new and grammatical it is, and if its emotion fits.

    bleu: of the whole, up to 4 words (Papineni et al. 2002), against all references at once. chrf: mean over replies of
    the best against a reference, up to 6 characters, beta 3 (Popovic 2015). The others are shares of all replies.
    """
    from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu  # type: ignore[import-untyped] # has no types
    from nltk.translate.chrf_score import sentence_chrf  # type: ignore[import-untyped] # has no types

    answered = [(reply, refs) for reply, refs in zip(said.replies, said.references, strict=True) if refs]
    spoken = [words_and_marks(reply) for reply, _ in answered]
    wanted = [[words_and_marks(ref) for ref in refs] for _, refs in answered]
    known = set(train_rows["reply"].to_pylist())
    places = np.array([EMOTIONS.index(emotion) for emotion in said.emotions])
    n = len(said)
    return {
        "n": n,
        "n_with_references": len(answered),
        "bleu": float(corpus_bleu(wanted, spoken, smoothing_function=SmoothingFunction().method1))
        if answered
        else None,
        "chrf": float(np.mean([max(sentence_chrf(ref, r) for ref in refs) for r, refs in answered]))
        if answered
        else None,
        "distinct_2": distinct_2([words_and_marks(reply) for reply in said.replies]),
        "memorised": asdict(wilson(sum(reply in known for reply in said.replies), n)),
        "grammatical": asdict(wilson(sum(not grammar.faults(reply) for reply in said.replies), n)),
        "emotion_fits": asdict(wilson(int((probe(said.replies).argmax(axis=1) == places).sum()), n)),
    }


def judge_checkers(rows: pa.Table, grammar: Grammar, probe: Probe, seed: int) -> dict[str, object]:
    """Return how far to trust `grammar` and `probe`, by held-out `rows` of a table REPLIES.

    passed: of their replies, by `grammar`. caught: of the same replies with one thing broken, by what was broken.
    emotion_named: of the replies, by `probe`.
    """
    replies, emotions = rows["reply"].to_pylist(), rows["emotion"].to_pylist()
    caught = {}
    for name, broken in BROKEN.items():
        rng = np.random.default_rng(seed)
        changed = [" ".join(broken(words_and_marks(reply), rng)) for reply in replies]
        kept = [text for text, reply in zip(changed, replies, strict=True) if text != " ".join(words_and_marks(reply))]
        caught[name] = asdict(wilson(sum(bool(grammar.faults(text)) for text in kept), len(kept)))
    named = probe(replies).argmax(axis=1) == [EMOTIONS.index(emotion) for emotion in emotions]
    return {
        "passed": asdict(wilson(sum(not grammar.faults(reply) for reply in replies), len(replies))),
        "caught": caught,
        "emotion_named": asdict(wilson(int(np.sum(named)), len(replies))),
    }


def _exchanged(tokens: list[str], rng: np.random.Generator) -> list[str]:
    at = int(rng.integers(len(tokens) - 1))
    return [*tokens[:at], tokens[at + 1], tokens[at], *tokens[at + 2 :]]


def _left_out(tokens: list[str], rng: np.random.Generator) -> list[str]:
    at = int(rng.integers(len(tokens)))
    return tokens[:at] + tokens[at + 1 :]


def _doubled(tokens: list[str], rng: np.random.Generator) -> list[str]:
    at = int(rng.integers(len(tokens)))
    return tokens[: at + 1] + tokens[at:]


def _cut_short(tokens: list[str], rng: np.random.Generator) -> list[str]:
    return tokens[: int(rng.integers(1, len(tokens)))]


BROKEN: Mapping[str, Callable[[list[str], np.random.Generator], list[str]]] = {
    "neighbours_exchanged": _exchanged,
    "word_left_out": _left_out,
    "word_doubled": _doubled,
    "cut_short": _cut_short,
}


def distinct_2(replies: Sequence[Sequence[str]]) -> float:
    """Return the share of different pairs of neighbours among all (Li et al. 2016); 0 if there are none."""
    pairs = [pair for reply in replies for pair in pairwise(reply)]
    return len(set(pairs)) / len(pairs) if pairs else 0.0

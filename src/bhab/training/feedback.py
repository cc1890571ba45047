"""The loop that trains the feedback model, and how well such a model guesses the next word."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim import Adam
from torch.optim.lr_scheduler import OneCycleLR

from bhab.config import TrainFeedbackConfig
from bhab.errors import TableError
from bhab.models.feedback import Feedback
from bhab.text.spelling import spellings
from bhab.text.vocabulary import PAD, UNKNOWN, Vocabulary
from bhab.training.checkpoint import CARD, Card, checked, read_card, with_weights
from bhab.training.history import BestWeights, Epoch
from bhab.training.replies import Replies
from bhab.training.seed import repeatable

QUESTION_BATCH = 128
WARM_UP = 0.2  # share of the steps before the peak of the cycle (Smith, Topin 2018)


def load_feedback(folder: Path, vocabulary: Vocabulary) -> tuple[Card, Feedback | None]:
    """Return the feedback model as it was trained, ready to be asked, and its card; no model if the card says why.

    Raises TableError if `vocabulary` is not the one it was trained with.
    """
    card = read_card(folder)
    if card.why is not None:
        return card, None
    if vocabulary.digest() != card.input["vocabulary_sha256"]:
        raise TableError(f"{folder}: the vocabulary of {len(vocabulary)} words is not the one it was trained with")
    config = checked(TrainFeedbackConfig, card.params, folder / CARD)
    repeatable(config.seed, config.threads)
    model = Feedback(config, torch.from_numpy(spellings(vocabulary.words)), card.input["dimensions"])
    return card, with_weights(model, folder)


@dataclass(frozen=True, slots=True)
class Guesses:
    """What came of asking for every next word of some replies; UNKNOWN is asked and always missed."""

    hits: NDArray[np.int64]  # (replies,), words guessed right
    asked: NDArray[np.int64]  # (replies,), words, marks and ends
    loss: float  # mean over all that were asked but UNKNOWN, in nats

    @property
    def accuracy(self) -> float:
        """Share of the words that was guessed right."""
        return float(self.hits.sum() / self.asked.sum())


def fit(
    model: Feedback, replies: Replies, validation: Replies, config: TrainFeedbackConfig, rng: np.random.Generator
) -> Iterator[Epoch]:
    """Train `model` in place and yield a record after each epoch; when the last was taken it has its best weights."""
    optimiser = Adam(model.parameters(), lr=config.learning_rate)
    steps = config.epochs * -(-len(replies) // config.batch)
    cycle = OneCycleLR(optimiser, config.learning_rate, total_steps=steps + 1, pct_start=WARM_UP)
    sample = replies.rows(slice(len(validation)))  # as many as validation has: enough to see overfitting
    best = BestWeights()
    for epoch in range(1, config.epochs + 1):
        rate = float(cycle.get_last_lr()[0])
        train_loss = _one_epoch(model, replies, cycle, config, rng)
        judged = ask(model, validation)
        best.see(judged.loss, model)
        yield Epoch(epoch, rate, train_loss, ask(model, sample).accuracy, judged.loss, judged.accuracy)
        if best.stale >= config.stop_patience:
            break
    best.restore(model)


def ask(model: Feedback, replies: Replies, batch: int = QUESTION_BATCH) -> Guesses:
    """Return how well `model`, in evaluation mode, guesses each word of `replies` from the right words before it."""
    model.eval()
    hits, asked, loss, known = [], [], 0.0, 0
    for start in range(0, len(replies), batch):
        part = replies.rows(slice(start, start + batch))
        sayable = _sayable(part.targets)  # (batch, steps)
        wanted = part.targets[sayable]  # (asked,)
        with torch.inference_mode():
            logits = model(part.emotions, part.contexts, part.previous, sayable)  # (asked, words)
            loss += float(cross_entropy(logits, wanted, reduction="sum"))
        right = torch.zeros_like(sayable).masked_scatter(sayable, logits.argmax(dim=1) == wanted)
        hits.append(right.sum(dim=1).numpy())
        asked.append((part.targets != PAD).sum(dim=1).numpy())
        known += len(wanted)
    return Guesses(np.concatenate(hits), np.concatenate(asked), loss / max(1, known))


def _one_epoch(
    model: Feedback, replies: Replies, cycle: OneCycleLR, config: TrainFeedbackConfig, rng: np.random.Generator
) -> float:
    model.train()
    losses, words = 0.0, 0
    for rows in torch.from_numpy(rng.permutation(len(replies))).split(config.batch):
        part = replies.rows(rows)
        steps = int((part.targets != PAD).any(dim=0).sum())  # no reply of the batch is longer
        targets = part.targets[:, :steps]
        asked = _sayable(targets)
        contexts = _some_unknown(part.contexts, config.unknown_share, rng)
        loss = cross_entropy(model(part.emotions, contexts, part.previous[:, :steps], asked), targets[asked])
        cycle.optimizer.zero_grad()
        loss.backward()
        cycle.optimizer.step()
        cycle.step()
        losses += loss.item() * int(asked.sum())
        words += int(asked.sum())
    return losses / max(1, words)


def _some_unknown(contexts: Tensor, share: float, rng: np.random.Generator) -> Tensor:
    """Return `contexts` with a share of the words UNKNOWN: people say words that no training text has."""
    hidden = torch.from_numpy(rng.random(contexts.shape) < share)
    return contexts.masked_fill(hidden & (contexts != PAD), UNKNOWN)


def _sayable(targets: Tensor) -> Tensor:
    """Return which targets are asked: neither PAD nor UNKNOWN, for the model shall not learn to say either."""
    return (targets != PAD) & (targets != UNKNOWN)

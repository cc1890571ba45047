"""Whether a model that is asked twice says the same: it does not with dropout on or batch statistics in use."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from torch import nn

from bhab.models.feedback import Feedback
from bhab.schema import EMOTIONS
from bhab.training import feedback, fer
from bhab.training.faces import faces_of
from bhab.training.replies import Replies

OTHER_BATCH = 96  # not a divisor of the usual batch: every item gets other neighbours
DIGITS = 3  # kept of a difference: what another order of sums moves is far below


@dataclass(frozen=True, slots=True)
class Twice:
    """What came of asking again: about how many items, and how far the answers lie apart."""

    n: int
    equal: bool  # to the last bit, in the same batches
    largest_difference: float  # in other batches; of a probability, or of the accuracy


def ask_faces_twice(model: nn.Module | None, faces: pa.Table, predictions: pa.Table) -> Twice | None:
    """Ask `model` again about the faces of `predictions`, which it made; None without a model."""
    if model is None:
        return None
    said = np.column_stack([predictions[f"p_{emotion}"].to_numpy() for emotion in EMOTIONS])  # (rows, emotions)
    images = faces_of(faces, predictions).images
    again, other = (
        fer.ask(model, images, batch).double().softmax(dim=1).numpy() for batch in (fer.QUESTION_BATCH, OTHER_BATCH)
    )
    difference = float(np.abs(said - other).max(initial=0.0))
    return Twice(len(said), bool(np.array_equal(said, again)), round(difference, DIGITS))


def ask_replies_twice(model: Feedback, replies: Replies) -> Twice:
    """Ask `model` about `replies` again and again; the difference is that of its accuracy."""
    if not len(replies):
        return Twice(0, equal=True, largest_difference=0.0)
    usual = feedback.QUESTION_BATCH
    first, again, other = (feedback.ask(model, replies, batch) for batch in (usual, usual, OTHER_BATCH))
    equal = first.loss == again.loss and bool(np.array_equal(first.hits, again.hits))
    return Twice(len(replies), equal, round(abs(first.accuracy - other.accuracy), DIGITS))

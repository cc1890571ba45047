"""What a training loop says after each epoch, and the weights it keeps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Epoch:
    """One row of table HISTORY."""

    epoch: int
    learning_rate: float
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True, slots=True)
class VoiceEpoch:
    """One row of table VOICE_HISTORY."""

    network: str
    epoch: int
    learning_rate: float
    train_loss: float
    validation_loss: float
    diagonality: float | None


def curves(history: Sequence[Epoch]) -> str:
    """Return `history` as tab-separated values, a row an epoch, as DVC plots them."""
    names = [column.name for column in fields(Epoch)]
    rows = [[str(getattr(epoch, name)) for name in names] for epoch in history]
    return "".join("\t".join(row) + "\n" for row in (names, *rows))


@dataclass(slots=True)
class BestWeights:
    """The weights of the epoch with the lowest validation loss so far, and how many epochs ago that was."""

    loss: float = math.inf
    stale: int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)

    def see(self, loss: float, model: nn.Module) -> None:
        """Take note of an epoch. A loss that is not a number is never the best."""
        if loss < self.loss:
            self.loss, self.stale = loss, 0
            self.weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        else:
            self.stale += 1

    def restore(self, model: nn.Module) -> None:
        """Give `model` the best weights, if any epoch had one."""
        if self.weights:
            model.load_state_dict(self.weights)

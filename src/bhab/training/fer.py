"""The loop that trains a model of faces, and the one way to ask such a model."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Adam
from torch.optim.lr_scheduler import ReduceLROnPlateau

from bhab.config import TrainFerConfig
from bhab.schema import EMOTIONS
from bhab.training.faces import Faces, TrainingFaces, batch_of
from bhab.training.history import BestWeights, Epoch

QUESTION_BATCH = 512  # faces asked at once; no training depends on it


def fit(
    model: nn.Module, faces: TrainingFaces, validation: Faces, config: TrainFerConfig, rng: np.random.Generator
) -> Iterator[Epoch]:
    """Train `model` in place and yield a record after each epoch; when the last was taken it has its best weights.

    An epoch shows each face once: itself or one of its children, drawn anew, so its length does not depend on how
    many children there are. Adam, cross-entropy, and the paper's adaptive learning rate: it falls when the validation
    loss stands still. Training ends when that has stood still for long.
    """
    _channels_last(model)
    optimiser = Adam(model.parameters(), lr=config.learning_rate)
    plateau = ReduceLROnPlateau(optimiser, factor=config.plateau_factor, patience=config.plateau_patience)
    sample = faces.originals(len(validation.labels))  # as many as validation has: enough to see overfitting
    best = BestWeights()
    for epoch in range(1, config.epochs + 1):
        rate = float(optimiser.param_groups[0]["lr"])
        train_loss = _one_epoch(model, faces, optimiser, config, rng)
        loss, accuracy = _judge(model, validation)
        best.see(loss, model)
        yield Epoch(epoch, rate, train_loss, _judge(model, sample)[1], loss, accuracy)
        if best.stale >= config.stop_patience:
            break
        plateau.step(loss)
    best.restore(model)


def ask(model: nn.Module, images: Tensor, batch: int = QUESTION_BATCH) -> Tensor:
    """Return the logits, float32 (rows, emotions), of uint8 (rows, 48, 48); in evaluation mode, full precision."""
    _channels_last(model)
    model.eval()
    with torch.inference_mode():
        answers = [model(batch_of(part)) for part in images.split(batch)]
    return torch.cat(answers) if len(images) else torch.zeros(0, len(EMOTIONS))


def _channels_last(model: nn.Module) -> None:
    """Lay the weights out as `batch_of` lays out faces: 1.4 times as fast on a CPU, in training and in use."""
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in its stub only


def _one_epoch(
    model: nn.Module, faces: TrainingFaces, optimiser: Adam, config: TrainFerConfig, rng: np.random.Generator
) -> float:
    model.train()
    drawn = faces.first + torch.from_numpy(rng.integers(0, faces.versions))  # (faces,), a version of each
    order = torch.from_numpy(rng.permutation(len(drawn)))
    losses = 0.0
    for rows in order.split(config.batch):
        with torch.autocast("cpu", torch.bfloat16, enabled=config.precision == "bfloat16"):
            logits = model(batch_of(faces.images[drawn[rows]]))  # (batch, emotions)
        loss = cross_entropy(logits.float(), faces.labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses += loss.item() * len(rows)
    return losses / len(drawn)


def _judge(model: nn.Module, faces: Faces) -> tuple[float, float]:
    logits = ask(model, faces.images)  # (faces, emotions)
    hits = (logits.argmax(dim=1) == faces.labels).double()
    return float(cross_entropy(logits, faces.labels)), float(hits.mean())

"""The loop that trains Tacotron 2."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import clip_grad_norm_
from torch.optim import Adam
from torch.optim.lr_scheduler import OneCycleLR

from bhab.config import Tacotron2Config
from bhab.models.tacotron2 import SPREAD, Said, Tacotron2
from bhab.training.alignment import Alignment, judge
from bhab.training.history import VoiceEpoch
from bhab.training.voice_clips import Batch, Symbols, VoiceClip, batch_of, batches

GUIDE = 0.2  # how far from the diagonal attention may be at no great cost: g of Tachibana et al. (2018)
MAX_NORM = 1.0  # of gradients
WEIGHT_DECAY = 1e-6  # Shen et al. (2018)
RISE = 0.1  # of training, until the learning rate is at its height


def fit(
    model: Tacotron2,
    train: Sequence[VoiceClip],
    validation: Sequence[VoiceClip],
    symbols: Symbols,
    rng: np.random.Generator,
) -> Iterator[VoiceEpoch]:
    """Train `model` in place and yield a record after each epoch."""
    config = model.config
    optimiser = Adam(model.parameters(), lr=config.learning_rate, weight_decay=WEIGHT_DECAY)
    steps = config.epochs * sum(1 for _ in batches(train, config.batch, np.random.default_rng(0)))
    rates = OneCycleLR(optimiser, config.learning_rate, total_steps=steps + 1, pct_start=RISE, cycle_momentum=False)
    for epoch in range(1, config.epochs + 1):
        model.train()
        losses = []
        rate = float(rates.get_last_lr()[0])
        for clips in batches(train, config.batch, rng):
            batch = batch_of(clips, symbols, config.reduction)
            loss = loss_of(model(batch.texts, batch.emotions, batch.mels, batch.lengths), batch, config)
            optimiser.zero_grad()
            loss.backward()
            clip_grad_norm_(model.parameters(), MAX_NORM)
            optimiser.step()
            rates.step()
            losses.append(loss.item())
        validated, alignments = ask(model, validation, symbols)
        focus = float(np.mean([found.diagonality for found in alignments]))
        yield VoiceEpoch("tacotron2", epoch, rate, float(np.mean(losses)), validated, focus)


def ask(model: Tacotron2, clips: Sequence[VoiceClip], symbols: Symbols) -> tuple[float, list[Alignment]]:
    """Return the loss of `model`, in evaluation mode, told all frames before, and how it read each of `clips`."""
    model.eval()
    loss, found = 0.0, []
    for start in range(0, len(clips), model.config.batch):
        part = clips[start : start + model.config.batch]
        batch = batch_of(part, symbols, model.config.reduction)
        with torch.inference_mode():
            said = model(batch.texts, batch.emotions, batch.mels, batch.lengths)
            loss += float(loss_of(said, batch, model.config)) * len(part)
        for weights, clip, frames in zip(said.alignment, part, batch.lengths.tolist(), strict=True):
            found.append(judge(weights[: frames // model.config.reduction, : len(clip.text)].numpy()))
    return loss / max(1, len(clips)), found


def loss_of(said: Said, batch: Batch, config: Tacotron2Config) -> Tensor:
    """Return the sum of squared errors before and after the postnet, of the end, and of attention off the line."""
    kept = (torch.arange(batch.mels.shape[1]) < batch.lengths.unsqueeze(1)).unsqueeze(2)  # (batch, frames, 1)
    values = kept.sum() * batch.mels.shape[2]
    errors = sum((((mels - batch.mels) / SPREAD).square() * kept).sum() / values for mels in (said.first, said.mels))
    steps = batch.lengths // config.reduction
    place = torch.arange(said.stops.shape[1])
    ends = (place == steps.unsqueeze(1) - 1).float()
    told = (place < steps.unsqueeze(1)).float()
    ending = (binary_cross_entropy_with_logits(said.stops, ends, reduction="none") * told).sum() / told.sum()
    return errors + ending + config.guided_weight * _off_the_line(said.alignment, steps, (batch.texts > 0).sum(dim=1))


def _off_the_line(alignment: Tensor, steps: Tensor, characters: Tensor) -> Tensor:
    """Return the guided attention loss (Tachibana, Uenoyama, Aihara 2018): mean over steps and characters."""
    now = torch.arange(alignment.shape[1]) / steps.unsqueeze(1)  # (batch, steps)
    place = torch.arange(alignment.shape[2]) / characters.unsqueeze(1)  # (batch, characters)
    cost = 1 - (-((now.unsqueeze(2) - place.unsqueeze(1)) ** 2) / (2 * GUIDE**2)).exp()  # (batch, steps, characters)
    told = (now < 1).unsqueeze(2) * (place < 1).unsqueeze(1)  # (batch, steps, characters)
    return (alignment * cost * told).sum() / told.sum()

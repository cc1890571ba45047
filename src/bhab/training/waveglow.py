"""The loop that trains WaveGlow."""

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from torch.optim import Adam
from torch.optim.lr_scheduler import OneCycleLR

from bhab.config import WaveglowConfig
from bhab.models.waveglow import Noise, WaveGlow
from bhab.schema import MEL_HOP, MELS
from bhab.training.history import VoiceEpoch
from bhab.training.voice_clips import VoiceClip

MAX_NORM = 1.0  # of gradients
RISE = 0.1  # of training, until the learning rate is at its height
RECORDS = 20  # that a training yields
VALIDATION_BATCHES = 4
Segments = tuple[Tensor, Tensor]  # waves (batch, frames * MEL_HOP), mels (batch, frames, MELS)


def fit(
    model: WaveGlow,
    train: Sequence[VoiceClip],
    validation: Sequence[VoiceClip],
    precision: str,
    rng: np.random.Generator,
) -> Iterator[VoiceEpoch]:
    """Train `model` in place and yield RECORDS records."""
    config = model.config
    model.whiten(segments(train, VALIDATION_BATCHES * config.batch, config, rng)[0])
    held = [segments(validation, config.batch, config, rng) for _ in range(VALIDATION_BATCHES)]
    optimiser = Adam(model.parameters(), lr=config.learning_rate)
    rates = OneCycleLR(
        optimiser, config.learning_rate, total_steps=config.steps + 1, pct_start=RISE, cycle_momentum=False
    )
    ends = [round(config.steps * part / RECORDS) for part in range(RECORDS + 1)]
    for record in range(1, RECORDS + 1):
        model.train()
        losses = []
        rate = float(rates.get_last_lr()[0])
        for _ in range(ends[record - 1], ends[record]):
            waves, mels = segments(train, config.batch, config, rng)
            with _autocast(precision):
                noise = model(waves, mels)
            loss = loss_of(noise, config.train_sigma)
            optimiser.zero_grad()
            loss.backward()
            clip_grad_norm_(model.parameters(), MAX_NORM)
            optimiser.step()
            rates.step()
            losses.append(loss.item())
        yield VoiceEpoch("waveglow", record, rate, _mean(losses), _ask(model, held), None)


def segments(clips: Sequence[VoiceClip], n: int, config: WaveglowConfig, rng: np.random.Generator) -> Segments:
    """Return `n` pieces of `clips` drawn by chance, all of `segment_frames` frames; a shorter clip goes round."""
    frames = config.segment_frames
    waves = torch.empty(n, frames * MEL_HOP)
    mels = torch.empty(n, frames, MELS)
    for row, place in enumerate(rng.integers(0, len(clips), n)):
        clip = clips[place]
        start = int(rng.integers(0, max(1, len(clip.mel) - frames + 1)))
        taken = (start + np.arange(frames)) % len(clip.mel)
        mels[row] = torch.from_numpy(clip.mel[taken])
        waves[row] = torch.from_numpy(clip.wave.reshape(-1, MEL_HOP)[taken].reshape(-1))
    return waves, mels


def loss_of(noise: Noise, sigma: float) -> Tensor:
    """Return minus the logarithm of the probability density, in nats a sample."""
    n = noise.z[0].numel()
    likelihood = noise.log_det - noise.z.square().sum(dim=(1, 2)) / (2 * sigma**2)
    return -likelihood.mean() / n + 0.5 * math.log(2 * math.pi * sigma**2)


def _ask(model: WaveGlow, held: Sequence[Segments]) -> float:
    model.eval()
    with torch.inference_mode():
        return _mean([float(loss_of(model(*part), model.config.train_sigma)) for part in held])


def _autocast(precision: str) -> AbstractContextManager[object]:
    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")


def _mean(losses: Sequence[float]) -> float:
    return float(np.mean(losses)) if losses else 0.0

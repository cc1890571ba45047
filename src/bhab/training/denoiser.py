"""The loop that trains the denoiser. Waves are float32 (batch, samples), spectra (batch, frames, bins, 2)."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from bhab.config import TrainDenoiserConfig
from bhab.models.denoiser import Denoiser
from bhab.schema import SPEECH_RATE_HZ
from bhab.training.mixtures import Sounds, draw

REPORTED = 50  # steps in a record
WARM_UP = 0.1  # of the steps, in which the learning rate rises
WEIGHT_DECAY = 1e-4
MAX_NORM = 3.0  # of a gradient
COMPRESSION = 0.3  # of sizes, as the ear has it; as in GTCRN's loss
TINY = 1e-8
# What each part of the loss weighs: sizes and complex values of compressed spectra (their ratio is GTCRN's), the
# scale-invariant distortion in dB, and 1 less the correlation of loudness in bands, which is what STOI measures.
SIZE, COMPLEX, DISTORTION_DB, ENVELOPE = 14.0, 4.0, 0.03, 6.0
THIRDS, LOWEST_THIRD_HZ = 15, 150.0  # bands of a third of an octave, as in STOI
SPAN_S, SPAN_STEP = 0.384, 4  # over which loudness is correlated, as in STOI; every so many frames
LOUD = 1e-3  # of the loudest span: quieter ones hold no speech


def fit(model: Denoiser, sounds: Sounds, config: TrainDenoiserConfig, rng: np.random.Generator) -> Iterator[float]:
    """Train `model` in place and yield the mean loss of every REPORTED steps."""
    optimiser = AdamW(model.parameters(), config.learning_rate, weight_decay=WEIGHT_DECAY)
    cycle = OneCycleLR(optimiser, config.learning_rate, total_steps=config.steps + 1, pct_start=WARM_UP)
    bands = thirds(config.window)
    losses: list[float] = []
    model.train()
    for step in range(1, config.steps + 1):
        speech, noisy = (torch.from_numpy(wave) for wave in draw(sounds, config, rng))
        spectra = model(to_spectra(noisy, config.window))
        heard = to_waves(spectra, config.window, speech.shape[1])
        loss = distance(spectra, to_spectra(speech, config.window), bands) + DISTORTION_DB * distortion(heard, speech)
        optimiser.zero_grad()
        loss.backward()
        clip_grad_norm_(model.parameters(), MAX_NORM)
        optimiser.step()
        cycle.step()
        losses.append(loss.item())
        if step % REPORTED == 0 or step == config.steps:
            yield float(np.mean(losses))
            losses.clear()
    model.eval()


def distance(heard: Tensor, speech: Tensor, bands: Tensor) -> Tensor:
    """Return how far spectra are from those of the speech: in size, in phase, and in how loudness moves."""
    size, wanted = ((s * s).sum(dim=3).add(TINY).sqrt() for s in (heard, speech))  # (batch, frames, bins)
    sizes = (size**COMPRESSION - wanted**COMPRESSION).square().mean()
    turned = (s / a.unsqueeze(3) ** (1 - COMPRESSION) for s, a in ((heard, size), (speech, wanted)))
    one, other = turned
    return SIZE * sizes + COMPLEX * (one - other).square().mean() + ENVELOPE * envelopes(heard, speech, bands)


def envelopes(heard: Tensor, speech: Tensor, bands: Tensor) -> Tensor:
    """Return 1 less the mean correlation of loudness over SPAN_S, over bands and the spans that hold speech."""
    span = round(SPAN_S * SPEECH_RATE_HZ / (heard.shape[2] - 1))
    one, other = (
        ((s * s).sum(dim=3) @ bands + TINY).sqrt().unfold(1, min(span, s.shape[1]), SPAN_STEP) for s in (heard, speech)
    )  # (batch, spans, THIRDS, frames of a span)
    power = other.square().sum(dim=(2, 3))  # (batch, spans)
    spoken = (power > LOUD * power.amax(dim=1, keepdim=True)).float()
    one, other = one - one.mean(dim=3, keepdim=True), other - other.mean(dim=3, keepdim=True)
    scale = (one.square().sum(dim=3) * other.square().sum(dim=3) + TINY).sqrt()
    alike = ((one * other).sum(dim=3) / scale).mean(dim=2)  # (batch, spans)
    return ((1 - alike) * spoken).sum() / spoken.sum().clamp(min=1)


def distortion(heard: Tensor, speech: Tensor) -> Tensor:
    """Return the mean of minus the scale-invariant signal-to-distortion ratio, in dB."""
    power = (speech * speech).sum(dim=1, keepdim=True) + TINY
    target = (heard * speech).sum(dim=1, keepdim=True) / power * speech
    error = (heard - target).square().sum(dim=1) + TINY
    return -10 * torch.log10(target.square().sum(dim=1) / error + TINY).mean()


def thirds(window: int) -> Tensor:
    """Return which bins belong to each band of a third of an octave, (bins, THIRDS)."""
    hz = np.fft.rfftfreq(window, 1 / SPEECH_RATE_HZ)[:, None]
    centres = LOWEST_THIRD_HZ * 2 ** (np.arange(THIRDS) / 3)
    inside = (hz >= centres * 2 ** (-1 / 6)) & (hz < centres * 2 ** (1 / 6))
    inside[np.abs(hz - centres).argmin(axis=0), np.arange(THIRDS)] = True  # a low band is narrower than a bin
    return torch.from_numpy(inside.astype(np.float32))


def to_spectra(waves: Tensor, window: int) -> Tensor:
    """Return what `bhab.audio.learned.spectrum` returns, of a batch."""
    taper = torch.hann_window(window).sqrt()
    spectra = torch.stft(
        waves, window, window // 2, window=taper, center=True, pad_mode="constant", return_complex=True
    )
    return torch.view_as_real(spectra).transpose(1, 2)


def to_waves(spectra: Tensor, window: int, samples: int) -> Tensor:
    """Return the waves of `spectra`, the reverse of `to_spectra`."""
    turned = torch.view_as_complex(spectra.transpose(1, 2).contiguous())
    return torch.istft(turned, window, window // 2, window=torch.hann_window(window).sqrt(), length=samples)

"""The denoiser: the spectrum of noisy speech in, that of the speech out, frame by frame, with no look ahead.

A relative of GTCRN (Rong, Sun, Zhang, Hu, Zhu, Lu 2024), cut to what two cores train in minutes: its bands, its
complex mask and its convolutions over frequency stay; time belongs to a small GRU that all bands share, which tracks
the noise of each, and to one over the whole frame. Nothing looks at a later frame, so the delay is one window. The
level is taken out by the mean power so far (as in FullSubNet, Hao et al. 2021): quiet clips are cleaned like loud ones.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad

from bhab.config import TrainDenoiserConfig
from bhab.schema import SPEECH_RATE_HZ

SINGLE = 65  # bins from the lowest, each a band of its own: up to 2 kHz a harmonic is narrower than a band
BANDS = 32  # of the bins above, even on the scale of equivalent rectangular bandwidths
COMPRESSION = 0.3  # loudness over amplitude, as in the losses of most such networks
FLOOR = 1e-6  # of power under the mean power so far
SILENCE = 1e-10  # of power: -100 dBFS
FEATURES = 4  # of a band: its size, its usual size so far, its real and imaginary part
SLOPE = 0.1  # of LeakyReLU; slopes that are learned (PReLU) took a sixth of the time of a step on a CPU
KERNELS = (5, 3, 3)  # bands; strides of 2


class Denoiser(nn.Module):
    """Spectra are float32 (batch, frames, bins, 2), real and imaginary part, of windows of `config.window` samples."""

    gather: Tensor  # (bins, bands), the mean of a band's bins
    spread: Tensor  # (bands, bins), from bands back to bins

    def __init__(self, config: TrainDenoiserConfig) -> None:
        super().__init__()
        bands = band_filters(config.window)  # (bins, bands)
        self.register_buffer("gather", torch.from_numpy(bands / bands.sum(axis=0)).float(), persistent=False)
        self.register_buffer("spread", torch.from_numpy(bands.T.copy()).float(), persistent=False)
        low, middle, high = config.channels
        width = -(-(SINGLE + BANDS) // 8)  # bands after three strides of 2
        self.down = nn.ModuleList(
            [
                _block(nn.Conv2d(FEATURES, low, (1, KERNELS[0]), (1, 2), (0, 2)), low),
                _block(nn.Conv2d(low, middle, (1, KERNELS[1]), (1, 2), (0, 1)), middle),
                _block(nn.Conv2d(middle, high, (2, KERNELS[2]), (1, 2), (0, 1)), high),
            ]
        )
        self.track = nn.GRU(high, high, batch_first=True)
        self.enter = nn.Linear(high * width, config.hidden)
        self.memory = nn.GRU(config.hidden, config.hidden, batch_first=True)
        self.leave = nn.Linear(config.hidden, high * width)
        self.up = nn.ModuleList(
            [
                _block(nn.ConvTranspose2d(high, middle, (1, KERNELS[2]), (1, 2), (0, 1)), middle),
                _block(nn.ConvTranspose2d(middle, low, (1, KERNELS[1]), (1, 2), (0, 1)), low),
                nn.ConvTranspose2d(low, 2, (1, KERNELS[0]), (1, 2), (0, 2)),
            ]
        )

    def forward(self, spectrum: Tensor) -> Tensor:
        """Return the spectrum of the speech alone."""
        seen = self.features(spectrum)  # (batch, FEATURES, frames, bands)
        steps = [self.down[0](seen)]
        steps.append(self.down[1](steps[0]))
        steps.append(self.down[2](pad(steps[1], (0, 0, 1, 0))))  # each frame with the one before it
        batch, channels, frames, width = steps[2].shape
        each = steps[2].permute(0, 3, 2, 1).reshape(batch * width, frames, channels)  # bands by themselves
        tracked, _ = self.track(each)
        steps[2] = steps[2] + tracked.reshape(batch, width, frames, channels).permute(0, 3, 2, 1)
        heard = self.enter(steps[2].transpose(1, 2).reshape(batch, frames, channels * width))
        remembered, _ = self.memory(heard)  # (batch, frames, hidden)
        out = self.leave(heard + remembered).reshape(batch, frames, channels, width).transpose(1, 2)
        widths = (steps[1].shape[3], steps[0].shape[3], seen.shape[3])
        for up, step, wide in zip(self.up, reversed(steps), widths, strict=True):
            out = up(out + step)[..., :wide]
        mask = out.tanh() @ self.spread  # (batch, 2, frames, bins)
        real, imaginary = mask[:, 0], mask[:, 1]
        return torch.stack(
            [
                spectrum[..., 0] * real - spectrum[..., 1] * imaginary,
                spectrum[..., 0] * imaginary + spectrum[..., 1] * real,
            ],
            dim=3,
        )

    def features(self, spectrum: Tensor) -> Tensor:
        """Return the compressed size of each band, the mean of that so far, its compressed real and imaginary part."""
        power = (spectrum * spectrum).sum(dim=3)  # (batch, frames, bins)
        so_far = power.mean(dim=2, keepdim=True).cumsum(dim=1)
        counted = torch.ones_like(so_far).cumsum(dim=1)
        level = so_far / counted + SILENCE  # (batch, frames, 1)
        size = ((power / level) @ self.gather + FLOOR) ** (COMPRESSION / 2)  # (batch, frames, bands)
        usual = size.cumsum(dim=1) / counted  # (batch, frames, bands): what hums on is near it, speech is not
        turned = (spectrum / level.sqrt().unsqueeze(3)).permute(0, 3, 1, 2) @ self.gather  # (batch, 2, frames, bands)
        turned = turned * ((turned * turned).sum(dim=1, keepdim=True) + FLOOR) ** ((COMPRESSION - 1) / 2)
        return torch.cat([torch.stack([size, usual], dim=1), turned], dim=1)


def _block(convolution: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm2d(channels), nn.LeakyReLU(SLOPE))


def band_filters(window: int) -> NDArray[np.float64]:
    """Return how much of each bin belongs to each band, (bins, SINGLE + BANDS); the bands of a bin sum to 1."""
    hz = np.fft.rfftfreq(window, 1 / SPEECH_RATE_HZ)
    lowest, highest = 21.4 * np.log10(1 + 0.00437 * hz[[SINGLE - 1, -1]])  # Glasberg and Moore (1990)
    centres = (
        10 ** (np.linspace(lowest, highest, BANDS + 1) / 21.4) - 1
    ) / 0.00437  # the lowest is the last single bin
    upper = np.stack([np.interp(hz[SINGLE:], centres, np.eye(BANDS + 1)[k]) for k in range(1, BANDS + 1)], axis=1)
    upper[:, 0] += 1 - upper.sum(axis=1)
    filters = np.zeros((len(hz), SINGLE + BANDS))
    filters[:SINGLE, :SINGLE] = np.eye(SINGLE)
    filters[SINGLE:, SINGLE:] = upper
    return filters

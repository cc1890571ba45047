"""WaveGlow (Prenger, Valle, Catanzaro 2019): a wave and its mels to normal noise and back, one network, invertible.

A wave is squeezed to vectors of `groups` samples. Each step of flow mixes their channels by an invertible 1x1
convolution and scales and shifts one half by what a WaveNet-like network makes of the other half and the mels; after
every `early_every` steps some channels leave early. Training takes the wave to noise and asks how probable that is;
speaking takes noise to a wave.

Waves are float (batch, samples), mels (batch, frames, MELS) with frames * MEL_HOP samples. The paper brings mels to the
rate of the samples and squeezes them; here they are brought to the rate of the vectors: the same reach, fewer numbers.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import weight_norm

from bhab.config import WaveglowConfig
from bhab.schema import MEL_HOP, MELS

OVERLAP = 4  # frames that one vector hears of: the paper's kernel of 1024 at a stride of 256


class Noise(NamedTuple):
    """What a wave became."""

    z: Tensor  # (batch, groups, vectors)
    log_det: Tensor  # (batch,), of the Jacobian of z by the wave


class Coupling(nn.Module):
    """What scales and shifts one half: dilated convolutions, gated, conditioned on mels, with residual connections."""

    def __init__(self, half: int, config: WaveglowConfig) -> None:
        super().__init__()
        channels, self.channels = config.channels, config.channels
        self.start = weight_norm(nn.Conv1d(half, channels, 1))
        self.condition = weight_norm(nn.Conv1d(MELS, 2 * channels * config.layers, 1))
        self.heard = nn.ModuleList(
            weight_norm(
                nn.Conv1d(
                    channels, 2 * channels, config.kernel, dilation=2**layer, padding=2**layer * (config.kernel // 2)
                )
            )
            for layer in range(config.layers)
        )
        outs = [2 * channels] * (config.layers - 1) + [channels]  # the last has nothing to pass on
        self.passed = nn.ModuleList(weight_norm(nn.Conv1d(channels, out, 1)) for out in outs)
        self.end = nn.Conv1d(channels, 2 * half, 1)
        nn.init.zeros_(self.end.weight)  # so that at first it changes nothing
        nn.init.zeros_(self.end.bias)  # type: ignore[arg-type]  # a convolution has a bias unless told otherwise

    def forward(self, half: Tensor, mels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logarithm of the scale, and the shift, each (batch, half, vectors)."""
        x = self.start(half)
        conditions = self.condition(mels).chunk(len(self.heard), dim=1)
        skipped = torch.zeros_like(x)
        for hear, give, condition in zip(self.heard, self.passed, conditions, strict=True):
            filtered, gate = (hear(x) + condition).chunk(2, dim=1)
            given = give(filtered.tanh() * gate.sigmoid())
            if given.shape[1] > self.channels:
                x = x + given[:, : self.channels]
            skipped = skipped + given[:, -self.channels :]
        log_scale, shift = self.end(skipped).to(half.dtype).chunk(2, dim=1)
        return log_scale, shift


class WaveGlow(nn.Module):
    """Weights of convolutions are normed while it learns (Salimans, Kingma 2016); `fold` ends that."""

    def __init__(self, config: WaveglowConfig) -> None:
        super().__init__()
        self.config = config
        stride = MEL_HOP // config.groups
        self.raise_rate = nn.ConvTranspose1d(
            MELS, MELS, OVERLAP * stride, stride=stride, padding=(OVERLAP - 1) * stride // 2
        )
        left = [config.groups - self._left_before(flow) for flow in range(config.flows)]
        self.mixes = nn.ParameterList(torch.linalg.qr(torch.randn(n, n))[0] for n in left)
        self.couplings = nn.ModuleList(Coupling(n // 2, config) for n in left)

    def _left_before(self, flow: int) -> int:
        return flow // self.config.early_every * self.config.early_size

    def _leaves(self, flow: int) -> bool:
        return flow > 0 and flow % self.config.early_every == 0

    def forward(self, waves: Tensor, mels: Tensor) -> Noise:
        """Return the noise that `waves` are, and how much that changed volumes."""
        heard = self._raised(mels)
        x = waves.unflatten(1, (-1, self.config.groups)).transpose(1, 2)  # (batch, groups, vectors)
        left: list[Tensor] = []
        log_det = waves.new_zeros(len(waves))
        for flow, (mix, coupling) in enumerate(zip(self.mixes, self.couplings, strict=True)):
            if self._leaves(flow):
                left.append(x[:, : self.config.early_size])
                x = x[:, self.config.early_size :]
            with torch.autocast("cpu", enabled=False):  # eight bits of mantissa would be noise at 40 dB
                x = torch.einsum("oi,biv->bov", mix, x)
            known, changed = x.chunk(2, dim=1)
            log_scale, shift = coupling(known, heard)
            x = torch.cat([known, changed * log_scale.exp() + shift], dim=1)
            log_det = log_det + log_scale.sum(dim=(1, 2)) + x.shape[2] * torch.linalg.slogdet(mix)[1]
        return Noise(torch.cat([*left, x], dim=1), log_det)

    def inverse(self, z: Tensor, mels: Tensor) -> Tensor:
        """Return the waves that `z` (batch, groups, vectors) are: what `forward` undoes."""
        heard = self._raised(mels)
        x = z[:, self._left_before(self.config.flows - 1) :]
        for flow in reversed(range(self.config.flows)):
            known, changed = x.chunk(2, dim=1)
            log_scale, shift = self.couplings[flow](known, heard)
            x = torch.cat([known, (changed - shift) * (-log_scale).exp()], dim=1)
            x = torch.einsum("oi,biv->bov", torch.linalg.inv(self.mixes[flow]), x)
            if self._leaves(flow):
                start = self._left_before(flow - 1)
                x = torch.cat([z[:, start : start + self.config.early_size], x], dim=1)
        return x.transpose(1, 2).flatten(1)

    def speak(self, mels: Tensor, sigma: float, generator: torch.Generator) -> Tensor:
        """Return waves of `mels`, from normal noise of deviation `sigma`."""
        vectors = mels.shape[1] * MEL_HOP // self.config.groups
        z = sigma * torch.randn(len(mels), self.config.groups, vectors, generator=generator)
        return self.inverse(z, mels)

    def whiten(self, waves: Tensor) -> None:
        """Let the first mix make the samples of a vector unlike and even, as they are in `waves` (n, samples).

        Where to start is all this decides, as Kingma and Dhariwal (2018) start from data.
        """
        vectors = waves.reshape(-1, self.config.groups)
        values, basis = torch.linalg.eigh(vectors.T @ vectors / len(vectors))
        with torch.no_grad():
            self.mixes[0].copy_((basis / values.clamp(min=values.max() * 1e-6).sqrt()).T)

    def fold(self) -> None:
        """Keep each normed weight as the plain number it is."""
        for module in self.modules():
            if parametrize.is_parametrized(module, "weight"):
                parametrize.remove_parametrizations(module, "weight")

    def _raised(self, mels: Tensor) -> Tensor:
        """Return `mels` at the rate of the vectors: (batch, MELS, vectors)."""
        raised: Tensor = self.raise_rate(mels.transpose(1, 2))
        return raised

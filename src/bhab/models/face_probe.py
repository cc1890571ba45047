"""A small residual network for 48x48 grey faces (He et al. 2016), made to be trained several times over in minutes.

The first layer takes 2x2 pixels as four channels: at full resolution the first convolutions would cost more than all
others together. Faces are standardised one by one, so light and contrast tell nothing.
"""

from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from bhab.schema import EMOTIONS

FILTERS = (32, 96, 192)  # of the first convolution, at 24x24, and of the blocks, each at half the resolution before
KERNEL = 3
MIN_CONTRAST = 0.02  # of a face in [0, 1], about 5 grey levels: a blank image stays nearly blank


class FaceProbe(nn.Module):
    """0.6 M parameters."""

    def __init__(self) -> None:
        super().__init__()
        stem, middle, last = FILTERS
        self.blocks = nn.Sequential(
            nn.PixelUnshuffle(2), *_convolution(4, stem, 1), nn.ReLU(), Block(stem, middle), Block(middle, last)
        )
        self.head = nn.Linear(last, len(EMOTIONS))

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        logits: Tensor = self.head(self.features(faces))
        return logits

    def features(self, faces: Tensor) -> Tensor:
        """Return what the last layer sees, (batch, 192)."""
        mean = faces.mean(dim=(1, 2, 3), keepdim=True)
        contrast = faces.std(dim=(1, 2, 3), keepdim=True).clamp(min=MIN_CONTRAST)
        maps = self.blocks((faces - mean) / contrast)  # (batch, 192, 6, 6)
        return adaptive_avg_pool2d(maps, 1).flatten(start_dim=1)  # (batch, 192)


class Block(nn.Module):
    """Two convolutions and a way around them, to half the resolution."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *_convolution(channels_in, channels_out, 2), nn.ReLU(), *_convolution(channels_out, channels_out, 1)
        )
        self.around = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 1, stride=2, bias=False), nn.BatchNorm2d(channels_out)
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return (batch, channels_out, height / 2, width / 2)."""
        out: Tensor = (self.main(maps) + self.around(maps)).relu()
        return out


def _convolution(channels_in: int, channels_out: int, stride: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(channels_in, channels_out, KERNEL, stride=stride, padding=KERNEL // 2, bias=False),  # norm shifts
        nn.BatchNorm2d(channels_out),
    )

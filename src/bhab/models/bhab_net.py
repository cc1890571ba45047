"""bhab_net: a residual network made for faces of 48 pixels and for training on two cores.

Each face is first brought to mean 0 and spread 1: light and contrast of a photograph say nothing of an emotion. One
convolution at full size, where pixels are many and channels few, then four stages of a residual block (He et al. 2016),
each with twice the channels at half the side, so all cost about the same. In evaluation it looks at the face and at
its mirror image, and its logits are the mean: that is part of the model, so whoever asks it gets the same answer.
"""

from torch import Tensor, nn

from bhab.config import FerRecipe
from bhab.schema import EMOTIONS

FILTERS = (32, 64, 128, 256)  # of the stages, times `width`
KERNEL = 3
MIN_CONTRAST = 0.01  # of a face; less is a blank


class BhabNet(nn.Module):
    """1.2 M parameters at width 1."""

    def __init__(self, recipe: FerRecipe) -> None:
        super().__init__()
        first, *rest = (round(filters * recipe.width) for filters in FILTERS)
        self.stem = nn.Sequential(_convolution(1, first), nn.BatchNorm2d(first), nn.ReLU(inplace=True), nn.MaxPool2d(2))
        blocks = [_Residual(first, first, stride=1)]
        for before, filters in zip((first, *rest), rest, strict=False):
            blocks.append(_Residual(before, filters, stride=2))
        self.blocks = nn.Sequential(*blocks)
        self.dropout = nn.Dropout(recipe.dropout)
        self.head = nn.Linear(rest[-1], len(EMOTIONS))

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        mean = faces.mean(dim=(1, 2, 3), keepdim=True)
        contrast = faces.std(dim=(1, 2, 3), keepdim=True).clamp(min=MIN_CONTRAST)
        even = (faces - mean) / contrast
        if self.training:
            return self._look(even)
        return (self._look(even) + self._look(even.flip(dims=(3,)))) / 2

    def _look(self, faces: Tensor) -> Tensor:
        maps = self.blocks(self.stem(faces))  # (batch, 256, 3, 3)
        logits: Tensor = self.head(self.dropout(maps.mean(dim=(2, 3))))  # (batch, emotions)
        return logits


class _Residual(nn.Module):
    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            _convolution(channels_in, channels_out, stride),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
            _convolution(channels_out, channels_out),
            nn.BatchNorm2d(channels_out),
        )
        self.shortcut = (
            nn.Identity()
            if stride == 1
            else nn.Sequential(  # pooled, so that no pixel is left out (He et al. 2019, ResNet-D)
                nn.AvgPool2d(stride), nn.Conv2d(channels_in, channels_out, 1, bias=False), nn.BatchNorm2d(channels_out)
            )
        )

    def forward(self, maps: Tensor) -> Tensor:
        out: Tensor = (self.convolutions(maps) + self.shortcut(maps)).relu()
        return out


def _convolution(channels_in: int, channels_out: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, KERNEL, stride, padding=KERNEL // 2, bias=False)  # a norm shifts

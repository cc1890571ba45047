"""Best_FER as the paper names it, a dilated CNN-RNN, here with the recurrent layer its notebook left out.

Dilated convolutions see a wide part of the face at little cost; a bidirectional GRU then reads the feature map row by
row, forehead to chin, so that brows, eyes and mouth are read in their order. The paper gives dilation, batch norm,
dropout 0.25 and the recurrent layer; widths, depths and the GRU are ours.
"""

from torch import Tensor, nn

from bhab.config import FerRecipe
from bhab.schema import EMOTIONS, FACE_PX

STAGES = (((32, 1),), ((64, 1), (64, 2)), ((128, 1), (128, 2)))  # (filters, dilation) of each convolution; then a pool
KERNEL = 3
HIDDEN = 64  # of the GRU, in each direction


class BestFer(nn.Module):
    """0.6 M parameters, half of them in the GRU."""

    def __init__(self, recipe: FerRecipe) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for stage in STAGES:
            for filters, dilation in stage:
                layers += _convolution(channels, filters, dilation)
                channels = filters
            layers += [nn.MaxPool2d(2), nn.Dropout(recipe.dropout)]
        self.convolutions = nn.Sequential(*layers)
        side = FACE_PX // 2 ** len(STAGES)
        self.rows = nn.GRU(channels * side, HIDDEN, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(recipe.dropout)
        self.head = nn.Linear(2 * HIDDEN, len(EMOTIONS))

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        maps = self.convolutions(faces)  # (batch, 128, 6, 6)
        rows = maps.transpose(1, 2).flatten(start_dim=2)  # (batch, 6 rows, 128 channels * 6 columns)
        states, _ = self.rows(rows)  # (batch, 6 rows, 2 * HIDDEN)
        pooled = self.dropout(states.mean(dim=1))  # (batch, 2 * HIDDEN)
        logits: Tensor = self.head(pooled)  # (batch, emotions)
        return logits


def _convolution(channels_in: int, channels_out: int, dilation: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(channels_in, channels_out, KERNEL, padding=dilation, dilation=dilation, bias=False),  # norm shifts
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )

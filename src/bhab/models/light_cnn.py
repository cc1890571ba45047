"""The paper's light CNN: three conv-ReLU-pool-dropout blocks, flatten, dense ReLU, seven logits.

The paper gives the order of the layers, not their widths; FILTERS and DENSE are ours. No batch norm, as published.
Softmax is left to the loss in training and to the caller in use.
"""

from torch import Tensor, nn

from bhab.config import FerRecipe
from bhab.schema import EMOTIONS, FACE_PX

FILTERS = (32, 64, 128)
DENSE = 256
KERNEL = 3


class LightCnn(nn.Module):
    """1.3 M parameters, most of them in the dense layer."""

    def __init__(self, recipe: FerRecipe) -> None:
        super().__init__()
        first, second, third = FILTERS
        self.blocks = nn.Sequential(
            *_block(1, first, recipe.dropout),
            *_block(first, second, recipe.dropout),
            *_block(second, third, recipe.dropout),
        )
        side = FACE_PX // 2 ** len(FILTERS)
        self.dense = nn.Linear(third * side * side, DENSE)
        self.head = nn.Linear(DENSE, len(EMOTIONS))
        self.apply(_start)

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        maps = self.blocks(faces)  # (batch, 128, 6, 6)
        flat = maps.flatten(start_dim=1)  # (batch, 4608)
        hidden = self.dense(flat).relu()  # (batch, 256)
        logits: Tensor = self.head(hidden)  # (batch, emotions)
        return logits


def _start(module: nn.Module) -> None:
    """Draw weights as Keras does by default (Glorot, Bengio 2010): PyTorch's smaller ones stay at chance for longer."""
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


def _block(channels_in: int, channels_out: int, dropout: float) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(channels_in, channels_out, KERNEL, padding=KERNEL // 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(dropout),
    )

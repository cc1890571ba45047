"""The paper's recurrent network alone: a face read row by row, forehead to chin, as a sequence.

The paper names it and gives no sizes; the layers and HIDDEN are ours.
"""

from torch import Tensor, autocast, nn

from bhab.config import FerRecipe
from bhab.schema import EMOTIONS, FACE_PX

HIDDEN = 128  # of each layer, in each direction
LAYERS = 2


class Rnn(nn.Module):
    """0.4 M parameters."""

    def __init__(self, recipe: FerRecipe) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(FACE_PX)
        self.rows = nn.GRU(FACE_PX, HIDDEN, LAYERS, batch_first=True, dropout=recipe.dropout, bidirectional=True)
        self.dropout = nn.Dropout(recipe.dropout)
        self.head = nn.Linear(2 * HIDDEN, len(EMOTIONS))

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        rows = self.norm(faces.squeeze(1))  # (batch, 48 rows, 48 columns)
        with autocast(rows.device.type, enabled=False):  # a GRU in bfloat16 takes five times as long on a CPU
            states, _ = self.rows(rows.float())  # (batch, 48 rows, 2 * HIDDEN)
        pooled = self.dropout(states.mean(dim=1))  # (batch, 2 * HIDDEN)
        logits: Tensor = self.head(pooled)  # (batch, emotions)
        return logits

"""ResNet-50 (He et al. 2016) from transformers, as the paper uses it: grey faces in three channels, 224 pixels a side.

A face of 48 pixels would leave its 16 blocks a map of 12 x 12, then 2 x 2: at that side the first convolution and pool
keep the size, as is usual for small pictures (He et al. 2016, section 4.2).
"""

from torch import Tensor, nn

from bhab.config import FerRecipe
from bhab.models.photographs import network, photographs
from bhab.schema import EMOTIONS, FACE_PX


class ResNet50(nn.Module):
    """23.5 M parameters. Raises ParamsError if weights to start from are named and cannot be had."""

    def __init__(self, recipe: FerRecipe) -> None:
        super().__init__()
        from transformers import ResNetConfig, ResNetForImageClassification  # 3 s

        self.side_px = recipe.side_px
        config = ResNetConfig(num_labels=len(EMOTIONS))
        self.network = network(ResNetForImageClassification, config, recipe.pretrained)
        if self.side_px == FACE_PX:
            stem = self.network.resnet.embedder
            stem.embedder.convolution.stride = (1, 1)
            stem.pooler = nn.Identity()

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        logits: Tensor = self.network(photographs(faces, self.side_px)).logits
        return logits

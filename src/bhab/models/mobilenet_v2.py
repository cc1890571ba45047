"""MobileNetV2 (Sandler et al. 2018) from transformers, as the paper uses it: three channels, 224 pixels a side.

A face of 48 pixels would end in a map of 2 x 2: at that side its last stride becomes a dilation, and 3 x 3 is left.
With 6 x 6 it would be nearer to the 7 x 7 of 224 pixels, and take two and a half times as long to train.
"""

from torch import Tensor, nn

from bhab.config import FerRecipe
from bhab.models.photographs import network, photographs
from bhab.schema import EMOTIONS, FACE_PX

STRIDE = 32  # as published: side of the picture to that of the last map
STRIDE_OF_SMALL = 16
MOMENTUM = 0.1  # PyTorch's; transformers has TensorFlow's 0.997, with which evaluation sees the last batch alone


class MobileNetV2(nn.Module):
    """2.2 M parameters. Raises ParamsError if weights to start from are named and cannot be had."""

    def __init__(self, recipe: FerRecipe) -> None:
        super().__init__()
        from transformers import MobileNetV2Config, MobileNetV2ForImageClassification  # 3 s

        self.side_px = recipe.side_px
        config = MobileNetV2Config(
            num_labels=len(EMOTIONS),
            depth_multiplier=recipe.width,
            output_stride=STRIDE_OF_SMALL if self.side_px == FACE_PX else STRIDE,
            tf_padding=recipe.pretrained is not None,  # published weights expect it
            classifier_dropout_prob=recipe.dropout,
        )
        self.network = network(MobileNetV2ForImageClassification, config, recipe.pretrained)
        for module in self.network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = MOMENTUM

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        logits: Tensor = self.network(photographs(faces, self.side_px)).logits
        return logits

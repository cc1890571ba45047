"""The models of facial expressions. A new one is one module and one line here.

Each takes float32 (batch, 1, 48, 48) in [0, 1] and gives logits (batch, 7), classes in the order of
`bhab.schema.EMOTIONS`.
"""

from collections.abc import Callable

from torch import nn

from bhab.config import FerRecipe
from bhab.models.best_fer import BestFer
from bhab.models.bhab_net import BhabNet
from bhab.models.light_cnn import LightCnn
from bhab.models.mobilenet_v2 import MobileNetV2
from bhab.models.resnet50 import ResNet50
from bhab.models.rnn import Rnn

FER: dict[str, Callable[[FerRecipe], nn.Module]] = {
    "best_fer": BestFer,
    "bhab_net": BhabNet,
    "light_cnn": LightCnn,
    "mobilenet_v2": MobileNetV2,
    "resnet50": ResNet50,
    "rnn": Rnn,
}


def head_of(model: nn.Module) -> nn.Linear:
    """Return the last layer of one of these, that which makes logits of what the network found."""
    *_, head = (module for module in model.modules() if isinstance(module, nn.Linear))
    return head

"""Networks, one file each: faces and sentences in, logits out; noisy speech in, speech out. No loop, no files.

A model of faces takes float32 (batch, 1, 48, 48) in [0, 1] and gives logits (batch, 7), classes in the order of
`bhab.schema.EMOTIONS`. A new one is one module and one line here.
"""

from collections.abc import Callable

from torch import nn

from bhab.config import TrainFerConfig
from bhab.models.best_fer import BestFer
from bhab.models.denoiser import Denoiser
from bhab.models.face_frame import FaceFrame
from bhab.models.face_probe import FaceProbe
from bhab.models.feedback import Feedback
from bhab.models.light_cnn import LightCnn

__all__ = ["FER", "BestFer", "Denoiser", "FaceFrame", "FaceProbe", "Feedback", "LightCnn"]

FER: dict[str, Callable[[TrainFerConfig], nn.Module]] = {
    "best_fer": BestFer,
    "light_cnn": LightCnn,
}

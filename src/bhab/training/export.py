"""A trained model as ONNX: of faces with its label names inside, and the denoiser."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from torch import Tensor, nn

from bhab.schema import FACE_PX

OPSET = 17


def to_onnx(model: nn.Module, emotions: Sequence[str]) -> bytes:
    """Return `model` as ONNX, in evaluation mode.

    Input `faces`: float32 (batch, 1, 48, 48) in [0, 1]. Output `logits`: float32 (batch, emotions). The metadata key
    `emotions` names the columns, comma-separated, in order.
    """
    axes = {"faces": {0: "batch"}, "logits": {0: "batch"}}
    return checked(named(_exported(model, torch.zeros(2, 1, FACE_PX, FACE_PX), axes), emotions))


def denoiser_to_onnx(model: nn.Module, window: int) -> bytes:
    """Return the denoiser as ONNX, in evaluation mode.

    Input `spectrum` and output `speech`: float32 (clips, frames, window / 2 + 1, 2), as bhab.audio.learned has them.
    """
    axes = {name: {0: "clips", 1: "frames"} for name in ("spectrum", "speech")}
    return checked(_exported(model, torch.zeros(2, 9, window // 2 + 1, 2), axes))


def _exported(model: nn.Module, example: Tensor, axes: Mapping[str, Mapping[int, str]]) -> onnx.ModelProto:
    given, got = axes
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter on its own age, and on batches, which the test covers
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            model.eval(),
            (example,),
            path,
            dynamo=False,  # the new exporter needs onnxscript and writes the weights beside the model
            opset_version=OPSET,
            input_names=[given],
            output_names=[got],
            dynamic_axes={name: dict(own) for name, own in axes.items()},
        )
        return onnx.load(path)


def named(proto: onnx.ModelProto, emotions: Sequence[str]) -> onnx.ModelProto:
    """Return `proto` with the names of its classes as its only metadata."""
    del proto.metadata_props[:]
    entry = proto.metadata_props.add()
    entry.key, entry.value = "emotions", ",".join(emotions)
    return proto


def checked(proto: onnx.ModelProto) -> bytes:
    """Return `proto` as bytes. Raises if it is not valid ONNX."""
    onnx.checker.check_model(proto)
    out: bytes = proto.SerializeToString()
    return out

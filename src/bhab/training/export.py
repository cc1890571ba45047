"""A trained model of faces as ONNX, with its label names inside."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from torch import nn

from bhab.schema import FACE_PX

OPSET = 17


def to_onnx(model: nn.Module, emotions: Sequence[str]) -> bytes:
    """Return `model` as ONNX, in evaluation mode.

    Input `faces`: float32 (batch, 1, 48, 48) in [0, 1]. Output `logits`: float32 (batch, emotions). The metadata key
    `emotions` names the columns, comma-separated, in order.
    """
    example = torch.zeros(2, 1, FACE_PX, FACE_PX)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter on its own age, and on batches, which the test covers
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            model.eval(),
            (example,),
            path,
            dynamo=False,  # the new exporter needs onnxscript and writes the weights beside the model
            opset_version=OPSET,
            input_names=["faces"],
            output_names=["logits"],
            dynamic_axes={"faces": {0: "batch"}, "logits": {0: "batch"}},
        )
        proto = onnx.load(path)
    entry = proto.metadata_props.add()
    entry.key, entry.value = "emotions", ",".join(emotions)
    onnx.checker.check_model(proto)
    out: bytes = proto.SerializeToString()
    return out

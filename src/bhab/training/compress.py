"""A model of faces made small: its variants as ONNX, and how each is asked.

int8 is static quantisation (Jacob et al. 2018): activations as uint8, by the least and greatest value each has on some
training faces; weights as int8, by channel. What has no int8 kernel stays float: the standardisation of faces, the
recurrent layers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor

from bhab.config import EvaluateConfig
from bhab.fairness.grouped import Places, percentiles, resampled, sums_by
from bhab.fairness.intervals import Figure
from bhab.schema import EMOTIONS
from bhab.training.export import checked, named
from bhab.training.faces import GREY_LEVELS
from bhab.training.scores import share_of

QUANTISED = ("Conv", "Gemm", "MatMul", "Add", "Relu", "Clip", "MaxPool", "AveragePool")  # kinds of nodes that get int8
BATCH = 64  # faces asked at once; sums of a face do not depend on it


class _Faces(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Faces as calibration reads them."""

    def __init__(self, images: Tensor) -> None:
        self.left = batches(images)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """Return the next faces, None after the last."""
        return next(self.left, None)


def to_int8(content: bytes, images: Tensor) -> bytes:
    """Return a model in ONNX with its weights and activations quantised by uint8 (faces, 48, 48)."""
    with TemporaryDirectory() as folder:
        given, ready, made = (Path(folder) / f"{name}.onnx" for name in ("given", "ready", "made"))
        given.write_bytes(content)
        quant_pre_process(given, ready, skip_symbolic_shape=True)  # merges norms into convolutions; shapes are known
        quantize_static(
            ready,
            made,
            _Faces(images),
            per_channel=True,
            reduce_range=True,  # weights of 7 bits: without VNNI, sums of products of 8 bits overflow
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=QUANTISED,
        )
        return checked(named(onnx.load(made), EMOTIONS))


def left_float(content: bytes) -> dict[str, int]:
    """Return how many nodes of each kind have float32 weights of their own."""
    graph = onnx.load_from_string(content).graph
    weights = {t.name for t in graph.initializer if t.data_type == onnx.TensorProto.FLOAT and len(t.dims) > 1}
    kinds = [node.op_type for node in graph.node if weights.intersection(node.input)]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def ask_onnx(content: bytes, images: Tensor) -> NDArray[np.float32]:
    """Return the logits, (rows, emotions), of uint8 (rows, 48, 48)."""
    session = session_of(content)
    answers = [session.run(None, faces)[0] for faces in batches(images)]
    return np.concatenate(answers) if answers else np.zeros((0, len(EMOTIONS)), dtype=np.float32)


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    """Return a model in ONNX, on one thread: with more, sums are in another order."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def batches(images: Tensor) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Yield uint8 (rows, 48, 48) as the input of an exported model, some at once."""
    for part in images.split(BATCH) if len(images) else ():
        yield {"faces": part.unsqueeze(1).numpy().astype(np.float32) / GREY_LEVELS}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a variant says of the labelled faces of a split; figures are None where there are none.

    `lost` is by how much it is less accurate than the model as it was trained, on the same faces and resamples; `same`
    is the share of faces of which it says the same.
    """

    n: int
    accuracy: Figure | None = None
    lost: Figure | None = None
    same: Figure | None = None


def judge(said: Places, whole: Places, truth: Places, group: NDArray[np.str_], config: EvaluateConfig) -> Judged:
    """Return the figures of a variant that `said` this, the whole model `whole`, of faces labelled `truth`."""
    n = len(truth)
    if n == 0:
        return Judged(0)
    fewer = np.stack([(whole == truth).astype(np.float64) - (said == truth), np.ones(n)], axis=1)  # (rows, 2)
    sums = sums_by(fewer, group)  # (groups, 2)
    drawn = resampled(sums, config.resamples, np.random.default_rng(config.seed))  # (resamples, 2)
    return Judged(
        n,
        share_of(said == truth, group, config),
        percentiles(fewer[:, 0].mean(), drawn[:, 0] / drawn[:, 1], n),
        share_of(said == whole, group, config),
    )

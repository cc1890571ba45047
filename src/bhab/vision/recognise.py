"""What emotion faces show, by a published model: the third of the five layers from camera to voice.

A model is an ONNX file as stage `publish` writes it, with the names of its classes inside; PyTorch is not needed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bhab.errors import TableError
from bhab.schema import EMOTIONS, FACE_PX
from bhab.store import require_emotions

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SHAPE = [1, FACE_PX, FACE_PX]  # of one face
LEVELS = 255.0


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A model of facial expressions."""

    name: str
    session: "InferenceSession"

    def ask(self, faces: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the probability of each emotion, (faces, 7) in the order of EMOTIONS, of faces (faces, 48, 48)."""
        if not len(faces):
            return np.zeros((0, len(EMOTIONS)))
        shown = faces[:, np.newaxis].astype(np.float32) / np.float32(LEVELS)
        (logits,) = self.session.run(None, {"faces": shown})
        odds = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def load_recogniser(path: Path, name: str) -> Recogniser:
    """Return the model in `path` under a name, on one thread: a face takes less than sharing it would.

    Raises TableError if there is no such model, LabelMapError if its classes are not ours.
    """
    import onnxruntime

    if not path.is_file():
        raise TableError(f"{path}: no such file; `dvc repro publish` writes a model of faces there")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own classes derive from Exception, and there is one for each way to be broken
        raise TableError(f"{path}: not a model in ONNX ({str(error).splitlines()[0]:.120})") from error
    names = session.get_modelmeta().custom_metadata_map.get("emotions", "")
    require_emotions(names.split(","), path)
    inputs = {given.name: given.shape[1:] for given in session.get_inputs()}
    if inputs != {"faces": SHAPE}:
        raise TableError(f"{path}: inputs {inputs}, expected faces of {SHAPE}")
    return Recogniser(name, session)

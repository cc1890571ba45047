"""Where the speech in a clip begins and ends. Clips are 16 kHz mono int16, shape (samples,).

The detector is Silero VAD (MIT), its ONNX file run without PyTorch: the package that ships it is not imported.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import to_float
from bhab.schema import SPEECH_RATE_HZ

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL = "silero_vad_16k_sequence.onnx"  # the variant that takes all frames of a clip in one call
FRAME, CONTEXT = 512, 64  # samples: what the model judges, and what it sees before that
STATE = (1, 1, 128)
SPEECH = 0.5  # probability; Silero's own threshold
ONLY_ERRORS = 3  # onnxruntime's log level: the file has initialisers it does not use, and says so


def trim(pcm: NDArray[np.int16], margin_s: float) -> NDArray[np.int16]:
    """Return `pcm` from its first to its last speech, and `margin_s` around it; all of it if no speech is found."""
    spoken = np.flatnonzero(speech_probability(pcm) >= SPEECH)
    if len(spoken) == 0:
        return pcm
    margin = round(margin_s * SPEECH_RATE_HZ)
    return pcm[max(0, int(spoken[0]) * FRAME - margin) : (int(spoken[-1]) + 1) * FRAME + margin]


def speech_probability(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return how probably each frame of FRAME samples holds speech, shape (frames,); the last frame is padded."""
    frames = -(-len(pcm) // FRAME)
    if frames == 0:
        return np.zeros(0, np.float32)
    padded = np.zeros(CONTEXT + frames * FRAME, np.float32)
    padded[CONTEXT : CONTEXT + len(pcm)] = to_float(pcm)
    blocks = np.lib.stride_tricks.sliding_window_view(padded, CONTEXT + FRAME)[::FRAME]  # (frames, CONTEXT + FRAME)
    state = np.zeros(STATE, np.float32)
    found = _session().run(["speech_probs"], {"input": np.ascontiguousarray(blocks), "h": state, "c": state})
    return np.asarray(found[0], dtype=np.float32)


@cache
def _session() -> "InferenceSession":
    """Return the model, loaded once for each process, on one thread: more would not change a clip of seconds."""
    import onnxruntime

    package = find_spec("silero_vad")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("silero_vad is not installed; `make setup` installs it")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ONLY_ERRORS
    path = Path(package.origin).parent / "data" / MODEL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

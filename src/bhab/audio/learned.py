"""A denoiser that was trained (bhab.models.denoiser), as ONNX: clips are 16 kHz mono int16, shape (samples,).

The network takes and gives spectra; the step from sound to spectra and back is here, once for runs and once more, with
the same windows, in training (bhab.training.denoiser). A test compares the two.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import to_float, to_pcm
from bhab.errors import TableError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def learned(pcm: NDArray[np.int16], network: "InferenceSession") -> NDArray[np.int16]:
    """Return `pcm` without what `network` takes for noise; same length, in step with the input."""
    window = 2 * (network.get_inputs()[0].shape[2] - 1)
    noisy = spectrum(to_float(pcm), window)
    [given] = network.get_inputs()
    [clean] = network.run(None, {given.name: noisy[np.newaxis]})
    return to_pcm(sound(clean[0], window)[: len(pcm)])


def spectrum(wave: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """Return the spectra of windows that overlap by half, (frames, window / 2 + 1, 2); the first begins before 0."""
    hop = window // 2
    frames = -(-len(wave) // hop) + 1
    padded = np.zeros((frames + 1) * hop, np.float32)
    padded[hop : hop + len(wave)] = wave
    blocks = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]  # (frames, window)
    bins = np.fft.rfft(blocks * taper(window))
    return np.stack([bins.real, bins.imag], axis=2).astype(np.float32)


def sound(spectra: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """Return the sound of which `spectrum` made `spectra`, with zeros up to the next whole hop."""
    blocks = np.fft.irfft(spectra[..., 0] + 1j * spectra[..., 1], window) * taper(window)  # (frames, window)
    early, late = blocks[:, : window // 2], blocks[:, window // 2 :]
    return np.asarray(early[1:] + late[:-1], np.float32).ravel()


@cache
def taper(window: int) -> NDArray[np.float64]:
    """Return the square root of a Hann window: applied twice, halves that overlap sum to 1."""
    return np.sin(np.pi * np.arange(window) / window)


@cache
def read_network(path: Path) -> "InferenceSession":
    """Return the network in an ONNX file, loaded once for each process. Raises TableError if it is missing."""
    if not path.exists():
        raise TableError(f"{path}: no such file; `dvc repro` makes it")
    return network_of(path.read_bytes())


def network_of(content: bytes) -> "InferenceSession":
    """Return the network in ONNX, on one thread: Beam spreads clips over processes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

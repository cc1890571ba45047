"""Noise out of speech, and a guard against harm. Clips are 16 kHz mono int16, shape (samples,)."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bhab.audio.guard import Change, Verdict, compare, judge
from bhab.audio.learned import learned, read_network
from bhab.audio.listener import Listener
from bhab.audio.measures import FRAME_S, snr_db
from bhab.audio.pcm import FULL_SCALE, resample, to_float, to_pcm
from bhab.audio.trim import trim
from bhab.config import DenoiseConfig
from bhab.schema import SPEECH_RATE_HZ

LATE_FRAMES = 2  # of 10 ms: by so much RNNoise's output lags its input, measured by cross-correlation
GATING_WINDOW = 1024  # samples, noisereduce's own; a clip shorter than that is left alone
BACKGROUND = 0.2  # of the frames, the quietest, are what gating takes for noise
GATING_STRENGTH = 0.8  # of 1.0: full gating takes the quiet half of speech with the noise

Method = Callable[[NDArray[np.int16]], NDArray[np.int16]]
Guard = Verdict | Literal["no_method", "clean_already"]


@dataclass(frozen=True, slots=True)
class CleanClip:
    """A trimmed clip, denoised unless the guard kept the original."""

    pcm: NDArray[np.int16]  # (samples,)
    trimmed_s: float
    snr_before_db: float  # of the trimmed clip
    snr_after_db: float  # of `pcm`
    guard: Guard
    change: Change | None  # what the method did, whether or not it was kept; None where none was tried


def clean_clip(pcm: NDArray[np.int16], method: Method | None, listener: Listener, config: DenoiseConfig) -> CleanClip:
    """Return `pcm` trimmed, and denoised by `method` where that does no harm."""
    original = trim(pcm, config.trim_margin_s)
    trimmed_s = (len(pcm) - len(original)) / SPEECH_RATE_HZ
    before = snr_db(original / FULL_SCALE)
    if method is None:
        return CleanClip(original, trimmed_s, before, before, "no_method", None)
    if before > config.clean_snr_db:
        return CleanClip(original, trimmed_s, before, before, "clean_already", None)
    denoised = method(original)
    change = compare(original, denoised, listener)
    verdict = judge(change, config)
    if verdict != "passed":
        return CleanClip(original, trimmed_s, before, before, verdict, change)
    return CleanClip(denoised, trimmed_s, before, change.snr_after_db, verdict, change)


def method_named(name: str, network: Path) -> Method | None:
    """Return the method called `name`; `own` is the network in the ONNX file `network`, `both` that and RNNoise."""
    if name == "none":
        return None
    if name not in ("own", "both"):
        return METHODS[name]
    own = partial(learned, network=read_network(network))
    return own if name == "own" else partial(mean_of, methods=(own, rnnoise))


def mean_of(pcm: NDArray[np.int16], methods: Sequence[Method]) -> NDArray[np.int16]:
    """Return the mean of what several methods make of `pcm`: where they err apart, it errs less than each."""
    return to_pcm(np.mean([to_float(method(pcm)) for method in methods], axis=0))


def rnnoise(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return `pcm` without what RNNoise (Valin 2018) takes for noise; same length, in step with the input."""
    from pyrnnoise import rnnoise as library  # loads a shared library and PyAV

    frame = library.FRAME_SIZE
    wave = resample(to_float(pcm), SPEECH_RATE_HZ, library.SAMPLE_RATE)
    frames = -(-len(wave) // frame) + LATE_FRAMES
    padded = np.zeros(frames * frame, np.float32)
    padded[: len(wave)] = wave * FULL_SCALE  # RNNoise wants floats of the size of int16
    state = library.create()  # of this clip alone: it remembers what it heard
    try:
        for start in range(0, len(padded), frame):
            samples = (ctypes.c_float * frame).from_buffer(padded, 4 * start)
            library.lib.rnnoise_process_frame(state, samples, samples)
    finally:
        library.destroy(state)
    clean = resample(padded[LATE_FRAMES * frame :] / np.float32(FULL_SCALE), library.SAMPLE_RATE, SPEECH_RATE_HZ)
    return to_pcm(_of_length(clean, len(pcm)))


def spectral_gating(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return `pcm` with the frequencies turned down that do not rise over its background; same length."""
    import noisereduce  # imports matplotlib and PyTorch: seconds

    if len(pcm) < GATING_WINDOW:
        return pcm
    frame = int(FRAME_S * SPEECH_RATE_HZ)
    wave = np.pad(to_float(pcm), (0, -len(pcm) % frame))
    frames = wave.reshape(-1, frame)  # (frames, samples in a frame)
    order = np.argsort(np.mean(frames**2, axis=1), kind="stable")
    quietest = max(-(-GATING_WINDOW // frame), round(len(frames) * BACKGROUND))
    background = frames[order[:quietest]].ravel()
    gated = noisereduce.reduce_noise(
        y=wave, sr=SPEECH_RATE_HZ, y_noise=background, stationary=True, prop_decrease=GATING_STRENGTH
    )
    return to_pcm(gated[: len(pcm)])


METHODS: dict[str, Method] = {
    "rnnoise": rnnoise,
    "spectral_gating": spectral_gating,
}


def _of_length(wave: NDArray[np.floating], length: int) -> NDArray[np.floating]:
    """Return `length` samples of `wave`, zeros where it ends before."""
    return np.pad(wave[:length], (0, max(0, length - len(wave))))

"""The pitch of short frames of sound by their autocorrelation. Frames are float64 (frames, samples), 16 kHz."""

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import to_float
from bhab.schema import SPEECH_RATE_HZ

WINDOW, HOP = 512, 160  # samples: 32 ms every 10 ms, two periods of a low voice
FLOOR = 1e-8  # of power, -80 dB: under it a frame is silent
VOICED = 0.45  # of the autocorrelation at its peak; de Cheveigne and Kawahara (2002) call a frame this periodic voiced
PITCH_HZ = (70.0, 450.0)  # from a low man's voice to an excited child's


def frames_of(clip: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the frames of a clip, (frames, WINDOW) every HOP samples; one, padded, of a clip shorter than that."""
    wave = to_float(clip).astype(np.float64)
    padded = np.pad(wave, (0, max(0, WINDOW - len(wave))))
    return np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]


def pitch_of(frames: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pitch of each frame in Hz, and how periodic it is, 1 for a steady tone: both (frames,)."""
    centred = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, n=2 * WINDOW, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :WINDOW]
    correlation *= WINDOW / np.arange(WINDOW, 0, -1)  # fewer samples overlap at a longer lag
    shortest, longest = (int(SPEECH_RATE_HZ / hz) for hz in reversed(PITCH_HZ))
    at = correlation[:, shortest:longest]
    peak = at.max(axis=1) / np.maximum(correlation[:, 0], FLOOR)
    return SPEECH_RATE_HZ / (shortest + at.argmax(axis=1)), peak

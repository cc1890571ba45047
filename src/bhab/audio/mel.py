"""Log-mel spectrograms, what Tacotron 2 says and a vocoder makes sound of.

Waves are float, full scale 1.0, 16 kHz, shape (samples,). Mels are float32, shape (frames, MELS), natural logarithms of
magnitudes. A frame stands for MEL_HOP samples and is taken from the WINDOW samples around their middle: a wave of n
times MEL_HOP samples has n frames, and a vocoder knows which samples a frame means.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bhab.schema import MEL_FLOOR, MEL_HOP, MELS, SPEECH_RATE_HZ

LOWEST_HZ, HIGHEST_HZ = 125.0, 7_600.0  # Shen et al. (2018), section 2.1
WINDOW = 1024  # samples, at 16 kHz 64 ms: Prenger et al. (2019), section 3
BINS = WINDOW // 2 + 1

Mel = NDArray[np.float32]


def mel_of(wave: NDArray[np.floating]) -> Mel:
    """Return the log-mel spectrogram of `wave`, (frames, MELS); the last frame is filled with silence."""
    magnitudes = np.abs(stft(framed(wave)))  # (frames, BINS)
    mel: Mel = np.log(np.maximum(magnitudes @ filters().T, MEL_FLOOR)).astype(np.float32)
    return mel


def framed(wave: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return `wave` filled with silence to a whole number of MEL_HOP samples."""
    return np.pad(wave, (0, -len(wave) % MEL_HOP))


def stft(wave: NDArray[np.floating]) -> NDArray[np.complex128]:
    """Return the spectra of `wave`, a whole number of MEL_HOP samples: (frames, BINS)."""
    padded = np.pad(np.asarray(wave, np.float64), (WINDOW - MEL_HOP) // 2)
    if len(padded) < WINDOW:
        return np.zeros((0, BINS), np.complex128)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::MEL_HOP]  # (frames, WINDOW)
    return np.fft.rfft(frames * window(), axis=1)


def istft(spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the wave whose spectra are nearest to `spectra` (Griffin, Lim 1984, equation 6)."""
    parts = np.fft.irfft(spectra, WINDOW, axis=1) * window()  # (frames, WINDOW)
    n, overlap = len(spectra), WINDOW // MEL_HOP
    wave = np.zeros((n + overlap - 1, MEL_HOP))
    weight = np.zeros((n + overlap - 1, MEL_HOP))
    for part in range(overlap):
        wave[part : part + n] += parts[:, part * MEL_HOP : (part + 1) * MEL_HOP]
        weight[part : part + n] += window()[part * MEL_HOP : (part + 1) * MEL_HOP] ** 2
    margin = (WINDOW - MEL_HOP) // 2
    whole: NDArray[np.float64] = (wave / np.maximum(weight, np.finfo(float).tiny)).reshape(-1)
    return whole[margin : len(whole) - margin]


@cache
def window() -> NDArray[np.float64]:
    """Return a Hann window whose copies, MEL_HOP apart, add up to a constant: (WINDOW,)."""
    return np.sin(np.pi * np.arange(WINDOW) / WINDOW) ** 2


@cache
def filters() -> NDArray[np.float64]:
    """Return the filters of a spectrogram: (MELS, BINS)."""
    return triangles(MELS, WINDOW, LOWEST_HZ, HIGHEST_HZ)


def triangles(bands: int, points: int, low_hz: float, high_hz: float) -> NDArray[np.float64]:
    """Return triangular filters of height 1, evenly spaced in mel, over `points` of an FFT: (bands, points / 2 + 1)."""
    mel = to_mel(np.arange(points // 2 + 1) * SPEECH_RATE_HZ / points)
    edges = np.linspace(to_mel(np.array(low_hz)), to_mel(np.array(high_hz)), bands + 2)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]  # (bands, 1)
    found: NDArray[np.float64] = np.minimum((mel - low) / (centre - low), (high - mel) / (high - centre))
    return np.maximum(found, 0.0)


def to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return frequencies in mel (O'Shaughnessy 1987)."""
    return 2595.0 * np.log10(1.0 + hz / 700.0)

"""The step between float sound, full scale 1.0, and 16-bit PCM: the same one everywhere."""

import numpy as np
import soxr
from numpy.typing import NDArray

FULL_SCALE = 32_768.0


def to_float(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return `pcm` in [-1, 1), without loss."""
    return pcm.astype(np.float32) / np.float32(FULL_SCALE)


def to_pcm(wave: NDArray[np.floating]) -> NDArray[np.int16]:
    """Return `wave` rounded to 16 bits; what is beyond full scale is clipped."""
    pcm: NDArray[np.int16] = np.clip(np.rint(wave * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return pcm


def resample(wave: NDArray[np.floating], from_hz: int, to_hz: int) -> NDArray[np.floating]:
    """Return `wave` at another sample rate, in float: soxr dithers int16 with a seed taken from the clock."""
    if not np.issubdtype(wave.dtype, np.floating):
        raise TypeError(f"resampling {wave.dtype}, expected float")
    resampled: NDArray[np.floating] = soxr.resample(wave, from_hz, to_hz)
    return resampled

"""Measures of one clip: 16 kHz mono int16, shape (samples,). Levels are in dB against full scale, 32,768."""

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import FULL_SCALE
from bhab.schema import SPEECH_RATE_HZ

FLOOR_DB = -120.0  # of all levels: far under the step of 16 bits, which is -90
FRAME_S = 0.025  # the usual analysis window in speech: long enough for one pitch period
NOISE_QUANTILE = 0.10  # the quietest tenth of the frames counts as background
SILENT_FRAME_S = 0.020
SILENT_DBFS = -60.0
RAIL_MIN = 0.89  # of full scale, -1 dBFS: a clip that never gets there was not driven into its rail
AT_RAIL = 0.99  # of the clip's peak: resampling leaves ripples on a clipped wave
RAIL_RUN = 3  # samples: one or two in a row are peaks of a clean wave


def clip_measures(pcm: NDArray[np.int16]) -> dict[str, float]:
    """Return level_dbfs, peak_dbfs, clipped_share, silent_share and snr_db, as `bhab.schema.SPEECH` has them."""
    wave = pcm / FULL_SCALE  # (samples,) float64 in [-1, 1)
    silent = frame_power(wave, SILENT_FRAME_S) < 10 ** (SILENT_DBFS / 10)
    return {
        "level_dbfs": decibels(float(np.mean(wave**2)) if len(wave) else 0.0),
        "peak_dbfs": decibels(float(np.max(wave**2, initial=0.0))),
        "clipped_share": clipped_share(wave),
        "silent_share": float(silent.mean()),
        "snr_db": snr_db(wave),
    }


def decibels(power: float) -> float:
    """Return a power against full scale in dB, at least FLOOR_DB."""
    return 10 * float(np.log10(max(power, 10 ** (FLOOR_DB / 10))))


def frame_power(wave: NDArray[np.float64], frame_s: float) -> NDArray[np.float64]:
    """Return the mean power of each whole frame, shape (frames,); of the clip itself if it is shorter than one."""
    frame = min(int(frame_s * SPEECH_RATE_HZ), max(len(wave), 1))
    padded = wave if len(wave) else np.zeros(1)
    frames = padded[: len(padded) // frame * frame].reshape(-1, frame)  # (frames, samples in a frame)
    power: NDArray[np.float64] = np.mean(frames**2, axis=1)
    return power


def snr_db(wave: NDArray[np.float64]) -> float:
    """Estimate the signal-to-noise ratio in dB: mean power over that of the quietest tenth of the frames."""
    power = frame_power(wave, FRAME_S)
    return decibels(float(power.mean())) - decibels(float(np.quantile(power, NOISE_QUANTILE)))


def clipped_share(wave: NDArray[np.float64]) -> float:
    """Return the share of samples in runs of RAIL_RUN or more at the clip's rail; 0.0 if it is far from full scale."""
    size = np.abs(wave)
    rail = float(size.max(initial=0.0))
    if rail < RAIL_MIN:
        return 0.0
    edges = np.flatnonzero(np.diff(size >= AT_RAIL * rail, prepend=False, append=False))
    runs = edges[1::2] - edges[::2]  # lengths of the runs at the rail
    return float(runs[runs >= RAIL_RUN].sum() / len(wave))

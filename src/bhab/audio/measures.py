"""Measures of one clip: 16 kHz mono int16, shape (samples,). Levels are in dB against full scale, 32,768."""

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import FULL_SCALE
from bhab.schema import SPEECH_RATE_HZ

FLOOR_DB = -120.0  # of all levels: far under the step of 16 bits, which is -90
FRAME_S = 0.025  # the usual analysis window in speech: long enough for one pitch period
DIGITAL_SILENCE_DBFS = -84.0  # two steps of 16 bits: zeros and dither, not the background of a recording
ACTIVE_DB = 30.0  # frames within this of the loudest count as speech
NOISE_QUANTILE = 0.10  # the quietest tenth of the frames that are not digital silence counts as background
LEAST_SNR_DB = -20.0  # what is said of a clip whose speech does not rise over its background
SILENT_FRAME_S = 0.020
SILENT_DBFS = -60.0
RAIL_MIN = 0.89  # of full scale, -1 dBFS: a clip that never gets there was not driven into its rail
AT_RAIL = 0.99  # of the clip's peak: resampling leaves ripples on a clipped wave
RAIL_RUN = 3  # samples: one or two in a row are peaks of a clean wave
CUT_OFF = 0.9999  # of full scale: the highest steps of 16 bits, where a wave that went beyond was cut


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


def audible(wave: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which frames of FRAME_S are more than digital silence, shape (frames,)."""
    heard: NDArray[np.bool_] = frame_power(wave, FRAME_S) > 10 ** (DIGITAL_SILENCE_DBFS / 10)
    return heard


def snr_db(wave: NDArray[np.float64], heard: NDArray[np.bool_] | None = None) -> float:
    """Estimate the signal-to-noise ratio in dB: power of speech over that of the quietest tenth of the frames.

    Speech is what the frames within ACTIVE_DB of the loudest hold beyond the background. Frames of digital silence,
    which editors and noise gates leave between words, are no background: a clip that has any would pass for clean.
    `heard` names the frames to judge instead, so that a clip can be compared with what was made of it.
    """
    power = frame_power(wave, FRAME_S)[audible(wave) if heard is None else heard]
    if not len(power):
        return LEAST_SNR_DB
    noise = float(np.quantile(power, NOISE_QUANTILE))
    speech = float(power[power >= power.max() * 10 ** (-ACTIVE_DB / 10)].mean()) - noise
    return max(LEAST_SNR_DB, decibels(speech) - decibels(noise))


def clipped_share(wave: NDArray[np.float64]) -> float:
    """Return the share of samples at full scale, or in runs of RAIL_RUN or more at a rail a little under it.

    A rail is AT_RAIL of the clip's peak; a clip far from full scale has none. A single sample at full scale counts:
    resampling turns the flat top of a clipped wave into one that overshoots, and 16 bits cut it off again.
    """
    size = np.abs(wave)
    peak = float(size.max(initial=0.0))
    if peak < RAIL_MIN:
        return 0.0
    cut = size >= CUT_OFF
    edges = np.flatnonzero(np.diff(size >= AT_RAIL * peak, prepend=False, append=False))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= RAIL_RUN:
            cut[start:end] = True
    return float(cut.mean())

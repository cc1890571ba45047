"""Faults of one clip that can be heard or measured: scores by the names of the checks in params.yaml.

Clips are 16 kHz mono int16, shape (samples,). What ingest measured already (level, clipping, SNR, the difference of
the channels) is read from the columns of `bhab.schema.SPEECH`, not measured again.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bhab.audio.measures import DIGITAL_SILENCE_DBFS, FRAME_S, decibels, frame_power
from bhab.audio.pcm import FULL_SCALE
from bhab.schema import SPEECH_RATE_HZ

MEASURED = {  # check: the column that ingest wrote
    "audio_noisy": "snr_db",
    "audio_clipped": "clipped_share",
    "audio_quiet": "level_dbfs",
    "audio_loud": "level_dbfs",
    "audio_channels_differ": "channel_difference_db",
}
SPOKEN_DB = 40.0  # frames within this of the loudest belong to the utterance, its quiet ends too
WINDOW = 512  # samples of one spectrum: bands of 31 Hz
BAND_DB = 60.0  # a band this far under the strongest holds nothing of the voice: s-sounds are 30 to 45 dB under vowels
SMOOTHED = 8  # neighbouring bands taken together, 250 Hz: a single tone is no bandwidth
DIGITS = 4  # kept of a score: beyond them, processors may differ

Scores = NDArray[np.float64]  # (n,), NaN where a check does not apply


def clip_quality(speech: pa.Table) -> dict[str, Scores]:
    """Return the scores of all checks of clips, for the rows of SPEECH in their order."""
    clips = [np.frombuffer(pcm, "<i2") for pcm in speech["pcm"].to_pylist()]
    measured = {check: speech[column].to_numpy(zero_copy_only=False) for check, column in MEASURED.items()}
    return {check: scores.astype(np.float64) for check, scores in measured.items()} | _heard(clips)


def _heard(clips: Sequence[NDArray[np.int16]]) -> dict[str, Scores]:
    rows = [clip_scores(clip / FULL_SCALE) for clip in clips] or [clip_scores(np.zeros(1))]
    return {check: np.array([row[check] for row in rows[: len(clips)]]).round(DIGITS) for check in rows[0]}


def clip_scores(wave: NDArray[np.float64]) -> Mapping[str, float]:
    """Return the scores of one clip in [-1, 1) that have no column."""
    power = frame_power(wave, FRAME_S)
    return {
        "audio_digital_silence": float(np.mean(power <= 10 ** (DIGITAL_SILENCE_DBFS / 10))),
        "audio_long_silence": longest_end_s(power),
        "audio_offset": offset_share(wave),
        "audio_narrow_band": bandwidth_hz(wave),
    }


def longest_end_s(power: NDArray[np.float64]) -> float:
    """Return the longer of what lies before the first and after the last spoken frame, in seconds."""
    spoken = np.flatnonzero(power >= power.max(initial=0.0) * 10 ** (-SPOKEN_DB / 10))
    return float(max(spoken[0], len(power) - 1 - spoken[-1]) * FRAME_S) if len(spoken) else 0.0


def offset_share(wave: NDArray[np.float64]) -> float:
    """Return the clip's mean as a share of its RMS: 0 for sound, which swings about zero, 1 for a constant."""
    power = float(np.mean(wave**2)) if len(wave) else 0.0
    return abs(float(wave.mean())) / power**0.5 if power > 0 else 0.0


def bandwidth_hz(wave: NDArray[np.float64]) -> float:
    """Return the highest frequency at which the loudest fifth of the clip still holds something of the voice.

    The mean power spectrum of Hann windows, smoothed; the highest band within BAND_DB of the strongest. A telephone
    ends at 3,400 Hz whatever rate its recording was stored at. Digital silence has 0.
    """
    padded = np.pad(wave, (0, max(0, WINDOW - len(wave))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[:: WINDOW // 2]  # (frames, WINDOW)
    spectra = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2  # (frames, WINDOW / 2 + 1)
    spectrum = np.convolve(spectra.mean(axis=0), np.ones(SMOOTHED) / SMOOTHED, mode="same")
    strongest = float(spectrum.max())
    if decibels(strongest / WINDOW**2) <= DIGITAL_SILENCE_DBFS:
        return 0.0
    held = np.flatnonzero(spectrum >= strongest * 10 ** (-BAND_DB / 10))
    return float(held[-1] * SPEECH_RATE_HZ / WINDOW)

"""Copies of a recording that are not quite equal. Sound is float64 in [-1, 1], shape (samples,), 16 kHz."""

from collections.abc import Callable, Mapping

import numpy as np

from bhab.audio.noise import active_power
from bhab.audio.pcm import resample
from bhab.schema import SPEECH_RATE_HZ
from bhab.synthetic.speech_sound import LOUDEST, Sound, make_noise

CUT_SHARE = (0.03, 0.15)  # of the clip, at either end
GAIN_DB = (-12.0, -3.0)  # never up: full scale is near
COPY_SNR_DB = (15.0, 25.0)  # against all of the original, its own noise included
LOWER_RATES_HZ = (11_025, 12_000)  # of an older recorder


def trimmed(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return `sound` without some of its beginning and of its end."""
    head, tail = (round(len(sound) * share) for share in rng.uniform(*CUT_SHARE, 2))
    return sound[head : len(sound) - tail]


def quieter(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return `sound` at a lower level."""
    return np.asarray(sound * 10 ** (rng.uniform(*GAIN_DB) / 20))


def noisy(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return `sound` with white or pink noise."""
    noise = make_noise(("white", "pink")[int(rng.integers(2))], len(sound), np.zeros(0), rng)
    noise *= np.sqrt(active_power(sound) / np.mean(noise**2) / 10 ** (rng.uniform(*COPY_SNR_DB) / 10))
    mixed = sound + noise
    return np.asarray(mixed * min(1.0, LOUDEST / float(np.abs(mixed).max())))


def resampled(sound: Sound, rng: np.random.Generator) -> Sound:
    """Return `sound` after it was stored at a lower rate."""
    rate_hz = LOWER_RATES_HZ[int(rng.integers(len(LOWER_RATES_HZ)))]
    return np.asarray(resample(resample(sound, SPEECH_RATE_HZ, rate_hz), rate_hz, SPEECH_RATE_HZ))


COPIES: Mapping[str, Callable[[Sound, np.random.Generator], Sound]] = {
    "trimmed": trimmed,
    "quieter": quieter,
    "noisy": noisy,
    "resampled": resampled,
}

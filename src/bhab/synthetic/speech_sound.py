"""From a spoken sentence to what a publisher's file holds: a room, noise at a known level, a device, a fault.

Sound is float64 in [-1, 1], shape (samples,), 16 kHz, until it is published as int16 at the speaker's rate.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.audio.noise import NOISES, active_power
from bhab.audio.pcm import FULL_SCALE, resample, to_float, to_pcm
from bhab.audio.voice import Voice, speak_all
from bhab.schema import SPEECH_RATE_HZ
from bhab.synthetic.plan import FaultKind
from bhab.synthetic.speech_plan import Clip, Speaker, gain_db

KINDS = ("white", "pink", "hum", "babble")
NOISY_SHARE = 0.6  # of the clips
SNR_DB = (0.0, 25.0)
PAUSE_S = (0.15, 0.5)  # before and after the sentence
PEAK = 0.35  # of neutral speech: with the loudest emotion and the noise it stays under full scale
LOUDEST = 0.95  # of any clip
TELEPHONE_HZ = 8_000
OVERDRIVE = 12.0  # how far beyond full scale a clipped clip is driven
SILENT_LSB = 2  # a silent clip holds the dither of its device alone
BABBLE = ("m1", "f2", "m3", "f4", "m5", "f5")  # variants that talk at once
Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    """A clip on its way to disk."""

    sound: Sound  # (samples,), 16 kHz
    noise: str | None  # one of KINDS
    snr_db: float | None  # of active speech, as mixed; None without noise


def record(clip: Clip, spoken: NDArray[np.int16], babble: Sound, rng: np.random.Generator) -> Recording:
    """Return `spoken` with pauses around it, at the level of its emotion, in most clips with noise."""
    before, after = (round(SPEECH_RATE_HZ * rng.uniform(*PAUSE_S)) for _ in range(2))
    voice = np.pad(spoken / max(1, int(np.abs(spoken.astype(np.int32)).max())), (before, after))
    voice *= PEAK * 10 ** ((gain_db(clip) + rng.normal(0, 1.5)) / 20)
    if rng.random() >= NOISY_SHARE:
        return Recording(_under(voice), None, None)
    name = KINDS[int(rng.integers(len(KINDS)))]
    snr_db = round(float(rng.uniform(*SNR_DB)), 1)
    noise = make_noise(name, len(voice), babble, rng)
    noise *= np.sqrt(active_power(voice) / np.mean(noise**2) / 10 ** (snr_db / 10))
    return Recording(_under(voice + noise), name, snr_db)


def publish(sound: Sound, speaker: Speaker, fault: FaultKind | None, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return `sound` as the speaker's device stores it, shape (samples, channels), with `fault` done to it."""
    rate_hz = published_rate_hz(speaker, fault)
    wave = resample(sound, SPEECH_RATE_HZ, rate_hz)
    if fault is FaultKind.CLIPPED:
        wave = wave * OVERDRIVE / np.abs(wave).max()
    if fault is FaultKind.SILENT:
        wave = rng.integers(-SILENT_LSB, SILENT_LSB + 1, len(wave)) / FULL_SCALE
    channels = np.tile(wave[:, None], speaker.channels)  # (samples, channels)
    if speaker.number % 8 == 0:
        channels[:, 1:] = 0.0  # a mono microphone on a stereo recorder
    return to_pcm(channels)


def published_rate_hz(speaker: Speaker, fault: FaultKind | None) -> int:
    """Return the sample rate of the file."""
    return TELEPHONE_HZ if fault is FaultKind.WRONG_SAMPLE_RATE else speaker.rate_hz


def make_noise(name: str, samples: int, babble: Sound, rng: np.random.Generator) -> Sound:
    """Return noise of the kind `name`, at no particular level."""
    if name == "babble":
        return np.roll(np.resize(babble, max(samples, len(babble))), int(rng.integers(len(babble))))[:samples].copy()
    return NOISES[name](samples, rng)


def make_babble(text: str) -> Sound:
    """Return several voices that say `text` at once, out of step."""
    spoken = speak_all([(text, Voice(variant, 130 + 8 * n, 50, 50)) for n, variant in enumerate(BABBLE)])
    length = max(map(len, spoken))
    shifted = [np.roll(np.resize(to_float(pcm), length), n * length // len(BABBLE)) for n, pcm in enumerate(spoken)]
    return np.asarray(np.sum(shifted, axis=0))


def _under(sound: Sound) -> Sound:
    """Return `sound`, turned down where it would come near full scale."""
    return sound * min(1.0, LOUDEST / float(np.abs(sound).max()))

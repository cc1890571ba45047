"""Speech with noise, drawn anew for every step: waves are float32, shape (samples,) or (batch, samples), 16 kHz."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.audio.noise import NOISES, active_power
from bhab.audio.pcm import resample, to_float
from bhab.config import TrainDenoiserConfig
from bhab.schema import SPEECH_RATE_HZ

SPEEDS = (1.0, 0.88, 1.13)  # of each clip: with few speakers, voices between theirs
NOISE_S = 5.0  # length of a piece made by rule
BABBLE = "babble"
VOICES = (4, 9)  # at once in babble: at least, and under
BABBLE_SHARE = 0.1  # of the pieces
SECOND_NOISE = 0.3  # share of the mixtures with two noises
SECOND_DB = (-10.0, 5.0)  # of the second over the first
COLOURS_HZ = (0.0, 150.0, 400.0, 1_000.0, 2_500.0, 5_000.0, 8_000.0)  # where a sound is made louder or quieter
COLOUR_DB, SPEECH_COLOUR_DB = 5.0, 3.0  # of noise and of speech, standard deviation: another microphone, another room
ALMOST_CLEAN, ALMOST_CLEAN_DB = 0.06, 35.0  # share of the mixtures, and their SNR: what is clean has to stay so
LEAST_POWER = 1e-3  # of a crop, of its clip's speech: less is a pause
TRIES = 20

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sounds:
    """What mixtures are drawn from: speech of active power 1, and noises of power 1, by where they come from."""

    speech: list[Wave]
    made: list[Wave]
    recorded: list[Wave]


def gather(
    clips: Sequence[NDArray[np.int16]],
    recorded: Sequence[NDArray[np.int16]],
    kinds: Sequence[str],
    config: TrainDenoiserConfig,
    rng: np.random.Generator,
) -> Sounds:
    """Return clean `clips` at several speeds, `recorded` noise, and noise made by rule of these `kinds`."""
    speech = [unit_speech(clip) for clip in clips]
    spoken = [_at_speed(wave, speed) for wave in speech for speed in SPEEDS]
    ruled = [kind for kind in kinds if kind != BABBLE]
    voices = round(BABBLE_SHARE * config.made_noises) if BABBLE in kinds else 0
    made = [make_noise(ruled[n % len(ruled)], speech, rng) for n in range(config.made_noises - voices) if ruled]
    made += [make_noise(BABBLE, speech, rng) for _ in range(voices)]
    return Sounds(spoken, made, [unit_noise(to_float(pcm)) for pcm in recorded])


def make_noise(kind: str, speech: Sequence[Wave], rng: np.random.Generator) -> Wave:
    """Return a piece of noise of power 1: of NOISES, or babble of some of the `speech`."""
    samples = round(NOISE_S * SPEECH_RATE_HZ)
    if kind != BABBLE:
        return unit_noise(NOISES[kind](samples, rng).astype(np.float32))
    chosen = rng.integers(0, len(speech), int(rng.integers(*VOICES)))
    gains = 10 ** (rng.normal(0, 3, len(chosen)) / 20)
    shifted = [np.resize(np.roll(speech[n], int(rng.integers(samples))), samples) for n in chosen]
    return unit_noise(np.sum([g * w for g, w in zip(gains, shifted, strict=True)], axis=0).astype(np.float32))


def draw(sounds: Sounds, config: TrainDenoiserConfig, rng: np.random.Generator) -> tuple[Wave, Wave]:
    """Return a batch of speech and the same with noise: (batch, samples) each, the noisy ones of power 1."""
    samples = round(config.crop_s * SPEECH_RATE_HZ)
    speech = np.stack([_crop(sounds.speech, samples, rng) for _ in range(config.batch)])
    noise = np.stack([_noise(sounds, config.recorded_share, samples, rng) for _ in range(config.batch)])
    speech, noise = _recolour(speech, SPEECH_COLOUR_DB, rng), _recolour(noise, COLOUR_DB, rng)
    snr_db = rng.uniform(*config.snr_db, config.batch)
    snr_db[rng.random(config.batch) < ALMOST_CLEAN] = ALMOST_CLEAN_DB
    noisy = speech + noise * (10 ** (-snr_db / 20))[:, None]
    power = np.maximum(noisy.std(axis=1, keepdims=True), 1e-6)
    return (speech / power).astype(np.float32), (noisy / power).astype(np.float32)


def unit_speech(pcm: NDArray[np.int16]) -> Wave:
    """Return `pcm` with a power of 1 where it speaks."""
    wave = to_float(pcm)
    return np.asarray(wave / np.sqrt(max(active_power(wave.astype(np.float64)), 1e-12)), np.float32)


def unit_noise(wave: Wave) -> Wave:
    """Return `wave` with a power of 1."""
    return np.asarray(wave / max(float(wave.std()), 1e-6), np.float32)


def _at_speed(wave: Wave, speed: float) -> Wave:
    if speed == 1:
        return wave
    return resample(wave, SPEECH_RATE_HZ, round(SPEECH_RATE_HZ / speed)).astype(np.float32)


def _crop(speech: Sequence[Wave], samples: int, rng: np.random.Generator) -> Wave:
    """Return a stretch in which somebody speaks, padded if its clip is shorter."""
    for _ in range(TRIES):
        wave = speech[int(rng.integers(len(speech)))]
        before = int(rng.integers(max(1, samples - len(wave) + 1)))
        start = int(rng.integers(max(1, len(wave) - samples + 1)))
        part = np.pad(wave[start : start + samples], (before, max(0, samples - len(wave) - before)))
        if np.mean(part**2) > LEAST_POWER:
            break
    return part


def _noise(sounds: Sounds, recorded_share: float, samples: int, rng: np.random.Generator) -> Wave:
    noise = unit_noise(_stretch(sounds, recorded_share, samples, rng))
    if rng.random() < SECOND_NOISE:
        second = _stretch(sounds, recorded_share, samples, rng)
        noise = unit_noise(noise + second * np.float32(10 ** (rng.uniform(*SECOND_DB) / 20)))
    return noise


def _stretch(sounds: Sounds, recorded_share: float, samples: int, rng: np.random.Generator) -> Wave:
    """Return some noise from anywhere in its piece, its sign drawn too."""
    pieces = sounds.recorded if sounds.recorded and rng.random() < recorded_share else sounds.made
    piece = pieces[int(rng.integers(len(pieces)))]
    return np.resize(np.roll(piece, int(rng.integers(len(piece)))), samples) * np.float32(rng.choice([-1, 1]))


def _recolour(waves: Wave, spread_db: float, rng: np.random.Generator) -> Wave:
    """Return each of `waves` as another microphone in another room has it, with the power it had."""
    hz = np.fft.rfftfreq(waves.shape[1], 1 / SPEECH_RATE_HZ)
    gains_db = rng.normal(0, spread_db, (len(waves), len(COLOURS_HZ)))
    gains = np.stack([10 ** (np.interp(hz, COLOURS_HZ, db) / 20) for db in gains_db])
    coloured = np.fft.irfft(np.fft.rfft(waves) * gains, waves.shape[1])
    before, after = (each.std(axis=1, keepdims=True) for each in (waves, coloured))
    return np.asarray(coloured * before / np.maximum(after, 1e-6), np.float32)

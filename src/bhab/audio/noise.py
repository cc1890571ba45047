"""Noise of many kinds, made by rule: float64, shape (samples,), 16 kHz, at no particular level.

A kind is what a place or a thing sounds like, not one sound: what differs between two streets or two birds is drawn.
Colours are powers of frequency; most kinds stand over a quieter background of some colour, as recordings do.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bhab.audio.measures import ACTIVE_DB, FRAME_S, frame_power
from bhab.schema import SPEECH_RATE_HZ

Sound = NDArray[np.float64]
Noise = Callable[[int, np.random.Generator], Sound]

HUM_HZ = 50.0  # of the mains in Bangladesh and India
HUM_TONES = 8
LOWEST_HZ = 20.0  # below, a colour gets no louder: nothing hears it
HIGHEST_HZ = 7_600.0  # of a tone: under half the sample rate
QUIET = 1e-9  # of a root mean square; under it a sound is silence


def white(samples: int, rng: np.random.Generator) -> Sound:
    """Return noise with the same power at all frequencies."""
    return rng.normal(0, 1, samples)


def pink(samples: int, rng: np.random.Generator) -> Sound:
    """Return noise whose power falls with frequency."""
    spectrum = np.fft.rfft(white(samples, rng))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0.0
    return np.fft.irfft(spectrum, samples)


def hum(samples: int, rng: np.random.Generator) -> Sound:
    """Return the hum of the mains, its overtones and a little hiss."""
    seconds = np.arange(samples) / SPEECH_RATE_HZ
    tones = [np.sin(2 * np.pi * HUM_HZ * k * seconds + rng.uniform(0, 2 * np.pi)) / k for k in range(1, HUM_TONES + 1)]
    return np.asarray(np.sum(tones, axis=0) + rng.normal(0, 0.05, samples))


def coloured(samples: int, rng: np.random.Generator) -> Sound:
    """Return steady noise, from a little bright to darker than brown."""
    return _colour(samples, rng.uniform(-0.5, 2.2), rng)


def gusts(samples: int, rng: np.random.Generator) -> Sound:
    """Return dark noise that swells and fades: wind, waves, traffic, thunder."""
    swells = _swells(samples, rng.uniform(0.3, 4), rng.uniform(3, 9), rng)
    return _colour(samples, rng.uniform(0.8, 3), rng) * swells


def crackle(samples: int, rng: np.random.Generator) -> Sound:
    """Return short bursts, few or very many: fire, rain, typing, applause."""
    bursts = np.zeros(samples)
    at = rng.integers(0, samples, rng.poisson(10 ** rng.uniform(0.5, 3) * samples / SPEECH_RATE_HZ) + 1)
    bursts[at] = rng.normal(size=len(at)) * _loudness(len(at), rng.uniform(2, 9), rng)
    length = round(SPEECH_RATE_HZ * 10 ** rng.uniform(-3.3, -1.6))  # in which a burst fades to 1 / e
    grain = rng.normal(size=5 * length) * np.exp(-np.arange(5 * length) / length)
    size = samples + len(grain) - 1
    sound = np.fft.irfft(np.fft.rfft(bursts, size) * np.fft.rfft(grain, size), size)[:samples]
    return _over_background(sound, (-30, -5), rng)


def ringing(samples: int, rng: np.random.Generator) -> Sound:
    """Return things that are struck and ring: dishes, tools, bells."""
    sound = np.zeros(samples)
    for _ in range(int(rng.integers(2, 14))):
        start = int(rng.integers(0, samples))
        seconds = np.arange(min(samples - start, round(0.6 * SPEECH_RATE_HZ))) / SPEECH_RATE_HZ
        loudness = _loudness(1, 6, rng)
        for hz in 10 ** rng.uniform(2.5, 3.85, int(rng.integers(1, 6))):
            fade = np.exp(-seconds / 10 ** rng.uniform(-2.3, -0.8))
            tone = np.sin(2 * np.pi * hz * seconds + rng.uniform(0, 2 * np.pi)) * fade
            sound[start : start + len(seconds)] += loudness * rng.normal() * tone
    return _over_background(sound, (-25, 0), rng)


def chirps(samples: int, rng: np.random.Generator) -> Sound:
    """Return calls that glide and warble: birds, insects, brakes, phones."""
    sound = np.zeros(samples)
    base_hz = 10 ** rng.uniform(2.8, 3.75)
    for _ in range(int(rng.integers(3, 25))):
        start = int(rng.integers(0, samples))
        place = np.linspace(0, 1, min(samples - start, round(SPEECH_RATE_HZ * 10 ** rng.uniform(-1.5, -0.2))))
        warble = 0.2 * rng.normal() * np.sin(2 * np.pi * rng.uniform(1, 12) * place)
        hz = np.clip(base_hz * 2 ** (0.4 * rng.normal() + 0.4 * rng.normal() * place + warble), 100, HIGHEST_HZ)
        phase = 2 * np.pi * np.cumsum(hz) / SPEECH_RATE_HZ
        heard = [k for k in range(1, int(rng.integers(2, 5))) if k * hz.max() <= HIGHEST_HZ]
        tones = [np.sin(k * phase) * 4.0 ** (1 - k) for k in heard]
        sound[start : start + len(place)] += _loudness(1, 5, rng) * np.sin(np.pi * place) * np.sum(tones, axis=0)
    return _over_background(sound, (-30, -5), rng)


def engine(samples: int, rng: np.random.Generator) -> Sound:
    """Return a machine that turns: a tone that drifts, its overtones, and the hiss around it."""
    drift = np.repeat(np.cumsum(rng.normal(size=samples // 160 + 1)) * 0.01, 160)[:samples]  # octaves
    hz = np.clip(10 ** rng.uniform(1.3, 2.6) * 2**drift, LOWEST_HZ, 1_000.0)
    phase = 2 * np.pi * np.cumsum(hz) / SPEECH_RATE_HZ
    tones = np.arange(1, max(2, int(min(60, HIGHEST_HZ / hz.max()))))
    loudness = tones ** -rng.uniform(0, 1.5) * _loudness(len(tones), 6, rng)
    sound = sum(
        (each * np.sin(k * phase + rng.uniform(0, 2 * np.pi)) for k, each in zip(tones, loudness, strict=True)),
        start=np.zeros(samples),
    )
    return _over_background(sound * _swells(samples, rng.uniform(0.5, 12), rng.uniform(0, 5), rng), (-15, 10), rng)


NOISES: dict[str, Noise] = {
    "chirps": chirps,
    "coloured": coloured,
    "crackle": crackle,
    "engine": engine,
    "gusts": gusts,
    "hum": hum,
    "pink": pink,
    "ringing": ringing,
    "white": white,
}


def active_power(sound: Sound) -> float:
    """Return the mean power of the frames that hold speech."""
    power = frame_power(sound, FRAME_S)
    return float(power[power >= power.max() * 10 ** (-ACTIVE_DB / 10)].mean())


def _colour(samples: int, slope: float, rng: np.random.Generator) -> Sound:
    """Return noise whose power falls with frequency to the power of `slope`."""
    spectrum = np.fft.rfft(rng.normal(size=samples))
    hz = np.fft.rfftfreq(samples, 1 / SPEECH_RATE_HZ)
    return np.fft.irfft(spectrum * np.maximum(hz, LOWEST_HZ) ** (-slope / 2), samples)


def _swells(samples: int, hz: float, spread_db: float, rng: np.random.Generator) -> Sound:
    """Return a gain that wanders `hz` times a second."""
    steps = max(4, int(samples / SPEECH_RATE_HZ * hz) + 3)
    db = np.interp(np.linspace(0, 1, samples), np.linspace(0, 1, steps), rng.normal(size=steps) * spread_db)
    return 10 ** (db / 20)


def _loudness(n: int, spread_db: float, rng: np.random.Generator) -> Sound:
    return 10 ** (rng.normal(size=n) * spread_db / 20)


def _over_background(sound: Sound, level_db: tuple[float, float], rng: np.random.Generator) -> Sound:
    """Return `sound` over steady noise, which is by a level drawn from `level_db` louder than it."""
    background = coloured(len(sound), rng)
    background *= 10 ** (rng.uniform(*level_db) / 20) / max(float(background.std()), QUIET)
    return sound / max(float(sound.std()), QUIET) + background

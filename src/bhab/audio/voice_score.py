"""How near a synthesised sentence is to the same one as it was spoken. Waves are float, full scale 1.0, 16 kHz.

The frames judged here are shorter than those a vocoder is given (bhab.audio.mel): nobody is judged by his own measure.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from bhab.audio.measures import ACTIVE_DB, decibels
from bhab.audio.mel import triangles
from bhab.audio.pcm import to_pcm
from bhab.audio.trim import FRAME, SPEECH, speech_probability
from bhab.schema import SPEECH_RATE_HZ

WINDOW, HOP, FFT = 400, 80, 512  # samples: 25 ms every 5 ms, the usual frames of cepstra
BANDS = 40
ORDER = 13  # cepstra that are compared, without that of the level: MCD 13 of Skerry-Ryan et al. (2018)
HEARD_DB = 50.0  # a band further under the loudest one of its clip is not heard beside it
TO_DB = 10 / np.log(10) * np.sqrt(2)  # Kubichek (1993), equation 3: from cepstra of logarithmic power to decibels
SHORTEST = 2  # frames that a wave is filled up to

Wave = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A sentence against its reference."""

    mcd_db: float  # mel-cepstral distortion, mean over the best warping of time
    duration_ratio: float
    level_db: float  # how much louder its loud frames are
    flatness: float  # of its loud frames: 0 for a tone, 0.56 for white noise
    speech_share: float  # frames a detector takes for speech, to those of the reference


def likeness(wave: Wave, reference: Wave) -> Likeness:
    """Return how like `reference` the sound `wave` is; neither is empty."""
    spoken, expected = _spoken(wave), _spoken(reference)
    return Likeness(
        mcd_db=mcd_db(wave, reference),
        duration_ratio=len(wave) / len(reference),
        level_db=level_db(wave) - level_db(reference),
        flatness=flatness(wave),
        speech_share=spoken / max(1, expected),
    )


def mcd_db(wave: Wave, reference: Wave) -> float:
    """Return the mel-cepstral distortion (Kubichek 1993) along the path of dynamic time warping, mean of its frames.

    10 / ln 10 * sqrt(2 * sum of squared differences of cepstra 1 to ORDER): what two smoothed mel spectra differ by, in
    dB, their levels apart.
    """
    a, b = cepstra(wave), cepstra(reference)
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T  # (frames, frames)
    total, length = warp(TO_DB * np.sqrt(np.maximum(square, 0.0)))
    return total / length


def cepstra(wave: Wave) -> NDArray[np.float64]:
    """Return the cosine coefficients 1 to ORDER of the logarithmic power in mel bands: (frames, ORDER)."""
    power = _power(wave) @ _bands().T  # (frames, BANDS)
    floor = max(float(power.max()), np.finfo(float).tiny) / 10 ** (HEARD_DB / 10)
    found: NDArray[np.float64] = dct(np.log(np.maximum(power, floor)), axis=1)[:, 1 : ORDER + 1] / (2 * BANDS)
    return found


def warp(costs: NDArray[np.float64]) -> tuple[float, int]:
    """Return the least sum of `costs` on a path from corner to corner, and that path's length (Sakoe, Chiba 1978).

    A step goes ahead in one of the two or in both. Cells are visited by antidiagonals, all of one at once.
    """
    rows, columns = costs.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    length = np.zeros((rows + 1, columns + 1), np.int64)
    total[0, 0] = 0.0
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        before = np.stack([total[i, j], total[i, j + 1], total[i + 1, j]])  # both, one, the other
        best = before.argmin(axis=0)
        total[i + 1, j + 1] = costs[i, j] + before[best, np.arange(len(i))]
        lengths = np.stack([length[i, j], length[i, j + 1], length[i + 1, j]])
        length[i + 1, j + 1] = 1 + lengths[best, np.arange(len(i))]
    return float(total[rows, columns]), int(length[rows, columns])


def level_db(wave: Wave) -> float:
    """Return the mean power of the loud frames in dB against full scale."""
    power = (_frames(wave) ** 2).mean(axis=1)
    return decibels(float(power[power >= power.max() / 10 ** (ACTIVE_DB / 10)].mean()))


def flatness(wave: Wave) -> float:
    """Return the spectral flatness, geometric to arithmetic mean of the power, mean over the loud frames."""
    power = _power(wave)[:, 1:-1] + np.finfo(float).tiny
    whole = power.sum(axis=1)
    loud = power[whole >= whole.max() / 10 ** (ACTIVE_DB / 10)]
    return float((np.exp(np.log(loud).mean(axis=1)) / loud.mean(axis=1)).mean())


def _spoken(wave: Wave) -> int:
    """Return how many samples a voice activity detector takes for speech."""
    return int((speech_probability(to_pcm(wave)) >= SPEECH).sum()) * FRAME


def _power(wave: Wave) -> NDArray[np.float64]:
    spectra = np.fft.rfft(_frames(wave) * np.hanning(WINDOW), FFT, axis=1)
    return spectra.real**2 + spectra.imag**2  # (frames, FFT / 2 + 1)


def _frames(wave: Wave) -> NDArray[np.float64]:
    padded = np.pad(np.asarray(wave, np.float64), (0, max(0, WINDOW + (SHORTEST - 1) * HOP - len(wave))))
    return np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]  # (frames, WINDOW)


@cache
def _bands() -> NDArray[np.float64]:
    return triangles(BANDS, FFT, 0.0, SPEECH_RATE_HZ / 2)

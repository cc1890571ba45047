"""What a small model says of clips it has not heard: how they sound and what they say, and a logistic regression.

Clips are 16 kHz mono int16, shape (samples,).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bhab.audio.measures import decibels, frame_power
from bhab.audio.pcm import to_float
from bhab.audio.pitch import FLOOR, VOICED, WINDOW, frames_of, pitch_of
from bhab.config import ProbeConfig
from bhab.curation.out_of_fold import Rows, predict_out_of_fold
from bhab.progress import progress
from bhab.schema import SPEECH_RATE_HZ

BANDS = 32
LOW_HZ, HIGH_HZ = 60.0, 7600.0
CEPSTRA = 16
LOUD_DB = 30.0  # frames this far under the loudest are pauses
QUANTILES = (0.1, 0.5, 0.9)
NGRAMS = (1, 5)  # characters of a transcript
STRENGTH = 3.0  # scikit-learn's C
MAX_SPREAD = 5.0  # standard deviations: one odd measure may not outvote all others


def probe_clips(
    clips: Sequence[NDArray[np.int16]],
    transcripts: Sequence[str | None],
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    config: ProbeConfig,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return out-of-fold probabilities (n, 7) in the order of EMOTIONS, and how unlike the others each clip is (n,).

    `labels` are places in EMOTIONS, -1 for none. Unlike is the mean distance of a clip's measures from the medians of
    the other folds, in their own spread; what is said does not count.
    """
    if not len(clips):
        return np.zeros((0, 7)), np.zeros(0)
    sound = np.stack([measures(clip) for clip in progress(clips, len(clips), "listening")])  # (n, measures)
    said = count_ngrams(transcripts)
    probabilities = predict_out_of_fold(lambda seen: weigh(sound, said, seen), labels, folds, STRENGTH, config)
    return probabilities, strangeness(sound, folds)


def measures(clip: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return what is measured of one clip: bands, cepstra, energy, pitch and pace; the level itself is left out."""
    wave = to_float(clip).astype(np.float64)
    frames = frames_of(clip)
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2 / WINDOW  # (frames, WINDOW // 2 + 1)
    bands = 10 * np.log10(power @ filters() + FLOOR)  # (frames, BANDS), dB
    loudness = bands.mean(axis=1)
    active = loudness >= loudness.max() - LOUD_DB
    bands = bands[active] - bands[active].mean()  # how far the microphone was does not count
    cepstra = bands @ cosines()  # (active frames, CEPSTRA)
    steps = np.diff(cepstra, axis=0) if len(cepstra) > 1 else np.zeros((1, CEPSTRA))
    parts = [
        bands.mean(axis=0),
        bands.std(axis=0),
        cepstra.std(axis=0),
        np.abs(steps).mean(axis=0),
        contour(loudness[active] - loudness.max()),
        pitch(frames[active]),
        pace(wave, active),
    ]
    return np.concatenate(parts)


def contour(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return three quantiles, the spread, the mean step and the slope from begin to end; zeros without values."""
    if not len(values):
        return np.zeros(len(QUANTILES) + 3)
    place = np.linspace(-1, 1, len(values))
    steps = np.abs(np.diff(values)).mean() if len(values) > 1 else 0.0
    slope = float(place @ values) / max(float(place @ place), 1.0)
    return np.array([*np.quantile(values, QUANTILES), values.std(), steps, slope])


def pitch(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the contour of the pitch in octaves over 100 Hz, over voiced frames, and the share of these."""
    hz, peak = pitch_of(frames)
    voiced = peak >= VOICED
    return np.array([*contour(np.log2(hz[voiced] / 100)), voiced.mean(), peak.mean()])


def pace(wave: NDArray[np.float64], active: Rows) -> NDArray[np.float64]:
    """Return length, share of frames that are no pause, rises of loudness a second, and crest: peak over mean level."""
    power = frame_power(wave, WINDOW / SPEECH_RATE_HZ)
    rises = int((np.diff(10 * np.log10(power + FLOOR)) > 3).sum())  # noqa: PLR2004 - dB: twice the power, a syllable
    seconds = max(len(wave) / SPEECH_RATE_HZ, WINDOW / SPEECH_RATE_HZ)
    crest = decibels(float(power.max(initial=0.0))) - decibels(float(power.mean()) if len(power) else 0.0)
    return np.array([np.log(seconds), active.mean(), rises / seconds, crest])


@cache
def filters() -> NDArray[np.float64]:
    """Return BANDS triangular filters, even on the mel scale of O'Shaughnessy (1987): (WINDOW // 2 + 1, BANDS)."""
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (LOW_HZ, HIGH_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)  # (BANDS + 2,), Hz
    hz = np.fft.rfftfreq(WINDOW, 1 / SPEECH_RATE_HZ)[:, np.newaxis]
    rise = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    return np.clip(np.minimum(rise, fall), 0, None)


@cache
def cosines() -> NDArray[np.float64]:
    """Return the cosine transform from bands to cepstra 1 to CEPSTRA: (BANDS, CEPSTRA)."""
    band, order = np.arange(BANDS)[:, np.newaxis], np.arange(1, CEPSTRA + 1)
    waves: NDArray[np.float64] = np.sqrt(2 / BANDS) * np.cos(np.pi * order * (band + 0.5) / BANDS)
    return waves


def count_ngrams(transcripts: Sequence[str | None]) -> Any:  # noqa: ANN401 - a sparse matrix
    """Return how often each n-gram of characters is in each transcript; no columns without any transcript."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    spoken = [transcript or "" for transcript in transcripts]
    if not any(each.strip() for each in spoken):
        return csr_matrix((len(spoken), 0))
    return CountVectorizer(analyzer="char_wb", ngram_range=NGRAMS, dtype=np.float64).fit_transform(spoken)


def weigh(sound: NDArray[np.float64], said: Any, seen: Rows) -> Any:  # noqa: ANN401 - sparse matrices
    """Return measures and n-grams of all rows side by side, scaled by the `seen` rows alone; each half has norm 1."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfTransformer

    spread = sound[seen].std(axis=0)
    scaled = (sound - sound[seen].mean(axis=0)) / np.where(spread > 0, spread, 1)
    parts = [csr_matrix(np.clip(scaled, -MAX_SPREAD, MAX_SPREAD) / np.sqrt(sound.shape[1]))]
    if said.shape[1]:
        parts.append(TfidfTransformer(sublinear_tf=True).fit(said[seen]).transform(said))
    return hstack(parts).tocsr()


def strangeness(sound: NDArray[np.float64], folds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean distance of each row's measures from the median of the other folds, in their quartile ranges."""
    found = np.zeros(len(sound))
    for fold in np.unique(folds):
        seen = folds != fold if (folds != fold).any() else folds == fold
        low, middle, high = np.quantile(sound[seen], (0.25, 0.5, 0.75), axis=0)
        spread = np.where(high > low, high - low, 1)
        found[folds == fold] = (np.abs(sound[folds == fold] - middle) / spread).mean(axis=1)
    return found

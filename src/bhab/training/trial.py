"""A trial of denoisers on mixtures that nobody has trained on. Clips are 16 kHz mono int16, shape (samples,)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import FULL_SCALE, to_float, to_pcm
from bhab.audio.scores import si_sdr_db, stoi
from bhab.fairness.intervals import Figure, bootstrap
from bhab.progress import progress
from bhab.training.mixtures import make_noise, unit_noise, unit_speech

SNR_DB = (0.0, 15.0)  # as in the mixtures that such methods are usually compared on
PEAK = 0.3  # of full scale: speech and noise together stay under it
MEASURES: Mapping[str, Callable[[NDArray[np.float64], NDArray[np.float64]], float]] = {
    "si_sdr_db": si_sdr_db,
    "stoi": stoi,
}
Clip = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A clip, and the same with noise."""

    clean: Clip
    noisy: Clip


def mixtures(
    clips: Sequence[Clip], recorded: Sequence[Clip], kinds: Sequence[str], n: int, rng: np.random.Generator
) -> list[Mixture]:
    """Return `n` mixtures: each clip in turn, with noise that was `recorded` or is made of these `kinds`, in turn."""
    if not clips or not (kinds or recorded):
        return []
    speech = [unit_speech(clip) for clip in clips]
    found = []
    for number in range(n):
        wave, which = speech[number % len(speech)], number % (len(kinds) + len(recorded))
        made = which < len(kinds)
        piece = make_noise(kinds[which], speech, rng) if made else unit_noise(to_float(recorded[which - len(kinds)]))
        noise = np.resize(np.roll(piece, int(rng.integers(len(piece)))), len(wave))
        noisy = wave + noise * 10 ** (-rng.uniform(*SNR_DB) / 20)
        gain = PEAK / max(float(np.abs(noisy).max()), float(np.abs(wave).max()), 1e-6)
        found.append(Mixture(to_pcm(wave * gain), to_pcm(noisy * gain)))
    return found


def score(mixed: Sequence[Mixture], methods: Mapping[str, Callable[[Clip], Clip]]) -> dict[str, NDArray[np.float64]]:
    """Return how near each method, and `noisy`, what it was given, is to the clean clips: (mixtures, MEASURES)."""
    every = {"noisy": lambda pcm: pcm} | dict(methods)
    rows: dict[str, list[list[float]]] = {name: [] for name in every}
    for mixture in progress(mixed, len(mixed), "trial of denoisers"):
        clean = mixture.clean / FULL_SCALE
        for name, method in every.items():
            heard = method(mixture.noisy) / FULL_SCALE
            rows[name].append([measure(clean, heard) for measure in MEASURES.values()])
    return {name: np.array(found).reshape(-1, len(MEASURES)) for name, found in rows.items()}


def figures(scores: NDArray[np.float64], resamples: int, seed: int) -> dict[str, Figure]:
    """Return the mean of each measure over mixtures, with its interval."""
    return {
        name: bootstrap(partial(_mean, column), len(column), resamples=resamples, rng=np.random.default_rng([seed, 2]))
        for name, column in zip(MEASURES, scores.T, strict=True)
    }


def beats(difference: Mapping[str, Figure]) -> bool:
    """Return whether a method wins by one measure beyond chance and loses by none: figures of paired differences."""
    return any(f.low > 0 for f in difference.values()) and not any(f.high < 0 for f in difference.values())


def champion(scores: Mapping[str, NDArray[np.float64]], resamples: int, seed: int) -> str:
    """Return the name of the last method in `scores` that beat the one that was best before it; at first the first."""
    names = list(scores)
    best = names[0]
    for name in names[1:]:
        best = name if beats(figures(scores[name] - scores[best], resamples, seed)) else best
    return best


def _mean(column: NDArray[np.float64], rows: NDArray[np.intp]) -> float:
    return float(column[rows].mean())

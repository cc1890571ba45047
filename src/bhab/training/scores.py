"""How well a classifier of emotions did: from labels and probabilities to figures with intervals.

Labels and predictions are places in EMOTIONS; of a confusion matrix rows are true, columns predicted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.config import EvaluateConfig
from bhab.fairness.intervals import Figure, bootstrap, wilson
from bhab.schema import EMOTIONS

CALIBRATION_BINS = 15  # of the usual expected calibration error (Guo et al. 2017)

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Score:
    """Figures over one set of faces; none of them where the set is empty."""

    n: int
    accuracy: Figure | None
    balanced_accuracy: Figure | None
    macro_f1: Figure | None
    ece: float | None


@dataclass(frozen=True, slots=True)
class EmotionScore:
    """Figures of one emotion, with the Wilson interval of its recall. Precision of what was never predicted is 0."""

    emotion: str
    precision: float
    recall: float
    f1: float
    support: int
    recall_low: float
    recall_high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions made with about the same confidence: how sure they were, and how often they were right."""

    n: int
    confidence: float
    accuracy: float


def confusion(truth: NDArray[np.intp], predicted: NDArray[np.intp]) -> Counts:
    """Return the counts, int64 (emotions, emotions)."""
    size = len(EMOTIONS)
    return np.bincount(truth * size + predicted, minlength=size * size).reshape(size, size)


def balanced_accuracy(counts: Counts) -> float:
    """Return the mean recall of the emotions that occur."""
    support = counts.sum(axis=1)  # (emotions,)
    return float((counts.diagonal()[support > 0] / support[support > 0]).mean())


def macro_f1(counts: Counts) -> float:
    """Return the mean F1 of the emotions that occur or were predicted."""
    either = counts.sum(axis=1) + counts.sum(axis=0)  # (emotions,)
    return float((2 * counts.diagonal()[either > 0] / either[either > 0]).mean())


def score(truth: NDArray[np.intp], probabilities: NDArray[np.float64], config: EvaluateConfig) -> Score:
    """Return the figures of `probabilities` (rows, emotions): Wilson for accuracy, bootstrap for the others."""
    n = len(truth)
    if n == 0:
        return Score(0, None, None, None, None)
    predicted = probabilities.argmax(axis=1)  # (rows,)
    return Score(
        n,
        wilson(int((predicted == truth).sum()), n),
        bootstrap(
            lambda rows: balanced_accuracy(confusion(truth[rows], predicted[rows])),
            n,
            resamples=config.resamples,
            rng=np.random.default_rng(config.seed),
        ),
        bootstrap(
            lambda rows: macro_f1(confusion(truth[rows], predicted[rows])),
            n,
            resamples=config.resamples,
            rng=np.random.default_rng(config.seed),
        ),
        expected_calibration_error(calibration(truth, probabilities)),
    )


def per_emotion(counts: Counts) -> list[EmotionScore]:
    """Return the figures of each emotion, in the order of EMOTIONS."""
    rows = []
    for place, emotion in enumerate(EMOTIONS):
        hits, support, said = (int(v) for v in (counts[place, place], counts[place].sum(), counts[:, place].sum()))
        recall = wilson(hits, support)
        rows.append(
            EmotionScore(
                emotion,
                hits / said if said else 0.0,
                recall.value,
                2 * hits / (support + said) if support + said else 0.0,
                support,
                recall.low,
                recall.high,
            )
        )
    return rows


def calibration(truth: NDArray[np.intp], probabilities: NDArray[np.float64]) -> list[Bin]:
    """Return the bins, of equal width in confidence, that hold any prediction."""
    confidence = probabilities.max(axis=1)  # (rows,)
    right = probabilities.argmax(axis=1) == truth  # (rows,)
    places = np.minimum((confidence * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    return [
        Bin(int(here.sum()), float(confidence[here].mean()), float(right[here].mean()))
        for here in (places == place for place in range(CALIBRATION_BINS))
        if here.any()
    ]


def expected_calibration_error(bins: list[Bin]) -> float:
    """Return the mean distance between confidence and accuracy, weighted by the bins' counts."""
    n = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.accuracy) for b in bins) / n

"""How well a classifier of emotions did: from labels and probabilities to figures with intervals.

Labels and predictions are places in EMOTIONS; of a confusion matrix, (..., emotions, emotions), rows are true, columns
predicted. Intervals are by drawing groups: a face and its twins, or the faces of one person, are one draw.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.config import EvaluateConfig
from bhab.fairness.grouped import percentiles, resampled, sums_by
from bhab.fairness.intervals import Figure, wilson
from bhab.schema import EMOTIONS
from bhab.training.answers import Answers
from bhab.training.calibration import (
    CALIBRATION_BINS,
    equal_mass,
    equal_width,
    error_by_chance,
    expected_calibration_error,
)

FIXED_POINT = 2**20  # losses are summed as whole numbers of this unit: exact, so equal on every machine
LEAST_PROBABILITY = 1e-12  # of the label, in a logarithm: a certain and wrong answer costs 27.6

SIZE = len(EMOTIONS)
Counts = NDArray[np.int64]
Sums = NDArray[np.int64] | NDArray[np.float64]  # counts, or resampled sums of counts


@dataclass(frozen=True, slots=True)
class Score:
    """Figures over one set of faces; none of them where the set is empty.

    Recall is accuracy if weighted by the emotions' faces, and balanced accuracy if not. `ece_by_chance` is what a
    calibrated model exceeds in 1 of 20 draws; `nll` and `brier` are means over faces, of -log p(label) and of the
    squared distance of the probabilities from the label.
    """

    n: int
    groups: int
    accuracy: Figure | None = None
    balanced_accuracy: Figure | None = None
    macro_precision: Figure | None = None
    macro_f1: Figure | None = None
    weighted_precision: Figure | None = None
    weighted_f1: Figure | None = None
    nll: Figure | None = None
    brier: Figure | None = None
    ece: Figure | None = None
    ece_equal_mass: Figure | None = None
    ece_by_chance: float | None = None


@dataclass(frozen=True, slots=True)
class EmotionScore:
    """Figures of one emotion: n of recall is its faces, n of precision how often it was said.

    `confidence` is how sure the model was when it said this emotion; precision is how often it was right then.
    """

    emotion: str
    support: int
    recall: Figure
    precision: Figure
    f1: Figure
    confidence: float | None


def confusion(truth: NDArray[np.intp], predicted: NDArray[np.intp]) -> Counts:
    """Return the counts, int64 (emotions, emotions)."""
    return np.bincount(truth * SIZE + predicted, minlength=SIZE * SIZE).reshape(SIZE, SIZE)


def accuracy(counts: Sums) -> NDArray[np.float64]:
    """Return the share of all that are on the diagonal, (...)."""
    return _share(_hits(counts).sum(axis=-1), counts.sum(axis=(-1, -2)))


def recalls(counts: Sums) -> NDArray[np.float64]:
    """Return the recall of each emotion, (..., emotions); nan where it does not occur."""
    return _share(_hits(counts), counts.sum(axis=-1))


def precisions(counts: Sums) -> NDArray[np.float64]:
    """Return the precision of each emotion, (..., emotions); nan where it was never said."""
    return _share(_hits(counts), counts.sum(axis=-2))


def f1s(counts: Sums) -> NDArray[np.float64]:
    """Return F1 of each emotion, (..., emotions); nan where it neither occurs nor was said."""
    return _share(2 * _hits(counts), counts.sum(axis=-1) + counts.sum(axis=-2))


def averages(counts: Sums) -> dict[str, NDArray[np.float64]]:
    """Return the figures over all emotions, each (...). What occurs and was never said has a precision of 0."""
    support = counts.sum(axis=-1)  # (..., emotions)
    precision, f1 = precisions(counts), f1s(counts)
    precision = np.where((support > 0) & np.isnan(precision), 0.0, precision)
    n = support.sum(axis=-1)
    return {
        "balanced_accuracy": np.nanmean(recalls(counts), axis=-1),
        "macro_precision": np.nanmean(precision, axis=-1),
        "macro_f1": np.nanmean(f1, axis=-1),
        "weighted_precision": np.nansum(support * precision, axis=-1) / n,
        "weighted_f1": np.nansum(support * f1, axis=-1) / n,
    }


def judge(answers: Answers, config: EvaluateConfig) -> tuple[Score, list[EmotionScore]]:
    """Return the figures over all emotions, and of each in the order of EMOTIONS, from one draw of resamples."""
    n = len(answers)
    if n == 0:
        return Score(0, 0), []
    tables = sums_by(_summed(answers), answers.group)  # (groups, columns)
    drawn = resampled(tables, config.resamples, np.random.default_rng(config.seed))  # (resamples, columns)
    whole = tables.sum(axis=0)
    counts, draws = _counts(whole), _counts(drawn)
    found, draw = averages(counts), averages(draws)
    score = Score(
        n,
        len(tables),
        accuracy=share(int(_hits(counts).sum()), n, accuracy(draws)),
        **{name: percentiles(float(found[name]), draw[name], n) for name in found},
        **_losses(whole, drawn, n),
        ece_by_chance=error_by_chance(answers.confidence, config.resamples, np.random.default_rng(config.seed)),
    )
    return score, _per_emotion(answers, counts, draws)


def share(hits: int, n: int, draws: NDArray[np.float64]) -> Figure:
    """Return `hits / n` with the wider, at each end, of the interval of `draws` and Wilson's.

    Wilson's takes all rows for independent, and is too narrow where groups are alike inside. Draws of what is always
    right, or never, are all equal, and say nothing of how far that can be trusted.
    """
    alone = wilson(hits, n)
    if n == 0:
        return alone
    drawn = percentiles(alone.value, draws, n)
    return Figure(alone.value, min(alone.low, drawn.low), max(alone.high, drawn.high), n)


def share_of(hits: NDArray[np.bool_], group: NDArray[np.str_], config: EvaluateConfig) -> Figure:
    """Return the share of rows that are hits, with its interval by groups; of no rows the interval is [0, 1]."""
    if not len(hits):
        return wilson(0, 0)
    sums = sums_by(np.stack([hits, np.ones(len(hits))], axis=1), group)  # (groups, 2)
    drawn = resampled(sums, config.resamples, np.random.default_rng(config.seed))  # (resamples, 2)
    return share(int(hits.sum()), len(hits), drawn[:, 0] / drawn[:, 1])


def _per_emotion(answers: Answers, counts: Sums, draws: NDArray[np.float64]) -> list[EmotionScore]:
    said, confidence = answers.predicted, answers.confidence
    recall, precision, f1 = recalls(draws), precisions(draws), f1s(draws)  # (resamples, emotions)
    rows = []
    for place, emotion in enumerate(EMOTIONS):
        hits, support, told = (int(v) for v in (counts[place, place], counts[place].sum(), counts[:, place].sum()))
        own = confidence[said == place]
        rows.append(
            EmotionScore(
                emotion,
                support,
                share(hits, support, recall[:, place]),
                share(hits, told, precision[:, place]),
                _f1(hits, support + told, support, f1[:, place]),
                float(own.mean()) if told else None,
            )
        )
    return rows


def _f1(hits: int, mentions: int, support: int, draws: NDArray[np.float64]) -> Figure:
    """Return F1 with the wider interval, as `share`: F1 = 2 J / (1 + J), J the share of hits in label or answer."""
    if mentions == 0:
        return Figure(0.0, 0.0, 1.0, 0)
    either = wilson(hits, mentions - hits)
    drawn = percentiles(2 * hits / mentions, draws, support)
    ends = (2 * end / (1 + end) for end in (either.low, either.high))
    return Figure(drawn.value, min(next(ends), drawn.low), max(next(ends), drawn.high), support)


def _summed(answers: Answers) -> NDArray[np.float64]:
    """Return what figures are sums of, whole numbers: cells, losses, and confidence less hits in bins of both kinds."""
    confidence = answers.confidence
    label = np.eye(SIZE)[answers.truth]  # (rows, emotions)
    own = answers.probabilities[np.arange(len(label)), answers.truth]
    nll = -np.log(np.maximum(own, LEAST_PROBABILITY))
    brier = np.square(answers.probabilities - label).sum(axis=1)
    losses = np.rint(np.stack([nll, brier], axis=1) * FIXED_POINT)
    gaps = np.rint((confidence - answers.right) * FIXED_POINT)
    bins = [np.eye(CALIBRATION_BINS)[kind(confidence)] * gaps[:, None] for kind in (equal_width, equal_mass)]
    return np.hstack([np.eye(SIZE * SIZE)[answers.truth * SIZE + answers.predicted], losses, *bins])


def _counts(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums[..., : SIZE * SIZE].reshape(*sums.shape[:-1], SIZE, SIZE)


def _losses(whole: NDArray[np.float64], drawn: NDArray[np.float64], n: int) -> dict[str, Figure]:
    first, width = SIZE * SIZE, CALIBRATION_BINS
    of_draw = drawn[:, :first].sum(axis=1)  # (resamples,), rows in each
    found = {}
    for place, name in enumerate(("nll", "brier"), first):
        found[name] = percentiles(whole[place] / n / FIXED_POINT, drawn[:, place] / of_draw / FIXED_POINT, n)
    for name, at in (("ece", first + 2), ("ece_equal_mass", first + 2 + width)):
        columns = slice(at, at + width)
        value = float(expected_calibration_error(whole[columns] / FIXED_POINT, np.float64(n)))
        found[name] = _mirrored(value, expected_calibration_error(drawn[:, columns] / FIXED_POINT, of_draw), n)
    return found


def _mirrored(value: float, draws: NDArray[np.float64], n: int) -> Figure:
    """Return `value` with the basic bootstrap interval (Davison and Hinkley 1997): as far below as draws lie above.

    A distance from few rows is too large, and that of a resample is so again: percentiles would add the two.
    """
    drawn = percentiles(value, draws, n)
    return Figure(value, max(0.0, min(value, 2 * value - drawn.high)), max(value, 2 * value - drawn.low), n)


def _hits(counts: Sums) -> NDArray[np.float64]:
    hits: NDArray[np.float64] = np.diagonal(counts, axis1=-2, axis2=-1).astype(np.float64)
    return hits


def _share(part: NDArray[np.float64], whole: Sums) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return shares

"""What tells the label without the content: the source, the channel, the loudness, the person.

A factor is one column of a table of samples, coded as whole numbers from 0: a category by its value, an empty one
included (what a source does not state can tell its label too), a number by its tenth of all values. Labels are places
in EMOTIONS; samples without an emotion are left out. Codes and labels are int64 (samples,).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import ConfoundsConfig
from bhab.curation.chance import unit_interval
from bhab.fairness.balance import chi2
from bhab.fairness.groups import NOT_STATED
from bhab.fairness.intervals import Figure, wilson
from bhab.schema import EMOTIONS, Modality

SHARED = ("source", "licence", "source_split", "subject_id", "gender", "age_group", "skin_tone", "ethnicity")
FACTORS: Mapping[Modality, tuple[str, ...]] = {  # what is known of a sample beside what it shows or says
    Modality.FACES: (*SHARED, "source_width_px", "source_height_px", "brightness", "contrast", "sharpness"),
    Modality.TEXTS: (*SHARED, "n_words", "n_graphemes", "bengali_share"),
    Modality.SPEECH: (
        *SHARED,
        *("source_rate_hz", "source_channels", "level_dbfs", "peak_dbfs", "clipped_share", "silent_share", "snr_db"),
        *("duration_s", "statement", "intensity"),
    ),
}
TENTHS = np.linspace(0, 1, 11)[1:-1]
FEW = 12  # different numbers, like sample rates, are categories
TELLING = 5  # values named for a factor
MIN_VALUE_N = 10  # samples of a value that is named
TREES = 50
LEAF = 5  # samples in a leaf of a tree at least

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: the name of each code, and the code of each sample."""

    name: str
    names: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True, slots=True)
class Telling:
    """A value of a factor, and the emotion that it makes most likelier than that is among all samples."""

    value: str
    n: int
    emotion: str
    share: float
    share_of_all: float


@dataclass(frozen=True, slots=True)
class Confound:
    """How well one factor alone tells the emotion."""

    factor: str
    values: int
    cramers_v: Figure
    accuracy: Figure
    rings: bool
    telling: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Confounds:
    """All factors of one modality, the strongest association first, and a model that sees all of them."""

    n: int
    chance: float  # accuracy of one who always says the commonest emotion
    factors: tuple[Confound, ...]
    together: Figure | None  # accuracy of a random forest on all factors; None without any
    rings: tuple[str, ...]  # factors that ring, and `together`
    min_lift: float  # the limits they were held to, of section `confounds`
    min_v: float


def confounds(samples: pa.Table, labels: Codes, modality: Modality, config: ConfoundsConfig) -> Confounds:
    """Return how far what is known beside the content of `samples` tells their labels, -1 for none.

    Accuracy is that of predictions for a fifth of the samples from the rest, with the Wilson interval. A factor rings
    when the lower end of its accuracy is over chance by `min_lift`, or that of its V is at least `min_v`.
    """
    labelled = labels >= 0
    samples, labels = samples.filter(pa.array(labelled)), labels[labelled]
    if not len(labels):
        return Confounds(0, 0.0, (), None, (), config.min_lift, config.min_v)
    chance = float(np.bincount(labels).max() / len(labels))
    folds = np.array([int(unit_interval(i, config.salt) * config.folds) for i in samples["sample_id"].to_pylist()])
    factors = list(factors_of(samples, modality))
    found = sorted(
        (_confound(factor, labels, folds, chance, config) for factor in factors),
        key=lambda one: (-one.cramers_v.value, one.factor),
    )
    together = forest_accuracy(factors, labels, folds) if factors else None
    rings = tuple(one.factor for one in found if one.rings)
    if together is not None and together.low > chance + config.min_lift:
        rings = (*rings, "together")
    return Confounds(len(labels), chance, tuple(found), together, rings, config.min_lift, config.min_v)


def factors_of(samples: pa.Table, modality: Modality) -> Iterator[Factor]:
    """Yield the factors of `samples` that vary, and of whose values most come again."""
    for name in FACTORS[modality]:
        column = samples[name].to_pandas()
        numbers = pd.api.types.is_numeric_dtype(column) and column.nunique() > FEW
        factor = _tenths(name, column.to_numpy(dtype=np.float64)) if numbers else _categories(name, column)
        if 1 < len(factor.names) <= len(column) / 2:
            yield factor


def cramers_v(table: NDArray[np.float64]) -> Figure:
    """Return Cramer's V of a table of counts, (values, emotions), less what chance gives, with its 95 % interval.

    V = sqrt(noncentrality / (n (smaller side - 1))), where chi-squared less its degrees of freedom estimates the
    noncentrality; the ends are those under which chi-squared stands at its 97.5th and 2.5th percentile (Smithson,
    "Confidence Intervals", 2003). The plain V would call any factor of many values, like the person, associated.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n, (rows, columns) = int(table.sum()), table.shape
    if min(rows, columns) < 2:  # noqa: PLR2004 - what does not vary has no association
        return Figure(0.0, 0.0, 0.0, n)
    found, freedom = chi2(table), (rows - 1) * (columns - 1)
    centres = max(0.0, found - freedom), _noncentrality(found, freedom, 0.975), _noncentrality(found, freedom, 0.025)
    value, low, high = (min(1.0, math.sqrt(centre / (n * (min(rows, columns) - 1)))) for centre in centres)
    return Figure(value, low, high, n)


def _noncentrality(found: float, freedom: int, percentile: float) -> float:
    """Return the noncentrality under which chi-squared is up to `found` with probability `percentile`, at least 0."""
    from scipy.optimize import brentq
    from scipy.stats import ncx2

    def excess(centre: float) -> float:
        return float(ncx2.cdf(found, freedom, centre)) - percentile

    highest = 2 * found + 100  # far over the noncentrality of any percentile asked for
    return float(brentq(excess, 1e-9, highest, xtol=1e-6)) if excess(1e-9) > 0 else 0.0


def fold_accuracy(factor: Factor, labels: Codes, folds: Codes) -> Figure:
    """Return how often the commonest label of a sample's value, among the samples of other folds, is its own."""
    hits = 0
    for fold in np.unique(folds):
        inside = folds == fold
        rest = _counts(factor, labels, ~inside)
        best = np.where(rest.sum(axis=1) > 0, rest.argmax(axis=1), rest.sum(axis=0).argmax())  # (values,)
        hits += int((best[factor.codes[inside]] == labels[inside]).sum())
    return wilson(hits, len(labels))


def forest_accuracy(factors: Sequence[Factor], labels: Codes, folds: Codes) -> Figure:
    """Return the accuracy of a random forest that sees all factors of a sample and was grown on other folds."""
    from sklearn.ensemble import RandomForestClassifier

    codes = np.stack([factor.codes for factor in factors], axis=1)  # (samples, factors)
    hits = 0
    for fold in np.unique(folds):
        inside = folds == fold
        if inside.all():
            continue
        forest = RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=0)
        forest.fit(codes[~inside], labels[~inside])
        hits += int((forest.predict(codes[inside]) == labels[inside]).sum())
    return wilson(hits, len(labels))


def _confound(factor: Factor, labels: Codes, folds: Codes, chance: float, config: ConfoundsConfig) -> Confound:
    """Return what one factor tells."""
    counts = _counts(factor, labels, np.ones(len(labels), dtype=bool))
    v = cramers_v(counts)
    accuracy = fold_accuracy(factor, labels, folds)
    return Confound(
        factor=factor.name,
        values=len(factor.names),
        cramers_v=v,
        accuracy=accuracy,
        rings=accuracy.low > chance + config.min_lift or v.low >= config.min_v,
        telling=tuple(_telling(factor, counts)),
    )


def _telling(factor: Factor, counts: NDArray[np.float64]) -> list[Telling]:
    """Return the values that raise the share of some emotion most, from counts of (values, emotions)."""
    n = counts.sum(axis=1)
    base = counts.sum(axis=0) / counts.sum()  # (emotions,)
    share = counts / np.maximum(n, 1)[:, None]
    emotion = (share - base).argmax(axis=1)  # (values,)
    lift = (share - base).max(axis=1)
    order = [value for value in np.lexsort((np.arange(len(n)), -lift)) if n[value] >= MIN_VALUE_N]
    return [
        Telling(factor.names[v], int(n[v]), EMOTIONS[emotion[v]], float(share[v, emotion[v]]), float(base[emotion[v]]))
        for v in order[:TELLING]
    ]


def _counts(factor: Factor, labels: Codes, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how many of `rows` have each value and emotion, (values, emotions)."""
    counts = np.zeros((len(factor.names), len(EMOTIONS)))
    np.add.at(counts, (factor.codes[rows], labels[rows]), 1)
    return counts


def _categories(name: str, column: "pd.Series[str]") -> Factor:
    values = column.astype(object).where(column.notna(), NOT_STATED).astype(str)
    codes, names = pd.factorize(values, sort=True)
    return Factor(name, tuple(names), codes.astype(np.int64))


def _tenths(name: str, numbers: NDArray[np.float64]) -> Factor:
    """Return the tenths of all values that each number is in; a missing number is a value of its own."""
    stated = ~np.isnan(numbers)
    edges = np.unique(np.quantile(numbers[stated], TENTHS))
    ends = [f"{edge:.4g}" for edge in edges]
    names = [f"up to {ends[0]}", *(f"{a} to {b}" for a, b in pairwise(ends)), f"over {ends[-1]}"]
    codes = np.where(stated, np.searchsorted(edges, numbers, side="left"), len(names))
    used, codes = np.unique(codes, return_inverse=True)
    return Factor(name, tuple([*names, NOT_STATED][u] for u in used), codes.astype(np.int64))

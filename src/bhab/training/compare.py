"""Which of several models is better beyond chance, on exactly the same faces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bhab.config import EvaluateConfig
from bhab.errors import TableError
from bhab.fairness.grouped import confusions, percentiles, resampled
from bhab.fairness.intervals import Figure
from bhab.training.answers import Answers
from bhab.training.scores import accuracy, averages

LEVEL = 0.05  # of error, over all pairs together


@dataclass(frozen=True, slots=True)
class Pair:
    """The more accurate model `one` and the `other`: by how much, and whether chance alone explains it.

    `p` is McNemar's, exact, from the faces that only one of the two gets right; `p_holm` is it for all pairs together
    (Holm 1979). McNemar's test takes faces for independent and the interval does not, so `beyond_chance` asks both.
    """

    one: str
    other: str
    accuracy: Figure
    macro_f1: Figure
    only_one: int
    only_other: int
    p: float
    p_holm: float
    beyond_chance: bool


def same_rows(answers: Mapping[str, Answers]) -> None:
    """Raise TableError if the models were not asked about the same faces with the same labels."""
    first, *others = answers
    known = answers[first]
    for name in others:
        asked = answers[name]
        if not np.array_equal(asked.sample_id, known.sample_id):
            both = len(np.intersect1d(asked.sample_id, known.sample_id))
            raise TableError(
                f"predictions of {name}: {len(asked)} test faces, of which {both} are among the {len(known)} of"
                f" {first}, expected the same ones; `dvc repro evaluate_fer` makes them, and a model that is gone"
                " leaves an old file"
            )
        if not np.array_equal(asked.truth, known.truth):
            differ = int((asked.truth != known.truth).sum())
            raise TableError(
                f"predictions of {name}: {differ} test faces have another label than those of {first},"
                " expected equal ones; `dvc repro evaluate_fer` makes them"
            )


def ranked(answers: Mapping[str, Answers]) -> list[str]:
    """Return the names of the models, the most accurate first, equal ones by name."""
    return sorted(answers, key=lambda name: (-int(answers[name].right.sum()), name))


def pairs(answers: Mapping[str, Answers], config: EvaluateConfig) -> list[Pair]:
    """Return every pair of models, by rank. All of them were asked about the same faces."""
    names = ranked(answers)
    if not names or not len(answers[names[0]]):
        return []
    tables = np.stack([_by_group(answers[name]) for name in names], axis=1)  # (groups, models, 7, 7)
    drawn = resampled(tables, config.resamples, np.random.default_rng(config.seed))  # (resamples, models, 7, 7)
    whole = tables.sum(axis=0)
    values, draws = (np.stack([accuracy(t), averages(t)["macro_f1"]]) for t in (whole, drawn))  # (2, ..., models)
    right = np.stack([answers[name].right for name in names])  # (models, rows)
    places = list(combinations(range(len(names)), 2))
    only = [(int((right[a] & ~right[b]).sum()), int((right[b] & ~right[a]).sum())) for a, b in places]
    chances = [mcnemar(*counts) for counts in only]
    rows = []
    for (a, b), counts, p, together in zip(places, only, chances, holm(chances), strict=True):
        by_accuracy, by_f1 = (
            percentiles(float(value[a] - value[b]), draw[:, a] - draw[:, b], right.shape[1])
            for value, draw in zip(values, draws, strict=True)
        )
        beyond = together < LEVEL and by_accuracy.low > 0
        rows.append(Pair(names[a], names[b], by_accuracy, by_f1, *counts, p, together, beyond))
    return rows


def mcnemar(only_one: int, only_other: int) -> float:
    """Return the two-sided probability that equal models differ so much on the faces one alone gets right, exact."""
    from scipy.stats import binomtest

    n = only_one + only_other
    return float(binomtest(only_one, n, 0.5).pvalue) if n else 1.0


def holm(chances: Sequence[float]) -> list[float]:
    """Return each probability for all of them together: the smallest times their number, the next times one less."""
    found, highest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(np.argsort(chances, kind="stable").tolist()):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[place]))
        found[place] = highest
    return found


def nobody_right(answers: Mapping[str, Answers]) -> NDArray[np.bool_]:
    """Return which faces no model gets right, (rows,)."""
    wrong: NDArray[np.bool_] = ~np.any([own.right for own in answers.values()], axis=0)
    return wrong


def _by_group(answers: Answers) -> NDArray[np.float64]:
    return confusions(answers.truth, answers.predicted, answers.group)

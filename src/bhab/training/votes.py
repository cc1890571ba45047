"""How right models are by how far voters agree on a face, and with the voters' majority for the truth.

Votes are counts of (rows, 8): the seven emotions, and all other votes in the last column. Faces are in bands by the
share of all their votes that go to the emotion with most; of FER+'s ten these are 10, 8 to 9, 6 to 7, and 5 or fewer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.config import EvaluateConfig
from bhab.curation.labels import NONE, Counts, Places
from bhab.fairness.intervals import Figure
from bhab.training.answers import Answers
from bhab.training.scores import share_of

BANDS = ("all agree", "four in five or more", "more than half", "half or fewer")
ANY_MAJORITY = "any majority"


@dataclass(frozen=True, slots=True)
class Band:
    """Faces on which voters agree about as far.

    `label` says how often the published label is what the majority of voters says, and `models` {by_label,
    by_majority} how often each model says the one and the other; of a majority None where there is none.
    """

    agreement: str
    n: int
    label: Figure | None
    models: dict[str, dict[str, Figure | None]]


def by_agreement(answers: Mapping[str, Answers], votes: Counts, config: EvaluateConfig) -> list[Band]:
    """Return a row for each band, most agreement first, then one for all with a majority; no rows without votes.

    All models were asked about the same faces, those of the rows of `votes`.
    """
    voted = votes.any(axis=1)
    if not voted.any():
        return []
    top, total = votes[:, :-1].max(axis=1), votes.sum(axis=1)
    majority = 2 * top > total  # (rows,)
    place = np.select([top == total, 5 * top >= 4 * total, majority], [0, 1, 2], 3)  # (rows,), in BANDS
    meant = np.where(majority, votes[:, :-1].argmax(axis=1), NONE)  # (rows,)
    rows = [_band(name, answers, meant, voted & (place == at), config) for at, name in enumerate(BANDS)]
    return [*rows, _band(ANY_MAJORITY, answers, meant, majority, config)]


def _band(
    name: str, answers: Mapping[str, Answers], meant: Places, chosen: NDArray[np.bool_], config: EvaluateConfig
) -> Band:
    clear = bool((meant[chosen] != NONE).all())
    models: dict[str, dict[str, Figure | None]] = {}
    label = None
    for model, every in answers.items():
        own = every.rows(chosen)
        models[model] = {
            "by_label": share_of(own.right, own.group, config),
            "by_majority": share_of(own.predicted == meant[chosen], own.group, config) if clear else None,
        }
        label = share_of(own.truth == meant[chosen], own.group, config) if clear else None
    return Band(name, int(chosen.sum()), label, models)

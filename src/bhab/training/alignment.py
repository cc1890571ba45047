"""Is an alignment a diagonal? Measures of attention weights (steps, characters), each row of which adds up to 1."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BACK = 1.5  # characters that the place of reading may fall back by: attention is no sharp line


@dataclass(frozen=True, slots=True)
class Alignment:
    """How one sentence was read."""

    diagonality: float  # correlation of the mean place with the number of the step; 1: a straight line
    monotone: float  # share of steps that do not go back in the text
    focus: float  # mean of the largest weight of each step (Ren et al. 2019)
    covered: float  # share of the text between the first and the last place read


def judge(weights: NDArray[np.floating]) -> Alignment:
    """Return how the text was read. A reading that stays where it is has diagonality 0."""
    steps, characters = weights.shape
    places = weights @ np.arange(characters)  # (steps,)
    moved = steps > 1 and float(np.ptp(places)) > 0
    return Alignment(
        diagonality=float(np.corrcoef(places, np.arange(steps))[0, 1]) if moved else 0.0,
        monotone=float(np.mean(np.diff(places) >= -BACK)) if steps > 1 else 1.0,
        focus=float(weights.max(axis=1).mean()),
        covered=float(np.ptp(places)) / max(1, characters - 1),
    )

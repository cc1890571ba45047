"""Pairs of samples that are nearly the same: what the searches of every modality return."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NearPairs:
    """Pairs of row numbers, each once, the lower row first, ordered by (one, other); equal contents are no pair."""

    one: NDArray[np.int64]  # (pairs,)
    other: NDArray[np.int64]  # (pairs,)
    mirrored: NDArray[np.bool_]  # (pairs,), alike only after one is mirrored; always false outside faces
    similarity: NDArray[np.float64]  # (pairs,), in [0, 1]

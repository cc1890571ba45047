"""What a model said of the test faces, as arrays. Emotions are places in EMOTIONS."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.curation.labels import places
from bhab.schema import EMOTIONS, Split
from bhab.store import take_ids


@dataclass(frozen=True, slots=True)
class Answers:
    """One row a labelled face."""

    sample_id: NDArray[np.str_]  # (rows,)
    truth: NDArray[np.int64]  # (rows,), the label
    probabilities: NDArray[np.float64]  # (rows, emotions)
    group: NDArray[np.str_]  # (rows,), equal for faces that say little more than one: of one person, or near copies
    leaked: NDArray[np.bool_]  # (rows,), one of its group is in training

    def __len__(self) -> int:
        return len(self.truth)

    def rows(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the rows."""
        return type(self)(
            self.sample_id[chosen],
            self.truth[chosen],
            self.probabilities[chosen],
            self.group[chosen],
            self.leaked[chosen],
        )

    @property
    def predicted(self) -> NDArray[np.intp]:
        """The most probable emotion, (rows,)."""
        said: NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return said

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of it, (rows,)."""
        highest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return highest

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether it is the label, (rows,)."""
        right: NDArray[np.bool_] = self.predicted == self.truth
        return right


def of_test(predictions: pa.Table, splits: pa.Table) -> Answers:
    """Return the test rows of a table PREDICTIONS, by sample_id, with their group in `splits`."""
    test = predictions.filter(pc.equal(predictions["split"], Split.TEST)).sort_by("sample_id")
    ids = test["sample_id"].to_pylist()
    return Answers(
        np.array(ids, dtype=np.str_),
        places(test["emotion"]),
        np.column_stack([test[f"p_{emotion}"].to_numpy() for emotion in EMOTIONS]),
        np.array(take_ids(splits, ids)["group_id"].to_pylist(), dtype=np.str_),
        test["leaked"].to_numpy().astype(np.bool_),
    )

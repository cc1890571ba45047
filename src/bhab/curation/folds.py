"""Which fold each sample is held out in: a group never crosses folds, and each fold gets its share of each emotion."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.curation.chance import unit_interval
from bhab.curation.groups import groups as find_groups
from bhab.schema import EMOTIONS, Modality
from bhab.store import take_ids


def held_together(samples: pa.Table, groups: pa.Table, pairs: pa.Table, modality: Modality, folds: int) -> list[str]:
    """Return the group of each of `samples` that may not cross folds: that of GROUPS unless it is too large for one.

    People who wrote nearly the same tie their texts into chains that may hold half of a corpus; a fold of that size is
    judged by a model that saw little. Such a chain is cut into what has equal or nearly equal content, whoever made it.
    """
    ids = samples["sample_id"].to_pylist()
    wide = take_ids(groups, ids)["group_id"].to_pylist()
    at = samples.schema.get_field_index("subject_id")
    nobody = samples.set_column(at, "subject_id", pa.nulls(len(samples), pa.string()))
    of_content = pairs.filter(pc.equal(pairs["modality"], str(modality)))
    narrow = take_ids(find_groups(nobody, of_content, modality), ids)["group_id"].to_pylist()
    names, size = np.unique(np.array(wide, dtype=object), return_counts=True)
    large = set(names[size > len(ids) / folds])
    return [content if group in large else group for group, content in zip(wide, narrow, strict=True)]


def assign_folds(group_ids: Sequence[str], labels: NDArray[np.int64], folds: int, salt: str) -> NDArray[np.int64]:
    """Return the fold of each row, shape (n,), from 0 to `folds` - 1. `labels` are places in EMOTIONS, -1 for none.

    The largest groups go first, equal ones in the order of a hash of their names; each goes where its emotions are
    rarest so far. This is the greedy rule of scikit-learn's StratifiedGroupKFold, with an order that needs no seed.
    """
    names, group = np.unique(np.asarray(group_ids, dtype=object), return_inverse=True)
    counts = np.zeros((len(names), len(EMOTIONS) + 1), dtype=np.float64)  # the last column is for no emotion
    np.add.at(counts, (group, labels), 1)
    rarity = 1 / np.maximum(counts.sum(axis=0), 1)  # a rare emotion weighs as much as a common one
    draw = [unit_interval(name, salt) for name in names]
    held = np.zeros((folds, counts.shape[1]))
    fold_of = np.zeros(len(names), dtype=np.int64)
    for each in np.lexsort((draw, -counts.sum(axis=1))):
        # Adding c to a fold that holds h raises the sum of squared shares by 2 h c + c c: only h differs between folds.
        burden = held @ (counts[each] * rarity * rarity)  # (folds,)
        fold_of[each] = np.lexsort((held.sum(axis=1), burden))[0]
        held[fold_of[each]] += counts[each]
    return fold_of[group]

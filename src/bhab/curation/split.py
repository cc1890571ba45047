"""Which split each sample is used for, and which samples are left out as copies.

All functions take the items of one modality: a DataFrame of one row a sample, sorted by sample_id, made by `items_of`.

Groups are ordered by a hash of their name, once for each emotion, and whole groups are cut off that list. So the shares
are right to within a group, and a new group moves a cut by its own size: nearly all others stay where they were.
Comparing the hash with a threshold would move none at all, but one time in eight it leaves 20 speakers without one for
the test, and it leaves the share of a rare emotion to luck.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import SourceConfig, SplitConfig
from bhab.curation.chance import unit_interval
from bhab.curation.groups import components
from bhab.schema import EMOTIONS, Split
from bhab.store import take_ids

POOL = len(EMOTIONS) + 1  # stratum of all groups whose own stratum is too small to be cut; one more is for no emotion


@dataclass(frozen=True, slots=True)
class Before:
    """What the stages before found, over all modalities: GROUPS, LABELS, DUPLICATES and PAIRS."""

    groups: pa.Table
    labels: pa.Table
    duplicates: pa.Table
    pairs: pa.Table


def items_of(samples: pa.Table, before: Before, sources: Mapping[str, SourceConfig]) -> pd.DataFrame:
    """Join what the stages before know of `samples`: emotion, group_id, duplicate_group, near_group, and `protocol`.

    `near_group` is a number that samples share whose contents PAIRS connect. `protocol` is true for sources whose
    published split is kept. Raises TableError if GROUPS or LABELS lack a sample.
    """
    items: pd.DataFrame = samples.select(["sample_id", "source", "source_key", "source_split"]).to_pandas()
    items = items.sort_values("sample_id", ignore_index=True)
    ids = items["sample_id"].to_list()
    equal = (
        before.duplicates.select(["sample_id", "duplicate_group"]).to_pandas().set_index("sample_id")["duplicate_group"]
    )
    rows = pd.Index(items["sample_id"])
    twin = rows.get_indexer(items["sample_id"].map(equal))  # the first of the same content, -1 for none
    first = np.where(twin < 0, np.arange(len(items)), twin)
    ends = np.stack([rows.get_indexer(before.pairs[end].to_pandas()) for end in ("one_id", "other_id")], axis=1)
    ends = ends[(ends >= 0).all(axis=1)]  # PAIRS are of all modalities
    return items.assign(
        near_group=components(len(items), ends.tolist())[first],
        emotion=take_ids(before.labels, ids)["emotion"].to_pandas().array,
        group_id=take_ids(before.groups, ids)["group_id"].to_pandas().array,
        duplicate_group=items["sample_id"].map(equal),
        protocol=items["source"].isin([name for name, source in sources.items() if source.keep_split]),
    )


def find_copies(items: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return (sample_id, reason, detail) for each of `items` that is a copy, or whose copies contradict it.

    Of equal items the one with the lowest sample_id stays, one with an emotion before one without. If equal items have
    different emotions, none stays; by the rule "majority" one of the commonest emotion does, if there is just one such.
    A source whose own split is kept loses nothing, since published figures stand on all of its items; copies of them in
    other sources go.
    """
    twins = items[items["duplicate_group"].notna()]
    said = twins.groupby(["duplicate_group", "emotion"], as_index=False).size()
    most = said[said["size"] == said.groupby("duplicate_group")["size"].transform("max")]
    winner = most.drop_duplicates("duplicate_group", keep=False).set_index("duplicate_group")["emotion"]
    wins = (rule == "majority") & (twins["emotion"] == twins["duplicate_group"].map(winner))
    twins = twins.assign(wins=wins, labelled=twins["emotion"].notna()).sort_values(
        ["protocol", "wins", "labelled", "sample_id"], ascending=[False, False, False, True]
    )
    groups = twins.groupby("duplicate_group")
    contradicts = groups["emotion"].transform("nunique") > 1
    lost = contradicts & ~twins["wins"]
    kept = groups["sample_id"].transform("first")
    words = (said["emotion"] + " by " + said["size"].astype("str")).groupby(said["duplicate_group"]).agg(", ".join)
    words = twins["duplicate_group"].map(words).astype("str")  # without rows it would be a column of numbers
    copies = pd.DataFrame(
        {
            "sample_id": twins["sample_id"],
            "reason": np.where(lost, "label_contradiction", "duplicate"),
            "detail": np.where(
                lost,
                "equal content is labelled " + words + ", expected one emotion",
                "content equal to that of " + kept + ", which stays",
            ),
        }
    )
    return copies[~twins["protocol"] & (lost | (twins["sample_id"] != kept))].sort_values("sample_id")


def find_near_copies(trained: pd.DataFrame) -> pd.DataFrame:
    """Return (sample_id, reason, detail) for training items nearly equal to another that stays.

    The lowest sample_id stays. A source whose own split is kept loses nothing.
    """
    trained = trained.sort_values(["protocol", "sample_id"], ascending=[False, True])
    kept = trained.groupby("near_group")["sample_id"].transform("first").astype("str")
    gone = trained[~trained["protocol"] & (trained["sample_id"] != kept)]
    detail = "content nearly equal to that of " + kept[gone.index] + ", which stays"
    return gone[["sample_id"]].assign(reason="near_duplicate", detail=detail).sort_values("sample_id")


def assign_splits(items: pd.DataFrame, config: SplitConfig) -> "pd.Series[str]":
    """Return the split of each of `items`.

    Items of a source whose split is kept have it; if that source publishes no validation items, whole groups of its
    training items become that. Another item in a group with such items follows them, to the split that may be seen
    least. All others go by group.
    """
    split = items["source_split"].where(items["protocol"])
    train = split == Split.TRAIN
    carved = train & ~items["source"].isin(items.loc[split == Split.VALIDATION, "source"])
    fixed = split.notna() & ~carved  # a validation item equal to a test item would let the test choose the model
    carved &= ~items["group_id"].isin(items.loc[fixed, "group_id"])
    chosen = cut_groups(items[carved], {Split.VALIDATION: config.validation_fraction}, config.salt)
    split = split.where(~carved, items["group_id"].map(chosen))
    loose = split.isna()
    for kept in Split.TRAIN, Split.VALIDATION, Split.TEST:  # the last has the last word
        split = split.mask(loose & items["group_id"].isin(items.loc[split == kept, "group_id"]), str(kept))
    rest = split.isna()
    fractions = {Split.TEST: config.test_fraction, Split.VALIDATION: config.validation_fraction}
    return split.where(~rest, items["group_id"].map(cut_groups(items[rest], fractions, config.salt)))


def find_leaked(items: pd.DataFrame, split: "pd.Series[str]") -> "pd.Series[bool]":
    """Return for each of `items` whether it is held out while a sample of its group is in training."""
    train = split == Split.TRAIN
    return ~train & items["group_id"].isin(items.loc[train, "group_id"])


def cut_groups(items: pd.DataFrame, fractions: Mapping[Split, float], salt: str) -> "pd.Series[str]":
    """Return the split of each group of `items`, indexed by group_id: the `fractions` of the items, train the rest.

    A group's stratum is the emotion it holds that is rarest among all items: the rarest is the first that a split can
    miss (Sechidis, Tsoumakas, Vlahavas, "On the Stratification of Multi-label Data", 2011). A stratum with fewer groups
    than the smallest fraction has in one (10 for 0.1) cannot be cut right; all such are cut as one.
    """
    names, group = np.unique(items["group_id"].to_numpy(dtype=object), return_inverse=True)
    emotion = pd.Categorical(items["emotion"], categories=list(EMOTIONS)).codes  # -1, the last column, for none
    counts = np.zeros((len(names), len(EMOTIONS) + 1), dtype=np.int64)
    np.add.at(counts, (group, emotion), 1)  # (groups, emotions + 1)
    rarest_first = [*np.argsort(counts[:, :-1].sum(axis=0), kind="stable"), len(EMOTIONS)]
    stratum = (counts[:, rarest_first] > 0).argmax(axis=1)  # (groups,)
    few = np.bincount(stratum)[stratum] * min(fractions.values()) < 1
    stratum[few] = POOL
    draw = np.array([unit_interval(name, salt) for name in names])
    split = np.full(len(names), str(Split.TRAIN), dtype=object)
    for each in np.unique(stratum):
        rows = np.flatnonzero(stratum == each)
        split[rows] = cut_stratum(counts[rows].sum(axis=1), draw[rows], fractions)
    return pd.Series(split, index=names, dtype="str")


def cut_stratum(
    size: NDArray[np.int64], draw: NDArray[np.float64], fractions: Mapping[Split, float]
) -> NDArray[np.object_]:
    """Return the split of each group of one stratum, from its size and its draw, shape (groups,).

    Groups in order of their draw fill one fraction after the other, as long as more than half of a group fits. One that
    is larger than a whole fraction comes last. Each split gets at least one group if there are enough.
    """
    order = np.lexsort((draw, size > size.sum() * min(fractions.values())))
    middle = (np.cumsum(size[order]) - size[order] / 2) / size.sum()  # (groups,), in [0, 1]
    split = np.full(len(size), str(Split.TRAIN), dtype=object)
    start, edge = 0, 0.0
    for later, (name, fraction) in zip(range(len(fractions), 0, -1), fractions.items(), strict=True):
        edge += fraction
        stop = int(np.searchsorted(middle, edge))
        if len(size) > len(fractions):
            stop = int(np.clip(stop, start + 1, len(size) - later))
        split[order[start:stop]] = str(name)
        start = stop
    return split

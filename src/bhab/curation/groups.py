"""Which samples belong together: of one person, of equal or nearly equal content, and whatever that connects."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from bhab.schema import GROUPS, Modality, arrow_schema

TIES = ("subject_id", "content_sha256")  # samples with an equal value here may not be in different splits


def groups(samples: pa.Table, pairs: pa.Table, modality: Modality) -> pa.Table:
    """Return GROUPS: the group of each sample, named after the lowest sample_id in it, sorted by sample_id.

    `pairs` are PAIRS found among `samples`.
    """
    frame = samples.select(["sample_id", *TIES]).to_pandas().sort_values("sample_id", ignore_index=True)
    links = [link for tie in TIES for link in first_of_equals(frame[tie])]
    rows = pd.Index(frame["sample_id"])
    ends = [rows.get_indexer(pairs[end].to_pandas()).tolist() for end in ("one_id", "other_id")]
    links += zip(*ends, strict=True)
    lowest = components(len(frame), links)
    found = pd.DataFrame(
        {
            "sample_id": frame["sample_id"],
            "modality": str(modality),
            "group_id": frame["sample_id"].iloc[lowest].array,
        }
    )
    return pa.Table.from_pandas(found, schema=arrow_schema(GROUPS), preserve_index=False)


def first_of_equals(values: "pd.Series[str]") -> list[tuple[int, int]]:
    """Return (row, first row with the same value) for each row whose value stood before; nothing ties empty values."""
    codes, _ = pd.factorize(values)  # (rows,), -1 where empty
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rows = np.arange(len(codes))
    again = np.flatnonzero((codes >= 0) & (first[inverse] != rows))
    return list(zip(again.tolist(), first[inverse[again]].tolist(), strict=True))


def components(n: int, links: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    """Return for each of `n` nodes the lowest node it is connected to, shape (n,). Union-find with path halving."""
    parent = list(range(n))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return np.array([root(node) for node in range(n)], dtype=np.int64)

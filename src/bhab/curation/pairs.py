"""Pairs of samples that are nearly the same, and what they break.

A search looks at each content once, however many samples have it: equal samples are the business of
`bhab.curation.duplicates`. A pair carries the lowest sample_id of either content and stands for all samples that have
one of the two: it spans splits, or contradicts, if any of the one and any of the other do.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from bhab.curation.groups import components
from bhab.curation.near import NearPairs
from bhab.schema import PAIRS, Modality, Split, arrow_schema
from bhab.store import take_ids

Search = Callable[[pa.Table], NearPairs]  # of samples with contents that all differ


@dataclass(frozen=True, slots=True)
class NearFigures:
    """How many samples of one modality are nearly the same as another, and what follows."""

    pairs: int
    mirrored: int  # of the pairs
    items: int  # samples with a content that is in a pair
    components: int  # sets of contents that pairs connect
    spanning_pairs: int
    test_items_with_near_twin: int  # in training
    contradicting_pairs: int


def near_pairs(samples: pa.Table, modality: Modality, search: Search) -> pa.Table:
    """Return PAIRS: what `search` finds among the contents of `samples`, by one_id and other_id."""
    keys = _keys(samples)
    firsts = keys.drop_duplicates("content_sha256")
    ids, contents = firsts["sample_id"].to_numpy(), firsts["content_sha256"].to_numpy()
    found = search(take_ids(samples, ids.tolist()))
    ends = pd.DataFrame({"one": contents[found.one], "other": contents[found.other]})
    columns = {
        "one_id": ids[found.one],
        "other_id": ids[found.other],
        "modality": [str(modality)] * len(ends),
        "kind": np.where(found.mirrored, "mirrored", "near").tolist(),
        "similarity": found.similarity,
        "spans_splits": _differ(keys, ends, "source_split"),
        "contradicts": _differ(keys, ends, "emotion"),
    }
    schema = arrow_schema(PAIRS)
    return pa.table([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def near_figures(samples: pa.Table, pairs: pa.Table, part: pa.Table) -> NearFigures:
    """Count `pairs`, found among `samples`, as far as both of their contents are in `part` of the samples."""
    content = _keys(samples).set_index("sample_id")["content_sha256"]
    found = pairs.select(["one_id", "other_id", "kind"]).to_pandas()
    ends = pd.DataFrame({"one": found["one_id"].map(content), "other": found["other_id"].map(content)}, dtype=object)
    keys = _keys(part)
    here = ends["one"].isin(keys["content_sha256"]) & ends["other"].isin(keys["content_sha256"])
    ends, mirrored = ends[here], found.loc[here, "kind"] == "mirrored"
    linked, place = np.unique(ends.to_numpy(dtype=object), return_inverse=True)
    links = zip(*place.reshape(-1, 2).T.tolist(), strict=True)
    trained = keys.loc[keys["source_split"] == Split.TRAIN, "content_sha256"]
    near_training = {*ends.loc[ends["one"].isin(trained), "other"], *ends.loc[ends["other"].isin(trained), "one"]}
    tested = keys.loc[keys["source_split"] == Split.TEST, "content_sha256"]
    return NearFigures(
        pairs=len(ends),
        mirrored=int(mirrored.sum()),
        items=int(keys["content_sha256"].isin(linked).sum()),
        components=len(np.unique(components(len(linked), links))),
        spanning_pairs=int(_differ(keys, ends, "source_split").sum()),
        test_items_with_near_twin=int(tested.isin(near_training).sum()),
        contradicting_pairs=int(_differ(keys, ends, "emotion").sum()),
    )


def _keys(samples: pa.Table) -> pd.DataFrame:
    """Return what is asked of each sample, sorted by sample_id."""
    frame: pd.DataFrame = samples.select(["sample_id", "content_sha256", "source_split", "emotion"]).to_pandas()
    frame["content_sha256"] = frame["content_sha256"].astype(object)  # isin takes a tenth of the time
    return frame.sort_values("sample_id", ignore_index=True)


def _differ(keys: pd.DataFrame, ends: pd.DataFrame, column: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return for each pair of contents whether a sample of the one and one of the other have different values."""
    stated = keys.loc[keys["content_sha256"].isin([*ends["one"], *ends["other"]]), ["content_sha256", column]].dropna()
    values: dict[str, set[str]] = {}
    for content, value in stated.itertuples(index=False):
        values.setdefault(content, set()).add(value)
    found = [(values.get(one), values.get(other)) for one, other in ends[["one", "other"]].itertuples(index=False)]
    return np.array([bool(a and b and len(a | b) > 1) for a, b in found], dtype=np.bool_)

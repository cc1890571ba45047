"""Votes to labels.

Votes are counted in arrays of (items, 7) int64, one column for each of EMOTIONS; an emotion in an array is its place
there, and such arrays never leave this module and the stage. Votes of annotators may overrule the emotion that a source
states. Votes that a source published only say how far to trust it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.config import LabelsConfig
from bhab.schema import ANNOTATORS, EMOTIONS, LABELS, Modality, arrow_schema

PLACE = {emotion: place for place, emotion in enumerate(EMOTIONS)}
NONE = -1  # the place of no emotion, and of the last column where there is one more

Places = NDArray[np.int64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Vote:
    """What one annotator says one sample shows: once for each sample, and one of EMOTIONS; their reader checks that."""

    sample_id: str
    modality: str
    annotator: str
    emotion: str


def count_votes(votes: Sequence[Vote], sample_ids: pa.Array) -> Counts:
    """Count `votes`, all of which are on `sample_ids`: shape (samples, 7)."""
    counts = np.zeros((len(sample_ids), len(EMOTIONS)), dtype=np.int64)
    np.add.at(counts, _cells(votes, sample_ids), 1)
    return counts


def count_published(votes: pa.ChunkedArray) -> Counts:
    """Count the values of a column of type VOTES: shape (samples, 8), votes outside the seven in the last column."""
    counts = np.zeros((len(votes), len(EMOTIONS) + 1), dtype=np.int64)
    for row, published in enumerate(votes.to_pylist()):
        for emotion, n in published or ():
            counts[row, PLACE.get(emotion, NONE)] += n
    return counts


def places(emotions: pa.ChunkedArray) -> Places:
    """Return the place of each emotion in EMOTIONS, NONE where there is none."""
    return np.array([PLACE.get(emotion, NONE) for emotion in emotions.to_pylist()], dtype=np.int64)


def winners(counts: Counts) -> Places:
    """Return the emotion with the most votes in each row, NONE without votes and for a tie: shape (items,)."""
    top = counts.max(axis=1)
    clear = (top > 0) & ((counts == top[:, None]).sum(axis=1) == 1)
    return np.where(clear, counts.argmax(axis=1), NONE)


def merge_labels(samples: pa.Table, counts: Counts, config: LabelsConfig, modality: Modality) -> pa.Table:
    """Return LABELS: one row for each of `samples`, in their order, whose votes are `counts`."""
    stated = places(samples["emotion"])
    winner, n = winners(counts), counts.sum(axis=1)
    overruled = (winner != NONE) & (n >= config.min_votes) & (_share(counts, winner) >= config.min_agreement)
    final = np.where(overruled, winner, stated)
    published = count_published(samples["votes"])[:, :NONE]
    names = np.array([*EMOTIONS, None], dtype=object)  # NONE is the last
    columns = {
        "sample_id": samples["sample_id"],
        "modality": pa.repeat(str(modality), len(samples)),
        "emotion": pa.array(names[final], pa.string()),
        "origin": pa.array(np.where(overruled, "annotators", "source"), pa.string()),
        "n_votes": pa.array(n, pa.int32()),
        "agreement": pa.array(_share(counts, final), from_pandas=True),
        "source_agreement": pa.array(_share(published, stated), from_pandas=True),
    }
    schema = arrow_schema(LABELS)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def judge_annotators(votes: Sequence[Vote], sample_ids: pa.Array, modality: Modality) -> pa.Table:
    """Return ANNOTATORS: each against the majority of the others, where that is clear, ordered by name."""
    rows, own = _cells(votes, sample_ids)
    others = count_votes(votes, sample_ids)[rows]  # (votes, 7)
    others[np.arange(len(votes)), own] -= 1
    majority = winners(others)
    frame = pd.DataFrame(
        {
            "annotator": [vote.annotator for vote in votes],
            "n": 1,
            "n_compared": majority != NONE,
            "n_agreed": majority == own,
        }
    )
    found = frame.groupby("annotator", as_index=False).sum().assign(modality=str(modality))
    return pa.Table.from_pandas(found, schema=arrow_schema(ANNOTATORS), preserve_index=False)


def _cells(votes: Sequence[Vote], sample_ids: pa.Array) -> tuple[Places, Places]:
    """Return row and column of each vote in an array of counts."""
    rows = pc.index_in(pa.array([vote.sample_id for vote in votes], pa.string()), value_set=sample_ids)
    return np.asarray(rows, dtype=np.int64), np.array([PLACE[vote.emotion] for vote in votes], dtype=np.int64)


def _share(counts: Counts, place: Places) -> NDArray[np.float64]:
    """Return the share of each row's votes that are for `place`; NaN without votes or where it is NONE."""
    n = counts.sum(axis=1)
    known = (n > 0) & (place != NONE)
    share = np.full(len(counts), np.nan)
    share[known] = counts[known, place[known]] / n[known]
    return share

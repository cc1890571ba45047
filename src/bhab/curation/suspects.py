"""Suspicious samples: labels that are probably wrong, how many there are, and what is unlike everything else.

Probabilities are float64 (n, 7) in the order of EMOTIONS, out of fold; labels int64 places there, NONE for none.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import SuspectConfig
from bhab.curation.label_issues import score_labels, score_with_reviews
from bhab.curation.labels import NONE, count_published, places, winners
from bhab.schema import EMOTIONS, FINDINGS, LABEL_ISSUES, Modality, arrow_schema
from bhab.store import take_ids

CLASSES = len(EMOTIONS)

Places = NDArray[np.int64]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the samples of one modality, each row one of them, sorted by sample_id."""

    ids: pa.ChunkedArray
    source: NDArray[np.object_]
    probabilities: Probabilities
    outlier: NDArray[np.float64]
    stated: Places  # the emotion the source states
    label: Places  # the one it has now
    settled: NDArray[np.bool_]  # by annotators
    majority: Places  # of the votes the source published, more than half of all


def gather(samples: pa.Table, probed: pa.Table, labels: pa.Table) -> Evidence:
    """Join PROBE and LABELS with `samples`, in the order of PROBE. Raises TableError if one lacks a sample."""
    ids = probed["sample_id"].to_pylist()
    samples = take_ids(samples.select(["sample_id", "source", "emotion", "votes"]), ids)
    labels = take_ids(labels, ids)
    published = count_published(samples["votes"])
    inside = published[:, :NONE]
    clear = 2 * inside.max(axis=1) > published.sum(axis=1)
    return Evidence(
        ids=probed["sample_id"],
        source=np.array(samples["source"].to_pylist(), dtype=object),
        probabilities=np.column_stack([probed[f"p_{e}"].to_numpy() for e in EMOTIONS]),
        outlier=probed["outlier"].to_numpy(),
        stated=places(samples["emotion"]),
        label=places(labels["emotion"]),
        settled=np.array([origin == "annotators" for origin in labels["origin"].to_pylist()], dtype=bool),
        majority=np.where(clear, winners(inside), NONE),
    )


def reviews(evidence: Evidence, config: SuspectConfig) -> NDArray[np.int8] | None:
    """Return 1 where annotators found the emotion a source states wrong, 0 where right, -1 elsewhere: shape (n,).

    None where they settled too few, or all of them the same way: nothing can be learned from that.
    """
    judged = evidence.settled & (evidence.stated != NONE)
    found = np.where(judged, evidence.stated != evidence.label, -1).astype(np.int8)
    enough = judged.sum() >= config.min_reviews and len(np.unique(found[judged])) > 1
    return found if enough else None


def score(evidence: Evidence, config: SuspectConfig) -> NDArray[np.float64]:
    """Return the probability that the emotion each source states is wrong, NaN where it states none: shape (n,)."""
    found = reviews(evidence, config)
    if found is None:
        return score_labels(evidence.probabilities, evidence.stated)
    return score_with_reviews(evidence.probabilities, evidence.stated, found)


def label_issues(
    evidence: Evidence, scores: NDArray[np.float64], config: SuspectConfig, modality: Modality
) -> pa.Table:
    """Return LABEL_ISSUES: one row for each label that no annotator settled, sorted by sample_id.

    Scores that learned from annotators are probabilities that can be compared with `min_score`. Others only rank well:
    then a label is flagged where the suggestion is `min_odds` times as probable, each measured by what is usual for its
    emotion. That tells a wrong label from an ambiguous sample, which has some probability left for its own.
    """
    rows = np.flatnonzero((evidence.label != NONE) & ~evidence.settled)
    label, probabilities = evidence.label[rows], evidence.probabilities[rows]
    p_given = probabilities[np.arange(len(rows)), label]
    others = probabilities.copy()
    others[np.arange(len(rows)), label] = -1
    suggested, p_suggested = others.argmax(axis=1), others.max(axis=1)
    rank = np.empty(len(rows), dtype=np.int64)
    rank[np.lexsort((p_given, -scores[rows]))] = np.arange(1, len(rows) + 1)  # equal ones by sample_id
    usual = np.maximum(own_confidence(probabilities, label), 1 / CLASSES)  # one nobody can tell lends no weight
    flagged = p_suggested / usual[suggested] >= config.min_odds[modality] * p_given / usual[label]
    if reviews(evidence, config) is not None:
        flagged = scores[rows] >= config.min_score
    names = np.array(EMOTIONS, dtype=object)
    frame = pd.DataFrame(
        {
            "sample_id": evidence.ids.to_numpy()[rows],
            "modality": str(modality),
            "source": evidence.source[rows],
            "emotion": names[label],
            "suggested": names[suggested],
            "p_given": p_given,
            "p_suggested": p_suggested,
            "score": scores[rows],
            "rank": rank,
            "flagged": flagged,
        }
    )
    return pa.Table.from_pandas(frame, schema=arrow_schema(LABEL_ISSUES), preserve_index=False)


def outliers(evidence: Evidence, config: SuspectConfig, modality: Modality) -> pa.Table:
    """Return FINDINGS of check `outlier`: one row a sample, flagged where it is far over the upper quartile."""
    score = evidence.outlier
    fence = np.inf
    if len(score):
        low, high = np.quantile(score, (0.25, 0.75))
        fence = high + config.outlier_fence * (high - low)
    columns = {
        "sample_id": evidence.ids,
        "modality": pa.repeat(str(modality), len(score)),
        "check": pa.repeat("outlier", len(score)),
        "score": score,
        "flagged": score > fence,
    }
    schema = arrow_schema(FINDINGS)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def own_confidence(probabilities: Probabilities, labels: Places) -> NDArray[np.float64]:
    """Return the mean probability each emotion has among the rows that carry it, 0 where none does: shape (7,)."""
    given = np.bincount(labels, weights=probabilities[np.arange(len(labels)), labels], minlength=CLASSES)
    means: NDArray[np.float64] = given / np.maximum(np.bincount(labels, minlength=CLASSES), 1)
    return means


def roc_auc(score: NDArray[np.float64], wrong: NDArray[np.bool_]) -> float:
    """Return the share of pairs of a wrong and a right row in which the wrong one scores higher, ties counted half.

    0.5 where there is no such pair.
    """
    _, place = np.unique(score, return_inverse=True)
    bad = np.bincount(place, weights=wrong)
    good = np.bincount(place, weights=~wrong)
    pairs = bad.sum() * good.sum()
    return float(bad @ (np.cumsum(good) - good / 2) / pairs) if pairs else 0.5


def suggestions(issues: pa.Table) -> list[list[int]]:
    """Return how often each emotion (row) was suggested to be each other (column), over the flagged issues."""
    flagged = issues.filter(issues["flagged"])
    table = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    np.add.at(table, (places(flagged["emotion"]), places(flagged["suggested"])), 1)
    counts: list[list[int]] = table.tolist()
    return counts

"""Stage `suspect`: labels and what models say of samples they have not seen -> wrong labels, samples that stand out."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import SuspectConfig, load_params
from bhab.curation.chance import generator
from bhab.curation.confident import confident_joint, noise_matrix
from bhab.curation.labels import NONE
from bhab.curation.suspects import (
    Evidence,
    gather,
    label_issues,
    outliers,
    roc_auc,
    score,
    suggestions,
)
from bhab.fairness.intervals import bootstrap, wilson
from bhab.schema import EMOTIONS, LABELS, PROBE, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_table

FIRST = 1000  # of the ranking, judged by published votes; fewer where fewer labels are wrong by them


@dataclass(frozen=True, slots=True)
class Suspected:
    """LABEL_ISSUES and FINDINGS over all modalities, sorted by sample_id, and the figures of each modality."""

    issues: pa.Table
    findings: pa.Table
    figures: dict[str, object]


def suspect(
    tables: Mapping[Modality, pa.Table], probed: Mapping[Modality, pa.Table], labels: pa.Table, config: SuspectConfig
) -> Suspected:
    """Return what looks wrong, ranked, with what to put in its place; no label is changed."""
    issues, findings = [], []
    figures: dict[str, object] = {}
    for modality, samples in tables.items():
        evidence = gather(samples, probed[modality], labels)
        scores = score(evidence, config)
        issues.append(label_issues(evidence, scores, config, modality))
        findings.append(outliers(evidence, config, modality))
        figures[modality] = {
            **issue_figures(issues[-1]),
            **noise_figures(evidence, config, modality),
            "settled": int(evidence.settled.sum()),
            "against_votes": vote_figures(evidence, scores, issues[-1], config, modality),
            "outliers": flag_figures(findings[-1]),
        }
    return Suspected(
        issues=pa.concat_tables(issues).sort_by("sample_id"),
        findings=pa.concat_tables(findings).sort_by("sample_id"),
        figures=figures,
    )


def flag_figures(rows: pa.Table) -> dict[str, object]:
    """Return how many of `rows` there are, how many are flagged, and the share."""
    flagged = rows["flagged"].to_pylist().count(True)
    return {"n": len(rows), "flagged": flagged, "share": asdict(wilson(flagged, len(rows)))}


def issue_figures(issues: pa.Table) -> dict[str, object]:
    """Return the same of label issues, and what was suggested for the flagged ones."""
    return flag_figures(issues) | {"suggested": {"labels": list(EMOTIONS), "rows": suggestions(issues)}}


def noise_figures(evidence: Evidence, config: SuspectConfig, salt: str) -> dict[str, object]:
    """Return how many labels are wrong by confident learning, which for which, and the models' accuracy."""
    known = evidence.label != NONE
    label, likely = evidence.label[known], confident_joint(evidence.probabilities, evidence.label)
    right = evidence.probabilities[known].argmax(axis=1) == label
    estimated = bootstrap(
        lambda rows: 1 - float(np.trace(noise_matrix(label[rows], likely[rows]))),
        len(label),
        resamples=config.resamples,
        rng=generator("noise", salt),
    )
    return {
        "accuracy_out_of_fold": asdict(wilson(int(right.sum()), len(right))),
        "estimated_noise": asdict(estimated) if len(label) else None,
        "noise_matrix": {"labels": list(EMOTIONS), "rows": noise_matrix(label, likely).round(6).tolist()},
    }


def vote_figures(
    evidence: Evidence, scores: NDArray[np.float64], issues: pa.Table, config: SuspectConfig, salt: str
) -> dict[str, object] | None:
    """Return how well scores and flags find the labels that published votes contradict; None without votes.

    The votes are only what scores are measured by, on rows where more than half of all votes are for one emotion.
    """
    rows = np.flatnonzero((evidence.majority != NONE) & (evidence.stated != NONE) & ~evidence.settled)
    wrong, mine = evidence.majority[rows] != evidence.stated[rows], scores[rows]
    if not wrong.any():
        return None
    flagged = np.isin(evidence.ids.to_numpy()[rows], issues.filter(issues["flagged"])["sample_id"].to_numpy())
    first = min(FIRST, int(wrong.sum()))
    hits = int(wrong[np.argsort(-mine, kind="stable")[:first]].sum())
    return {
        "n": len(rows),
        "wrong": asdict(wilson(int(wrong.sum()), len(rows))),
        "roc_auc": asdict(
            bootstrap(
                lambda drawn: roc_auc(mine[drawn], wrong[drawn]),
                len(rows),
                resamples=config.resamples,
                rng=generator("roc_auc", salt),
            )
        ),
        "precision_of_first": asdict(wilson(hits, first)),
        "precision_of_flagged": asdict(wilson(int(wrong[flagged].sum()), int(flagged.sum()))),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--probe", type=Path, required=True, help="folder of MODALITY.parquet")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    suspected = suspect(
        {m: read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality},
        {m: read_table(args.probe / f"{m}.parquet", PROBE) for m in Modality},
        read_table(args.labels / "labels.parquet", LABELS),
        load_params(args.params).suspect,
    )
    with whole_folder(args.out) as out:
        write_table(suspected.issues, out / "label_issues.parquet")
        write_table(suspected.findings, out / "findings.parquet")
    write_json(suspected.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `labels`: what sources state and annotators vote -> one label for each sample, and how far they agree."""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from bhab.annotate.exports import read_votes
from bhab.config import LabelsConfig, load_params
from bhab.curation.agreement import Counts, krippendorff_alpha, pairwise_agreement
from bhab.curation.chance import generator
from bhab.curation.labels import (
    NONE,
    Vote,
    count_published,
    count_votes,
    judge_annotators,
    merge_labels,
    places,
    winners,
)
from bhab.fairness.intervals import bootstrap, wilson
from bhab.schema import EMOTIONS, SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_table


@dataclass(frozen=True, slots=True)
class Labelled:
    """LABELS and ANNOTATORS over all modalities, and the figures of each."""

    labels: pa.Table
    annotators: pa.Table
    figures: dict[str, object]


def labels(tables: Mapping[Modality, pa.Table], votes: Sequence[Vote], config: LabelsConfig) -> Labelled:
    """Return the label of each sample. Votes on samples that are in no table are listed in the figures."""
    merged, judged, matched = [], [], set()
    figures: dict[str, object] = {}
    for modality, samples in tables.items():
        ids = samples["sample_id"].combine_chunks()
        known = set(ids.to_pylist())
        here = [vote for vote in votes if vote.modality == modality and vote.sample_id in known]
        counts = count_votes(here, ids)
        merged.append(merge_labels(samples, counts, config, modality))
        judged.append(judge_annotators(here, ids, modality))
        figures[modality] = {
            **label_figures(samples, merged[-1]),
            **agreement_figures(counts, config, modality),
            "published": published_figures(samples, config, f"{modality} published"),
        }
        matched.update(here)
    annotators = pa.concat_tables(judged)
    unmatched = Counter((vote.modality, vote.sample_id) for vote in votes if vote not in matched)
    return Labelled(
        labels=pa.concat_tables(merged).sort_by("sample_id"),
        annotators=annotators,
        figures={
            **figures,
            "annotators": annotator_figures(annotators),
            "unmatched": [{"modality": m, "sample_id": i, "votes": n} for (m, i), n in sorted(unmatched.items())],
        },
    )


def label_figures(samples: pa.Table, merged: pa.Table) -> dict[str, object]:
    """Count labels by who gave them. Rows of both tables are in the same order."""
    changed = places(samples["emotion"]) != places(merged["emotion"])
    return {
        "n": merged.num_rows,
        "labelled": merged.num_rows - merged["emotion"].null_count,
        "from_annotators": merged["origin"].to_pylist().count("annotators"),
        "changed": int(changed.sum()),
    }


def agreement_figures(counts: Counts, config: LabelsConfig, salt: str) -> dict[str, object]:
    """Return how far the annotators behind `counts` agree, null where no item has two votes."""
    pairs = pairwise_agreement(counts)
    rng = generator("agreement", salt)
    figure = bootstrap(lambda rows: float(pairs[rows].mean()), len(pairs), resamples=config.resamples, rng=rng)
    return {
        "agreement": asdict(figure) if len(pairs) else None,
        "krippendorff_alpha": krippendorff_alpha(counts),
    }


def published_figures(samples: pa.Table, config: LabelsConfig, salt: str) -> dict[str, object]:
    """Return how far the votes that sources published agree, with each other and with the sources' own emotions.

    `majority_agrees` is over the items with an emotion where more than half of all votes are for one of the seven.
    """
    published = count_published(samples["votes"])
    inside, stated = published[:, :NONE], places(samples["emotion"])
    majority = (2 * inside.max(axis=1) > published.sum(axis=1)) & (stated != NONE)
    agrees = majority & (winners(inside) == stated)
    of = {emotion: stated == place for place, emotion in enumerate(EMOTIONS)}
    return {
        "n": int((published.sum(axis=1) > 0).sum()),
        **agreement_figures(inside, config, salt),
        "majority_agrees": asdict(wilson(int(agrees.sum()), int(majority.sum()))),
        "by_emotion": {e: asdict(wilson(int((agrees & at).sum()), int((majority & at).sum()))) for e, at in of.items()},
    }


def annotator_figures(annotators: pa.Table) -> list[dict[str, object]]:
    """Return each annotator's agreement with the others, null where there is nobody to compare with."""
    return [
        {
            "annotator": row["annotator"],
            "modality": row["modality"],
            "n": row["n"],
            "agreement": asdict(wilson(row["n_agreed"], row["n_compared"])) if row["n_compared"] else None,
        }
        for row in annotators.to_pylist()
    ]


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True, help="folder of faces, texts and speech")
    parser.add_argument("--exports", type=Path, required=True, help="folder of JSON exports from Label Studio")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    tables = {m: read_table(args.tables / m, SAMPLE_TABLES[m]) for m in Modality}
    labelled = labels(tables, read_votes(args.exports), load_params(args.params).labels)
    with whole_folder(args.out) as out:
        write_table(labelled.labels, out / "labels.parquet")
        write_table(labelled.annotators, out / "annotators.parquet")
    write_json(labelled.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

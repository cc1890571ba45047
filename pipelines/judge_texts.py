"""Stage `judge_texts`: texts and splits -> how well the text probe, taught by training texts, judges the test texts."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.config import EvaluateConfig, Params, load_params
from bhab.curation.chance import generator
from bhab.curation.labels import places
from bhab.fairness.grouped import macro_f1
from bhab.fairness.intervals import wilson
from bhab.schema import EMOTIONS, SPLITS, TEXTS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_table, take_ids, write_json
from bhab.text.judge import fit_texts
from bhab.text.origins import origins


def judge_texts(texts: pa.Table, splits: pa.Table, params: Params) -> dict[str, object]:
    """Return the accuracy and macro-F1 on test texts without a twin in training, over all and by source.

    Intervals of macro-F1 are by groups, whose texts are much alike.
    """
    rows = splits.filter(pc.and_(pc.equal(splits["modality"], Modality.TEXTS), pc.is_valid(splits["emotion"])))
    rows = rows.sort_by("sample_id")
    texts = take_ids(texts, rows["sample_id"].to_pylist())
    said, labels = np.array(texts["text"].to_pylist(), dtype=object), places(rows["emotion"])
    split, leaked = np.array(rows["split"].to_pylist()), np.array(rows["leaked"].to_pylist(), dtype=bool)
    training, test = split == Split.TRAIN, (split == Split.TEST) & ~leaked
    probe = fit_texts(said[training].tolist(), labels[training], params.probe)
    guessed = probe.ask(said[test].tolist()).argmax(axis=1)
    source = np.array(origins(texts["source"].to_pylist(), texts["source_key"].to_pylist()))[test]
    group = np.array(rows["group_id"].to_pylist())[test]
    scored = {
        name: score(labels[test][chosen], guessed[chosen], group[chosen], params.evaluate)
        for name, chosen in (("all", np.ones(len(source), dtype=bool)), *((s, source == s) for s in np.unique(source)))
    }
    return {"n": int(test.sum()), "trained_on": int(training.sum()), "all": scored.pop("all"), "by_source": scored}


def score(
    labels: NDArray[np.int64], guessed: NDArray[np.int64], group: NDArray[np.str_], config: EvaluateConfig
) -> dict[str, object]:
    """Return accuracy, macro-F1 over the emotions that are there, and the share of the commonest one."""
    counts = np.bincount(labels, minlength=len(EMOTIONS))
    return {
        "accuracy": asdict(wilson(int((labels == guessed).sum()), len(labels))),
        "macro_f1": asdict(macro_f1(labels, guessed, group, config.resamples, generator("judge_texts", "groups"))),
        "emotions": int((counts > 0).sum()),
        "majority_share": int(counts.max()) / max(1, len(labels)),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of splits.parquet")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    splits = read_table(args.splits / "splits.parquet", SPLITS)
    write_json(judge_texts(read_table(args.texts, TEXTS), splits, load_params(args.params)), args.metrics)


if __name__ == "__main__":
    run_stage(main)

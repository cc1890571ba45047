"""Claim: the text probe judges real sentences it has not seen better than TF-IDF of characters and a linear SVM.

Both learn from the same folds and are asked of the same held-out texts; equal and nearly equal texts, and those of one
group otherwise, share a fold. Intervals are by groups, and that of the difference is paired: both on the same draws.
The same on samples of 1,000 sentences an emotion.

    make bench DATA=DIR

or

    python benchmarks/text_probe.py --workspace workspace/real --date 2026-01-31

WORKSPACE is what `make repro-real DATA=DIR` made of the real corpora; its labels are the published ones.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from machine import machine
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from bhab.config import ProbeConfig, load_params
from bhab.curation.chance import generator
from bhab.curation.folds import assign_folds, held_together
from bhab.curation.labels import places
from bhab.fairness.grouped import f1_difference, macro_f1
from bhab.fairness.intervals import wilson
from bhab.schema import EMOTIONS, GROUPS, LABELS, PAIRS, TEXTS, Modality
from bhab.store import read_table, take_ids, write_json
from bhab.text.judge import fit_texts
from bhab.text.origins import origins

RESULTS = Path(__file__).parent / "results" / "text_probe.json"
FOLDS = 5
SALT = "bhab-text-probe-1"
EACH = 1000  # sentences an emotion
SAMPLES = 3
RESAMPLES = 1000
PEER_CHARACTERS = (2, 5)

Places = NDArray[np.int64]
Guess = Callable[[Sequence[str], Places, Sequence[str]], Places]  # texts, labels, asked texts


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    config = load_params(args.params).probe
    interim = args.workspace / "data/interim"
    texts = read_table(interim / "texts", TEXTS).sort_by("sample_id")
    labels = places(
        take_ids(read_table(interim / "labels/labels.parquet", LABELS), texts["sample_id"].to_pylist())["emotion"]
    )
    groups, pairs = (
        read_table(interim / f"curation/{n}.parquet", of) for n, of in (("groups", GROUPS), ("pairs", PAIRS))
    )
    group = np.array(held_together(texts, groups, pairs, Modality.TEXTS, FOLDS))
    source = np.array(origins(texts["source"].to_pylist(), texts["source_key"].to_pylist()))
    said = np.array(texts["text"].to_pylist(), dtype=object)
    known = np.flatnonzero(labels >= 0)
    results = {
        "date": args.date,
        "machine": machine(),
        "folds": FOLDS,
        "all": compare(said[known], labels[known], group[known], source[known], config),
        "balanced": [
            compare(said[rows], labels[rows], group[rows], source[rows], config)
            for rows in (balanced(labels, number) for number in range(SAMPLES))
        ],
    }
    print(json.dumps(results, indent=2))
    write_json(results, RESULTS)


def balanced(labels: Places, number: int) -> NDArray[np.intp]:
    """Return EACH rows of each emotion, another draw for each number, in order."""
    rng = generator(str(number), SALT)
    drawn = [rng.choice(np.flatnonzero(labels == place), EACH, replace=False) for place in range(len(EMOTIONS))]
    return np.sort(np.concatenate(drawn))


def compare(
    said: NDArray[np.object_],
    labels: Places,
    group: NDArray[np.str_],
    source: NDArray[np.str_],
    config: ProbeConfig,
) -> dict[str, object]:
    """Return the figures of both on the same folds, over all and by source, and by how much ours is better."""
    folds = assign_folds(group.tolist(), labels, FOLDS, SALT)
    ours, our_s = out_of_fold(probe(config), said, labels, folds)
    peers, peer_s = out_of_fold(svm, said, labels, folds)
    chosen = {"all": np.ones(len(said), dtype=bool)} | {name: source == name for name in np.unique(source).tolist()}
    return {
        "n": len(said),
        "groups": len(np.unique(group)),
        "processor_s": {"bhab": round(our_s, 1), "svm": round(peer_s, 1)},
        "by_source": {
            name: figures(labels[rows], ours[rows], peers[rows], group[rows]) for name, rows in chosen.items()
        },
    }


def out_of_fold(guess: Guess, said: NDArray[np.object_], labels: Places, folds: Places) -> tuple[Places, float]:
    """Return what `guess` says of each text when it has learned from the other folds, and the processor's seconds."""
    start = time.process_time()
    found = np.zeros(len(said), dtype=np.int64)
    for fold in range(FOLDS):
        held = folds == fold
        found[held] = guess(said[~held].tolist(), labels[~held], said[held].tolist())
    return found, time.process_time() - start


def probe(config: ProbeConfig) -> Guess:
    """Return what the package says."""
    return lambda texts, labels, asked: fit_texts(texts, labels, config).ask(asked).argmax(axis=1)


def svm(texts: Sequence[str], labels: Places, asked: Sequence[str]) -> Places:
    """Return what TF-IDF of n-grams of characters and scikit-learn's linear SVM say, as they come."""
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=PEER_CHARACTERS, min_df=2, sublinear_tf=True), LinearSVC()
    )
    found: Places = model.fit(texts, labels).predict(asked)
    return found


def figures(labels: Places, ours: Places, peers: Places, group: NDArray[np.str_]) -> dict[str, object]:
    """Return accuracy and macro-F1 of both, with intervals, and the paired difference of macro-F1."""
    scores = {
        name: {
            "accuracy": asdict(wilson(int((labels == guessed).sum()), len(labels))),
            "macro_f1": asdict(macro_f1(labels, guessed, group, RESAMPLES, generator(name, SALT))),
        }
        for name, guessed in (("bhab", ours), ("svm", peers))
    }
    better = f1_difference(labels, (ours, peers), group, RESAMPLES, generator("difference", SALT))
    return {"emotions": len(np.unique(labels)), **scores, "macro_f1_difference": asdict(better)}


if __name__ == "__main__":
    main()

"""Claim: near duplicates of 35,000 sentences are found in seconds, nearly all that comparing every pair would find.

Peers in the same run: datasketch's MinHashLSH at 128 permutations over the same letter trigrams (pairs it proposes are
verified by the same similarity), and rapidfuzz's normalised Levenshtein of every pair of a sample, which is the truth
for recall. Growth is measured on the sentences with copies of them that have a letter changed.

    make bench DATA=DIR

or, with datasketch and rapidfuzz at hand,

    python benchmarks/near_texts.py --texts TEXTS.jsonl --date 2026-01-31

TEXTS.jsonl has a sentence in the field `text` of each line.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from datasketch import MinHash, MinHashLSH
from machine import machine
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from bhab.config import CurateConfig, load_params
from bhab.curation.chance import generator
from bhab.store import write_json
from bhab.text.clean import clean
from bhab.text.near import MIN_LETTERS, SHINGLE, near_texts, text_similarity
from bhab.text.words import words

RESULTS = Path(__file__).parent / "results" / "near_texts.json"
SAMPLE = 8_000  # sentences of which every pair is compared
PERMUTATIONS = 128  # datasketch's default
LSH_THRESHOLD = 0.5  # Jaccard of trigrams; at 0.85 a word changed in a short sentence would be lost
SIZES = (8_000, 32_000, 128_000)
COPIES = 4  # the same at each size, or the pairs would grow as n^2
LETTERS = "কখগঘচছজঝটঠডঢতথদধনপফবভমযরলশষসহ"

Pairs = set[tuple[int, int]]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    config = load_params(args.params).curate
    with args.texts.open(encoding="utf-8") as file:
        texts = [clean(json.loads(line)["text"]) for line in file]
    found, ours = timed(lambda: pairs_of(texts, config))
    peer, peers = timed(lambda: datasketch_pairs(texts, config))
    sample = list(dict.fromkeys(texts))[:SAMPLE]
    truth, brute = timed(lambda: all_pairs(sample, config))
    results = {
        "date": args.date,
        "machine": machine(),
        "texts": len(texts),
        "bhab": ours | {"pairs": len(found)},
        "datasketch": peers | {"pairs": len(peer), "not_in_bhab": len(peer - found)},
        "rapidfuzz_all_pairs": brute
        | {
            "texts": len(sample),
            "pairs": len(truth),
            "found_by_bhab": len(truth & pairs_of(sample, config)),
        },
        "growth": [growth(texts, n, config) for n in SIZES],
    }
    print(json.dumps(results, indent=2))
    write_json(results, RESULTS)


def pairs_of(texts: Sequence[str], config: CurateConfig) -> Pairs:
    """Return what the package finds."""
    found = near_texts(texts, config)
    return set(zip(found.one.tolist(), found.other.tolist(), strict=True))


def datasketch_pairs(texts: Sequence[str], config: CurateConfig) -> Pairs:
    """Return what datasketch proposes and the same similarity confirms; of equal texts the first, as in the package."""
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    index = MinHashLSH(threshold=LSH_THRESHOLD, num_perm=PERMUTATIONS)
    spelled = {row: spell(text) for text, row in first.items()}
    found: Pairs = set()
    for row, text in spelled.items():
        if len(text) < MIN_LETTERS:
            continue
        sketch = MinHash(num_perm=PERMUTATIONS)
        padded = f" {text} "
        sketch.update_batch([padded[i : i + SHINGLE].encode() for i in range(len(padded) - SHINGLE + 1)])
        near = [other for other in index.query(sketch) if is_near(spelled[other], text, config)]
        found.update((other, row) for other in near)
        index.insert(row, sketch)
    return found


def all_pairs(texts: Sequence[str], config: CurateConfig) -> Pairs:
    """Return the pairs whose letters are alike, by comparing every text with every other."""
    spelled = [spell(text) for text in texts]
    found: Pairs = set()
    for start in range(0, len(spelled), 500):
        block = spelled[start : start + 500]
        alike = cdist(block, spelled, scorer=Levenshtein.normalized_similarity, score_cutoff=config.min_text_similarity)
        for one, other in np.argwhere(alike > 0).tolist():
            if start + one < other and min(len(block[one]), len(spelled[other])) >= MIN_LETTERS:
                found.add((start + one, other))
    return found


def growth(texts: Sequence[str], n: int, config: CurateConfig) -> dict[str, float]:
    """Return what `n` texts cost: some of those given, each COPIES times, all but the first with a letter changed."""
    grown = [changed(texts[row // COPIES], row) if row % COPIES else texts[row // COPIES] for row in range(n)]
    found, cost = timed(lambda: pairs_of(grown, config))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return cost | {"texts": n, "pairs": len(found), "peak_mib": round(peak_mib)}


def changed(text: str, row: int) -> str:
    """Return `text` with one letter changed, another one for each row."""
    rng = generator(str(row), "growth")
    at = int(rng.integers(max(1, len(text))))
    return text[:at] + LETTERS[int(rng.integers(len(LETTERS)))] + text[at + 1 :]


def spell(text: str) -> str:
    """Return the form in which texts are compared."""
    return " ".join(words(text)).casefold()


def is_near(one: str, other: str, config: CurateConfig) -> bool:
    """Return whether the package would call two texts near."""
    return text_similarity(one, other) >= config.min_text_similarity


def timed(work: Callable[[], Pairs]) -> tuple[Pairs, dict[str, float]]:
    """Return what `work` returns, and the seconds it took, on the wall and of the processor."""
    wall, own = time.perf_counter(), time.process_time()
    done = work()
    return done, {
        "wall_s": round(time.perf_counter() - wall, 2),
        "processor_s": round(time.process_time() - own, 2),
    }


if __name__ == "__main__":
    main()

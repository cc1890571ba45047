"""Claim: what whole words and subwords are each worth to the feedback model, in the same run.

The same replies, params and number of ids; only what has an id differs (`tokenize.method`). Next units of one
cannot be compared with those of the other, so the surprise at held-out replies is counted by character.

    PYTHONPATH=. python benchmarks/feedback_units.py --workspace . --date 2026-01-31

WORKSPACE is a folder in which `dvc repro tokenize replies` has run: this project's, or one of `bhab workspace`.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from machine import machine

from bhab.config import Params, load_params
from bhab.schema import REPLIES, SPLITS, TEXTS, Split
from bhab.store import read_table, write_bytes, write_json
from bhab.text.units import Units, read_units
from bhab.text.vocabulary import MAX_WORDS, save
from bhab.text.words import words_and_marks
from bhab.training.feedback import ask
from bhab.training.replies import in_split, replies_of
from pipelines.embed import embed
from pipelines.evaluate_feedback import speech
from pipelines.tokenize import tokenize
from pipelines.train_feedback import train_feedback

RESULTS = Path(__file__).parent / "results" / "feedback_units.json"


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    root: Path = args.workspace
    params = load_params(root / "params.yaml")
    tables = (
        read_table(root / "data/interim/texts", TEXTS),
        read_table(root / "data/processed/replies/replies.parquet", REPLIES),
        read_table(root / "data/processed/split/splits.parquet", SPLITS),
    )
    results = {
        "date": args.date,
        "machine": machine(),
        **{method: of_method(method, *tables, params) for method in ("words", "subwords")},
    }
    print(json.dumps(results, indent=2))
    write_json(results, RESULTS)


def of_method(method: str, texts: pa.Table, replies: pa.Table, splits: pa.Table, params: Params) -> dict[str, Any]:
    """Return what the units of `method` cover, and what a model that reads and writes them is worth."""
    config = params.tokenize.model_copy(update={"method": method})
    tokenised = tokenize(texts, replies, splits, config)
    with TemporaryDirectory() as folder:
        files = Path(folder) / "vocabulary.json", Path(folder) / "subwords.model"
        save(tokenised.vocabulary, files[0])
        write_bytes(tokenised.subwords, files[1])
        units = read_units(*files)
    vectors = embed(tokenised.table, replies, units, params.embed)
    start = time.process_time()
    model = train_feedback(replies, units, vectors, params.train_feedback).model
    seconds = time.process_time() - start
    rows = in_split(replies, Split.TEST)
    guesses = ask(model, replies_of(rows, units))
    generated = speech(model, replies, units, params)["generated"]
    return {
        "vocabulary": len(units.vocabulary),
        **units_of(rows, units),
        "accuracy_of_next_unit": guesses.accuracy,
        "nats_a_character": guesses.loss * int(guesses.asked.sum()) / sum(map(len, rows["reply"].to_pylist())),
        "generated": generated,
        "processor_seconds_of_training": round(seconds, 1),
    }


def units_of(rows: pa.Table, units: Units) -> dict[str, float]:
    """Return how many units held-out replies have, how many of these are unknown, and how many replies are cut."""
    spoken = [words_and_marks(reply) for reply in rows["reply"].to_pylist()]
    parted = [units.part(said) for said in spoken]
    n = sum(map(len, parted))
    return {
        "units_a_word": n / sum(map(len, spoken)),
        "unknown_share": sum(part not in units.vocabulary.ids for parts in parted for part in parts) / n,
        "cut_share": sum(len(parts) > MAX_WORDS for parts in parted) / len(parted),
    }


if __name__ == "__main__":
    main()

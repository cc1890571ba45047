"""Stage `tokenize`: texts -> rows of ids of one length, with a vocabulary of the training texts alone."""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import TokenizeConfig, load_params
from bhab.fairness.intervals import wilson
from bhab.schema import EMOTIONS, REPLIES, SPLITS, TEXTS, TOKENISED, TOKENS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_table, table_of, take_ids, write_json, write_shards
from bhab.text.replies import spoken
from bhab.text.vocabulary import MAX_WORDS, PAD, Vocabulary, build, save
from bhab.text.words import words


@dataclass(frozen=True, slots=True)
class Tokenised:
    """TOKENISED by sample_id, the vocabulary its ids are from, and the figures of both."""

    table: pa.Table
    vocabulary: Vocabulary
    figures: dict[str, object]


def tokenize(texts: pa.Table, replies: pa.Table, splits: pa.Table, config: TokenizeConfig) -> Tokenised:
    """Return every text that has a split as TOKENS ids: start, words, end, padding.

    The vocabulary is of the training texts and of the training rows of `replies`, for one word has one id everywhere.
    """
    rows = splits.filter(pc.equal(splits["modality"], Modality.TEXTS)).sort_by("sample_id")
    written = [words(text) for text in take_ids(texts, rows["sample_id"].to_pylist())["text"].to_pylist()]
    names = rows["split"].to_pylist()
    training = [text for text, name in zip(written, names, strict=True) if name == Split.TRAIN]
    training += spoken(replies.filter(pc.equal(replies["split"], Split.TRAIN)))
    vocabulary = build(training, config.vocabulary, config.min_count)
    table = table_of(
        [
            {
                "sample_id": row["sample_id"],
                "emotion": row["emotion"],
                "split": row["split"],
                "tokens": vocabulary.encode(text),
                "n_words": len(text),
                "n_unknown": sum(word not in vocabulary.ids for word in text),
                "truncated": len(text) > MAX_WORDS,
            }
            for row, text in zip(rows.to_pylist(), written, strict=True)
        ],
        TOKENISED,
    )
    return Tokenised(table, vocabulary, figures(table, vocabulary))


def figures(table: pa.Table, vocabulary: Vocabulary) -> dict[str, object]:
    """Return how much of the texts the vocabulary and the length cover; unknown words are counted before cutting."""
    n_words, n_unknown = Counter[str](), Counter[str]()
    for row in table.select(["emotion", "split", "n_words", "n_unknown"]).to_pylist():
        held_out = [] if row["split"] == Split.TRAIN else [str(row["emotion"])]
        for key in [row["split"], *held_out]:
            n_words[key] += row["n_words"]
            n_unknown[key] += row["n_unknown"]
    ids = pc.list_flatten(table["tokens"])
    rows = max(1, len(table))
    return {
        "n": len(table),
        "vocabulary": len(vocabulary),
        "coverage": {s: asdict(wilson(n_words[s] - n_unknown[s], n_words[s])) for s in Split},
        "unknown_share_by_emotion": {e: n_unknown[e] / max(1, n_words[e]) for e in EMOTIONS},  # held out
        "truncated_share": (pc.sum(table["truncated"]).as_py() or 0) / rows,
        "pad_share": (pc.sum(pc.equal(ids, PAD)).as_py() or 0) / (rows * TOKENS),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--replies", type=Path, required=True, help="folder of replies.parquet")
    parser.add_argument("--splits", type=Path, required=True, help="folder of splits.parquet")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).tokenize
    splits = read_table(args.splits / "splits.parquet", SPLITS)
    replies = read_table(args.replies / "replies.parquet", REPLIES)
    tokenised = tokenize(read_table(args.texts, TEXTS), replies, splits, config)
    write_shards(tokenised.table, args.out, shards=1)
    save(tokenised.vocabulary, args.vocabulary)
    write_json(tokenised.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `tokenize`: texts -> rows of ids of one length, with a vocabulary of the training texts alone.

What has an id is a word or a subword, as params.yaml says; both are always measured, and the model of the subwords is
always kept.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import TokenizeConfig, load_params
from bhab.fairness.intervals import wilson
from bhab.schema import EMOTIONS, REPLIES, SPLITS, TEXTS, TOKENISED, TOKENS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_table, table_of, take_ids, write_bytes, write_json, write_shards
from bhab.text import subwords
from bhab.text.origins import origins
from bhab.text.replies import spoken
from bhab.text.vocabulary import MAX_WORDS, Vocabulary, build, save
from bhab.text.words import words


@dataclass(frozen=True, slots=True)
class Tokenised:
    """TOKENISED by sample_id, the vocabulary its ids are from, the SentencePiece model, and the figures of both."""

    table: pa.Table
    vocabulary: Vocabulary
    subwords: bytes
    figures: dict[str, object]


@dataclass(frozen=True, slots=True)
class Text:
    """What one text is parted into, and where it belongs."""

    split: str
    emotion: str
    source: str
    parts: Sequence[str]
    n_words: int
    n_unknown: int


def tokenize(texts: pa.Table, replies: pa.Table, splits: pa.Table, config: TokenizeConfig) -> Tokenised:
    """Return every text that has a split as TOKENS ids: start, words or subwords, end, padding.

    The vocabulary is of the training texts and of the training rows of `replies`, for one word has one id everywhere.
    """
    rows = splits.filter(pc.equal(splits["modality"], Modality.TEXTS)).sort_by("sample_id")
    texts = take_ids(texts, rows["sample_id"].to_pylist())
    written = [words(text) for text in texts["text"].to_pylist()]
    sources = origins(texts["source"].to_pylist(), texts["source_key"].to_pylist())
    training = [text for text, name in zip(written, rows["split"].to_pylist(), strict=True) if name == Split.TRAIN]
    training += spoken(replies.filter(pc.equal(replies["split"], Split.TRAIN)))
    vocabularies = {"words": build(training, config.vocabulary, config.min_count)}
    model = subwords.train(training, config.vocabulary)
    pieces, vocabularies["subwords"] = subwords.load(model)
    parted = {"words": written, "subwords": [pieces(text) for text in written]}
    measured = {method: _texts(rows, sources, written, parted[method], vocabularies[method]) for method in parted}
    vocabulary = vocabularies[config.method]
    return Tokenised(
        table=_table(rows, measured[config.method], vocabulary),
        vocabulary=vocabulary,
        subwords=model,
        figures={
            "method": config.method,
            "methods": {method: figures(measured[method], len(vocabularies[method])) for method in parted},
            **figures(measured[config.method], len(vocabulary)),
        },
    )


def _texts(
    rows: pa.Table,
    sources: Sequence[str],
    written: Sequence[Sequence[str]],
    parted: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
) -> list[Text]:
    places = rows.select(["split", "emotion"]).to_pylist()
    return [
        Text(
            split=row["split"],
            emotion=row["emotion"],
            source=source,
            parts=parts,
            n_words=len(said),
            n_unknown=sum(part not in vocabulary.ids for part in parts),
        )
        for row, source, said, parts in zip(places, sources, written, parted, strict=True)
    ]


def _table(rows: pa.Table, texts: Sequence[Text], vocabulary: Vocabulary) -> pa.Table:
    return table_of(
        [
            {
                "sample_id": sample,
                "emotion": text.emotion,
                "split": text.split,
                "tokens": vocabulary.encode(text.parts),
                "n_words": len(text.parts),
                "n_unknown": text.n_unknown,
                "truncated": len(text.parts) > MAX_WORDS,
            }
            for sample, text in zip(rows["sample_id"].to_pylist(), texts, strict=True)
        ],
        TOKENISED,
    )


def figures(texts: Sequence[Text], vocabulary: int) -> dict[str, object]:
    """Return how much of `texts` the vocabulary and the length cover; what is unknown is counted before cutting."""
    held_out = [text for text in texts if text.split != Split.TRAIN]
    sources = sorted({text.source for text in texts})
    return {
        "n": len(texts),
        "vocabulary": vocabulary,
        "coverage": {split: known(text for text in texts if text.split == split) for split in Split},
        "held_out": group(held_out),
        "by_emotion": {e: group([text for text in held_out if text.emotion == e]) for e in EMOTIONS},
        "by_source": {s: group([text for text in held_out if text.source == s]) for s in sources},
        "truncated_share": sum(len(text.parts) > MAX_WORDS for text in texts) / max(1, len(texts)),
        "pad_share": pad_share(texts),
    }


def group(texts: Sequence[Text]) -> dict[str, object]:
    """Return what the vocabulary and the length cover of some texts, with intervals where it is an estimate."""
    parts = sum(len(text.parts) for text in texts)
    return {
        "n": len(texts),
        "known": known(texts),
        "tokens_a_word": parts / max(1, sum(text.n_words for text in texts)),
        "truncated": asdict(wilson(sum(len(text.parts) > MAX_WORDS for text in texts), len(texts))),
        "pad_share": pad_share(texts),
    }


def known(texts: Iterable[Text]) -> dict[str, object]:
    """Return the share of the words, or subwords, that have an id."""
    counts = [(len(text.parts), text.n_unknown) for text in texts]
    n = sum(parts for parts, _ in counts)
    return asdict(wilson(n - sum(unknown for _, unknown in counts), n))


def pad_share(texts: Sequence[Text]) -> float:
    """Return the share of the ids that stand for nothing."""
    return sum(max(0, MAX_WORDS - len(text.parts)) for text in texts) / max(1, TOKENS * len(texts))


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--replies", type=Path, required=True, help="folder of replies.parquet")
    parser.add_argument("--splits", type=Path, required=True, help="folder of splits.parquet")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--subwords", type=Path, required=True, help="the SentencePiece model; empty without texts")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).tokenize
    splits = read_table(args.splits / "splits.parquet", SPLITS)
    replies = read_table(args.replies / "replies.parquet", REPLIES)
    tokenised = tokenize(read_table(args.texts, TEXTS), replies, splits, config)
    write_shards(tokenised.table, args.out, shards=1)
    save(tokenised.vocabulary, args.vocabulary)
    write_bytes(tokenised.subwords, args.subwords)
    write_json(tokenised.figures, args.metrics)


if __name__ == "__main__":
    run_stage(main)

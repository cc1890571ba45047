"""Stage `embed`: training texts and replies -> a skip-gram vector for each word of the vocabulary."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from safetensors.numpy import save

from bhab.config import EmbedConfig, load_params
from bhab.schema import EMOTIONS, REPLIES, TOKENISED, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_bytes, write_json
from bhab.text.keywords import content_words
from bhab.text.replies import spoken
from bhab.text.units import Units, read_units
from bhab.text.vectors import Vectors, nearest, train
from bhab.text.vocabulary import SPECIAL_WORDS, UNKNOWN, Vocabulary

SHOWN_WORDS = 2  # of each emotion
SHOWN_NEIGHBOURS = 5
DECIMALS = 4


def embed(texts: pa.Table, replies: pa.Table, units: Units, config: EmbedConfig) -> Vectors:
    """Return float32 vectors, (vocabulary, dimensions), trained on the training rows of `texts` and `replies`."""
    written = [units.vocabulary.decode(ids) for ids in training(texts)["tokens"].to_pylist()]
    return train(written + [units.part(said) for said in spoken(training(replies))], units.vocabulary, config)


def training(rows: pa.Table) -> pa.Table:
    """Return the training rows of a table TOKENISED or REPLIES."""
    return rows.filter(pc.equal(rows["split"], Split.TRAIN))


def typical_words(texts: pa.Table, vocabulary: Vocabulary) -> list[str]:
    """Return the content words that say most of each emotion: their count there times their share of all their uses."""
    by_emotion: dict[str, Counter[str]] = {emotion: Counter() for emotion in EMOTIONS}
    for row in training(texts).select(["emotion", "tokens"]).to_pylist():
        if row["emotion"] is not None:
            by_emotion[row["emotion"]].update(content_words(vocabulary.decode(row["tokens"])))
    total = sum(by_emotion.values(), Counter[str]())
    chosen: list[str] = []
    for counts in by_emotion.values():
        known = [word for word in counts if word not in chosen and word != SPECIAL_WORDS[UNKNOWN]]
        chosen += sorted(known, key=lambda word: (-(counts[word] ** 2) / total[word], word))[:SHOWN_WORDS]
    return chosen


def figures(vectors: Vectors, typical: Sequence[str], vocabulary: Vocabulary) -> dict[str, object]:
    """Return the size of `vectors` and the words nearest to the typical ones."""
    return {
        "words": int((vectors != 0).any(axis=1).sum()),
        "dimensions": vectors.shape[1],
        "nearest": {
            word: [
                [vocabulary.words[other], round(similarity, DECIMALS)]
                for other, similarity in nearest(vectors, vocabulary.ids[word], SHOWN_NEIGHBOURS)
            ]
            for word in typical
        },
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--replies", type=Path, required=True, help="folder of replies.parquet")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--subwords", type=Path, required=True, help="read if the vocabulary is one of subwords")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).embed
    texts, units = read_table(args.texts, TOKENISED), read_units(args.vocabulary, args.subwords)
    vocabulary = units.vocabulary
    vectors = embed(texts, read_table(args.replies / "replies.parquet", REPLIES), units, config)
    with whole_folder(args.out) as out:
        write_bytes(save({"vectors": vectors}), out / "vectors.safetensors")
        write_json({"vocabulary_sha256": vocabulary.digest(), **config.model_dump()}, out / "card.json")
    write_json(figures(vectors, typical_words(texts, vocabulary), vocabulary), args.metrics)


if __name__ == "__main__":
    run_stage(main)

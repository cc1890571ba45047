"""Stage `replies`: what people say of how they feel and what one says to them, split by template."""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import RepliesConfig, load_params
from bhab.curation.chance import unit_interval
from bhab.curation.decisions import Drop
from bhab.ingest.replies import read
from bhab.schema import EMOTIONS, REJECTS, REPLIES, Pair, Split, sample_id
from bhab.stage import run_stage
from bhab.store import table_of, whole_folder, write_json, write_table
from bhab.synthetic.feedback import pairs

GRAMMAR = "grammar"
AGAIN = Drop("duplicate", "the same emotion, context and reply again, expected each once")

Item = tuple[str, str, Pair | Drop]  # source, key, what it holds


@dataclass(frozen=True, slots=True)
class Kept:
    """Pairs by sample_id, a table REPLIES, and what was dropped, a table REJECTS."""

    table: pa.Table
    rejects: pa.Table


def replies(items: Iterable[Item], config: RepliesConfig) -> Kept:
    """Return `items` as tables; of equal pairs the first is kept.

    A template is in one split with all its replies, and equal replies have one template: the first that had them.
    """
    kept: dict[str, dict[str, str | None]] = {}
    rejects: list[dict[str, str]] = []
    templates: dict[str, str] = {}
    for source, key, item in items:
        drop = item if isinstance(item, Drop) else None
        if isinstance(item, Pair):
            template = templates.setdefault(item.reply, item.template)
            ident = sample_id("reply", f"{item.emotion}\n{item.context or ''}\n{item.reply}")
            drop = AGAIN if ident in kept else None
            kept.setdefault(ident, _row(ident, item, template, source, split_of(template, config)))
        if drop is not None:
            where = {"source": source, "source_key": key, "stage": "replies"}
            rejects.append({**where, "reason": drop.reason, "detail": drop.detail})
    return Kept(table_of(list(kept.values()), REPLIES).sort_by("sample_id"), table_of(rejects, REJECTS))


def split_of(template: str, config: RepliesConfig) -> Split:
    """Return the split of all replies of one template."""
    place = unit_interval(template, config.seed)
    if place < config.test_fraction:
        return Split.TEST
    return Split.VALIDATION if place < config.test_fraction + config.validation_fraction else Split.TRAIN


def figures(kept: Kept) -> dict[str, object]:
    """Return how many pairs, templates and contexts each split has, pairs by emotion, and rejects by reason."""
    table = kept.table
    emotions = Counter(table["emotion"].to_pylist())
    parts = {split: table.filter(pc.equal(table["split"], split)) for split in Split}
    return {
        "n": len(table),
        "by_split": {
            split: {
                "pairs": len(part),
                "templates": len(part["template"].unique()),
                "contexts": len(part["context"].drop_null().unique()),
            }
            for split, part in parts.items()
        },
        "by_emotion": {emotion: emotions[emotion] for emotion in EMOTIONS},
        "rejects": dict(sorted(Counter(kept.rejects["reason"].to_pylist()).items())),
    }


def _row(ident: str, pair: Pair, template: str, source: str, split: Split) -> dict[str, str | None]:
    return {
        "sample_id": ident,
        "emotion": pair.emotion,
        "context": pair.context,
        "reply": pair.reply,
        "template": template,
        "split": split,
        "source": source,
    }


def _items(config: RepliesConfig) -> Iterator[Item]:
    for number, pair in enumerate(pairs(config.pairs, config.seed), start=1):
        yield GRAMMAR, str(number), pair
    for file in sorted(Path(config.root).glob("*.jsonl")):
        for key, item in read(file):
            yield file.name, key, item


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).replies
    kept = replies(_items(config), config)
    with whole_folder(args.out) as out:
        write_table(kept.table, out / "replies.parquet")
        write_table(kept.rejects, out / "rejects.parquet")
    write_json(figures(kept), args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Rules between tables: whoever is named exists, nobody is lost or counted twice, and the counts are right.

A rule returns what breaks it, in words, sorted; an empty list if nothing does.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bhab.quality.gates import Finding, failed, held
from bhab.schema import EMOTIONS, Modality, Split

NO_EMOTION = "none"  # what counts.json calls it
REPEATED = "key_repeated"  # ingest keeps the first item of a key, so this reject names a kept one


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All tables of a corpus up to its augmented children, over all modalities; of samples some columns suffice."""

    samples: Mapping[Modality, pa.Table]
    rejects: pa.Table  # of ingest
    labels: pa.Table
    groups: pa.Table
    duplicates: pa.Table
    pairs: pa.Table
    splits: pa.Table
    left_out: pa.Table  # rejects of split
    augmented: pa.Table
    counts: Mapping[str, Any]  # reports/metrics/counts.json


@dataclass(frozen=True, slots=True)
class Link:
    """One rule between tables."""

    name: str
    says: str
    broken: Callable[[Corpus], list[str]]


SAMPLE_KEYS = (
    "sample_id",
    "content_sha256",
    "source",
    "source_key",
    "emotion",
    "subject_id",
)  # all that is asked of one


def everyone(corpus: Corpus) -> pd.DataFrame:
    """Return the samples of all modalities, columns SAMPLE_KEYS and modality, by sample_id."""
    frames = [t.select(list(SAMPLE_KEYS)).to_pandas().assign(modality=str(m)) for m, t in corpus.samples.items()]
    every: pd.DataFrame = pd.concat(frames, ignore_index=True).sort_values("sample_id", ignore_index=True)
    return every


def _ids(table: pa.Table, column: str = "sample_id") -> list[str]:
    ids: list[str] = table[column].to_pylist()
    return ids


def _unknown(corpus: Corpus) -> list[str]:
    known = set(everyone(corpus)["sample_id"])
    named = {
        "labels": _ids(corpus.labels),
        "groups": _ids(corpus.groups),
        "groups, as the name of a group": _ids(corpus.groups, "group_id"),
        "duplicates": _ids(corpus.duplicates),
        "pairs": _ids(corpus.pairs, "one_id") + _ids(corpus.pairs, "other_id"),
        "splits": _ids(corpus.splits),
        "augmented, as a parent": _ids(corpus.augmented, "parent_id"),
    }
    return [f"{i} in {name}" for name, ids in named.items() for i in sorted(set(ids) - known)]


def _not_once(corpus: Corpus) -> list[str]:
    samples = everyone(corpus)
    kept = Counter(_ids(corpus.splits))
    dropped = Counter(_keys(corpus.left_out))
    rows = zip(samples["sample_id"], zip(samples["source"], samples["source_key"], strict=True), strict=True)
    found = ((i, kept[i], dropped[key]) for i, key in rows)
    return [f"{i} kept {k} times and left out {d} times" for i, k, d in found if k + d != 1]


def _left_out_unknown(corpus: Corpus) -> list[str]:
    samples = everyone(corpus)
    known = set(zip(samples["source"], samples["source_key"], strict=True))
    return [f"{key} of {source}" for source, key in sorted(set(_keys(corpus.left_out)) - known)]


def _rejected_and_kept(corpus: Corpus) -> list[str]:
    samples = everyone(corpus)
    known = set(zip(samples["source"], samples["source_key"], strict=True))
    rows = zip(_keys(corpus.rejects), corpus.rejects["reason"].to_pylist(), strict=True)
    return sorted({f"{key[1]} of {key[0]}, as {reason}" for key, reason in rows if reason != REPEATED and key in known})


def _keys(rejects: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(rejects["source"].to_pylist(), rejects["source_key"].to_pylist(), strict=True)


def _no_label_or_group(corpus: Corpus) -> list[str]:
    ids = everyone(corpus)["sample_id"]
    named = {"label": Counter(_ids(corpus.labels)), "group": Counter(_ids(corpus.groups))}
    return [f"{i} has {seen[i]} rows of a {what}" for what, seen in named.items() for i in ids if seen[i] != 1]


def _two_stories(corpus: Corpus) -> list[str]:
    """List where splits say another thing of a sample than the table it was said in first."""
    splits = corpus.splits.to_pandas()
    first = {
        "source": everyone(corpus),
        "modality": everyone(corpus),
        "emotion": corpus.labels.select(["sample_id", "emotion"]).to_pandas(),
        "group_id": corpus.groups.select(["sample_id", "group_id"]).to_pandas(),
    }
    told = []
    for column, table in first.items():
        both = splits[["sample_id", column]].merge(
            table[["sample_id", column]], on="sample_id", suffixes=("", "_first")
        )
        both = both.fillna(NO_EMOTION)
        other = both[both[column] != both[f"{column}_first"]]
        told += [f"{i}: {column} {now}, was {was}" for i, now, was in other.itertuples(index=False, name=None)]
    return told


def _odd_pairs(corpus: Corpus) -> list[str]:
    rows = zip(_ids(corpus.pairs, "one_id"), _ids(corpus.pairs, "other_id"), strict=True)
    return [f"{one} and {other}" for one, other in rows if one >= other]


def _strange_children(corpus: Corpus) -> list[str]:
    splits = corpus.splits.filter(pc.equal(corpus.splits["modality"], Modality.FACES))
    frame = splits.to_pandas().drop_duplicates("sample_id").set_index("sample_id")  # who is there twice is told above
    children = corpus.augmented.select(["sample_id", "parent_id", "emotion"]).to_pandas()
    split, emotion = (children["parent_id"].map(frame[c]) for c in ("split", "emotion"))
    wrong = children[(split != Split.TRAIN) | (emotion != children["emotion"])]
    return [f"{i}, child of {parent}" for i, parent in zip(wrong["sample_id"], wrong["parent_id"], strict=True)]


def _wrong_counts(corpus: Corpus) -> list[str]:
    return [f"{what}: {stated}, counted {found}" for what, stated, found in _counted(corpus) if stated != found]


def _counted(corpus: Corpus) -> Iterator[tuple[str, int, int]]:
    """Yield (what is counted, as counts.json has it, as the tables have it)."""
    samples = everyone(corpus)
    labels = Counter(zip(samples["modality"], samples["emotion"].fillna(NO_EMOTION), strict=True))
    kept = Counter(samples["source"])
    dropped = Counter(zip(corpus.rejects["source"].to_pylist(), corpus.rejects["reason"].to_pylist(), strict=True))
    for modality, table in sorted(corpus.counts["tables"].items()):
        yield f"{modality}", table["n"], int((samples["modality"] == modality).sum())
        for emotion in (*EMOTIONS, NO_EMOTION):
            yield f"{modality} labelled {emotion}", table["by_emotion"].get(emotion, 0), labels[modality, emotion]
    stated = {(name, reason): n for name, s in corpus.counts["sources"].items() for reason, n in s["rejects"].items()}
    for name in sorted(set(corpus.counts["sources"]) | set(kept)):
        yield f"kept of {name}", corpus.counts["sources"].get(name, {"kept": 0})["kept"], kept[name]
    for source, reason in sorted(set(stated) | set(dropped)):
        yield f"{reason} of {source}", stated.get((source, reason), 0), dropped[source, reason]


LINKS: tuple[Link, ...] = (
    Link("named_samples_exist", "every sample_id that another table names is in a table of samples", _unknown),
    Link("kept_or_left_out", "every sample has a split or was left out by the split, and that once", _not_once),
    Link("left_out_existed", "whatever the split left out is in a table of samples", _left_out_unknown),
    Link("reject_is_not_kept", "what ingest rejected is in no table of samples", _rejected_and_kept),
    Link("one_label_one_group", "every sample has one row of labels and one of groups", _no_label_or_group),
    Link("one_story", "splits repeat source, modality, emotion and group as the tables before have them", _two_stories),
    Link("pairs_are_in_order", "of a pair the lower sample_id comes first, and no sample is its own pair", _odd_pairs),
    Link("children_follow", "an augmented face has a parent in training, and its emotion", _strange_children),
    Link("counts_are_right", "counts.json says what the tables hold", _wrong_counts),
)


def links(corpus: Corpus, *, examples: int) -> Finding:
    """Return whether every one of LINKS holds."""
    broken = {link: link.broken(corpus) for link in LINKS}
    told = [_told(link, found, examples) for link, found in broken.items() if found]
    if not told:
        return held(f"all {len(LINKS)} rules between tables hold")
    return failed("; ".join(told), [f"{link.name}: {one}" for link, found in broken.items() for one in found])


def _told(link: Link, found: list[str], examples: int) -> str:
    shown = ", ".join(found[:examples])
    return f"rule {link.name} broken by {len(found)} ({shown}), expected: {link.says}"

"""Gates on what a model may not know: held-out items that are in training as well, and children in the wrong place.

Nothing here trusts what the split says of itself: ties are found anew from the contents, the near pairs, the persons
and the groups. A tie that a source published on purpose (`keep_split: true`) is let through if the split marked it,
because then every score is given with and without it.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from bhab.quality.gates import Finding, failed, held
from bhab.quality.links import Corpus, everyone
from bhab.schema import Modality, Split

TOLD = 3  # named in a sentence; the verdict has more

TIES: Mapping[str, str] = {  # column that two items share: what they are to each other, the closest first
    "content_sha256": "has the same content as",
    "near": "is nearly the same as",
    "subject_id": "shows or quotes the same person as",
    "group_id": "is in one group with",
}
HELD_OUT: Mapping[Split, tuple[Split, ...]] = {  # what may not be known in a split: all that is seen less often
    Split.TRAIN: (Split.VALIDATION, Split.TEST),
    Split.VALIDATION: (Split.TEST,),  # else the test would choose the model
}


def leakage(corpus: Corpus, kept: Callable[[str], bool]) -> Finding:
    """Return whether no held-out item is tied to one that is seen more often. `kept` says of a source: its split stays.

    A tie is let through where both items' sources keep their split, or the group was torn by such sources, and the
    split has marked the held-out item as leaked.
    """
    items = _items(corpus, kept)
    leaks = pd.concat([_leaks(items, corpus.pairs, seen) for seen in HELD_OUT], ignore_index=True)
    bad = leaks[~leaks["excused"]].drop_duplicates("sample_id")
    if len(bad):
        told = [_told(leak) for leak in bad.to_dict("records")]
        n = int((items["split"] != Split.TRAIN).sum())
        sentence = f"{len(told)} of {n} held-out items tied to what models see: {'; '.join(told[:TOLD])}; expected none"
        return failed(sentence, told)
    known = leaks.drop_duplicates("sample_id")
    if not len(known):
        return held("no held-out item shares content, near content, a person or a group with training")
    by_source = ", ".join(f"{n} of {source}" for source, n in sorted(known["source"].value_counts().items()))
    sentence = (
        f"{len(known)} held-out items ({by_source}) tied to training because a source keeps its own split on purpose: "
        "every score is given twice, with and without them"
    )
    return held(sentence, [_told(leak) for leak in known.to_dict("records")])


def _items(corpus: Corpus, kept: Callable[[str], bool]) -> pd.DataFrame:
    """Return the rows of splits with content, person, group (not as splits have it) and `kept`, by sample_id."""
    splits = corpus.splits.select(["sample_id", "source", "split", "leaked"]).to_pandas()
    samples = everyone(corpus)[["sample_id", "modality", "content_sha256", "subject_id"]]
    groups = corpus.groups.select(["sample_id", "group_id"]).to_pandas()
    items: pd.DataFrame = splits.merge(samples, on="sample_id").merge(groups, on="sample_id", how="left")
    return items.assign(kept=items["source"].map(kept).astype(bool)).sort_values("sample_id", ignore_index=True)


def _leaks(items: pd.DataFrame, pairs: pa.Table, seen: Split) -> pd.DataFrame:
    """Return (sample_id, source, modality, split, twin_id, tie, seen, excused), first what is not excused."""
    known = items[items["split"] == seen]
    held_out = items[items["split"].isin(HELD_OUT[seen])]
    torn = set(known.loc[known["kept"], "group_id"]) & set(held_out.loc[held_out["kept"], "group_id"])
    near = pd.DataFrame({"one": pairs["one_id"].to_pylist(), "other": pairs["other_id"].to_pylist()}, dtype="str")
    twins = pd.concat([near, near.rename(columns={"one": "other", "other": "one"})])
    twins = held_out[["sample_id"]].merge(twins, left_on="sample_id", right_on="one").assign(tie="near")
    ties = [twins.rename(columns={"other": "twin_id"})[["sample_id", "twin_id", "tie"]]]
    loose_first = known.sort_values("kept", kind="stable")  # a twin that no source insists on is the one to tell of
    for column in (name for name in TIES if name != "near"):
        first = loose_first.dropna(subset=column).drop_duplicates(column).set_index(column)["sample_id"]
        twin = held_out[column].map(first)
        ties.append(held_out[["sample_id"]].assign(twin_id=twin, tie=column)[twin.notna()])
    found = pd.concat(ties).merge(held_out, on="sample_id")
    found = found.merge(known[["sample_id", "kept"]].rename(columns={"sample_id": "twin_id"}), on="twin_id")
    found["order"] = found["tie"].map(list(TIES).index)
    marked = found["leaked"] | (seen != Split.TRAIN)
    found["excused"] = found["kept_y"] & (found["kept_x"] | found["group_id"].isin(torn)) & marked
    return found.sort_values(["excused", "order", "sample_id", "twin_id"], ignore_index=True).assign(seen=str(seen))


def _told(leak: Mapping[Any, Any]) -> str:
    names = {Split.TRAIN: "training", Split.VALIDATION: "validation", Split.TEST: "test"}
    return (
        f"{names[leak['split']]} item {leak['sample_id']} of {leak['source']} {TIES[leak['tie']]} "
        f"{names[leak['seen']]} item {leak['twin_id']}"
    )


def children(corpus: Corpus) -> Finding:
    """Return whether every augmented face comes from a training face and is in no other split itself.

    A child with the pixels of a held-out item is let through if the split has marked that item as leaked: such an item
    has a twin in training anyway (two blank images, say), and every score is given without it too.
    """
    splits = corpus.splits.select(["sample_id", "split", "leaked"]).to_pydict()
    split_of = dict(zip(splits["sample_id"], splits["split"], strict=True))
    leaked = {i for i, marked in zip(splits["sample_id"], splits["leaked"], strict=True) if marked}
    known = set(everyone(corpus)["sample_id"])
    faces = corpus.samples[Modality.FACES]
    rows = sorted(
        zip(faces["content_sha256"].to_pylist(), faces["sample_id"].to_pylist(), strict=True),
        key=lambda row: row[1] not in leaked,
    )
    held_out = {content: i for content, i in rows if split_of.get(i, Split.TRAIN) != Split.TRAIN}  # the unmarked last
    bad: list[str] = []
    excused: list[str] = []
    columns = (corpus.augmented["sample_id"].to_pylist(), corpus.augmented["parent_id"].to_pylist())
    for child, parent, image in zip(*columns, corpus.augmented["image"], strict=True):
        of = split_of.get(parent, "no split")
        twin = held_out.get(hashlib.sha256(image.as_buffer()).hexdigest())
        if of != Split.TRAIN:
            bad.append(f"child {child} was made from {parent}, which is in {of}")
        elif child in known:
            bad.append(f"child {child} of {parent} is a sample itself, in {split_of.get(child, 'no split')}")
        elif twin is not None:
            told = f"child {child} of {parent} has the pixels of held-out item {twin}"
            (excused if twin in leaked else bad).append(told)
    n = corpus.augmented.num_rows
    if bad:
        sentence = f"{len(bad)} of {n} augmented faces reaching held-out items: {'; '.join(bad[:TOLD])}; expected none"
        return failed(sentence, bad)
    if excused:
        sentence = (
            f"all {n} augmented faces come from training; {len(excused)} have the pixels of held-out items "
            "that are marked as leaked"
        )
        return held(sentence, excused)
    return held(f"all {n} augmented faces come from training and stay there")

"""What changed between two versions of the data: rows added, removed, relabelled, resplit; balance before and after.

A version is a folder with the tables that `COMPARED` names, as the stages write them. Rows are the same row if their
sample_id is the same.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bhab.errors import TableError
from bhab.lineage.tables import INTERIM, LABELS_FILE, SPLITS_FILE, light
from bhab.schema import EMOTIONS, Modality, Split

COMPARED = (*(INTERIM / m for m in Modality), LABELS_FILE, SPLITS_FILE)
BALANCED: Mapping[str, tuple[str, ...]] = {"emotion": EMOTIONS, "split": tuple(Split)}  # then by what is stated
STATED = ("source", "gender", "age_group")
NONE = "none"
EXAMPLES = 5  # sample_ids named for each kind of change

Frame = pd.DataFrame


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that changed in one way: how many, from what to what, and some of them."""

    n: int
    by: dict[str, int]  # "happy -> sad": how many; empty for rows added, removed or changed in content
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A value of an attribute, and the rows that have it, before and after."""

    value: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes of one modality. `drift` is half the sum of the changes of the shares, from 0 to 1, by attribute.

    That is the total variation distance between the distribution before and the one after.
    """

    before: int
    after: int
    added: Change
    removed: Change
    content: Change
    relabelled: Change
    resplit: Change
    balance: dict[str, tuple[Share, ...]]
    drift: dict[str, float]


def diff(before: Path, after: Path) -> dict[str, Difference]:
    """Return the difference of each modality. Raises TableError if a version lacks a table of samples."""
    return {str(m): difference(_version(before, m), _version(after, m)) for m in Modality}


def difference(before: Frame, after: Frame) -> Difference:
    """Return the difference of two versions of one modality, each indexed by sample_id."""
    both = before.index.intersection(after.index).sort_values()
    old, new = before.loc[both], after.loc[both]
    balance = {name: _shares(before, after, name) for name in (*BALANCED, *STATED)}
    return Difference(
        before=len(before),
        after=len(after),
        added=_change(after.index.difference(before.index)),
        removed=_change(before.index.difference(after.index)),
        content=_change(both[old["content_sha256"] != new["content_sha256"]]),
        relabelled=_moved(old["emotion"], new["emotion"]),
        resplit=_moved(old["split"], new["split"]),
        balance=balance,
        drift={name: _drift(shares) for name, shares in balance.items()},
    )


def _version(folder: Path, modality: Modality) -> Frame:
    """Return the samples of one version with their final emotion and split, NONE where there is none."""
    path = folder / INTERIM / modality
    table = light(path)
    if table is None:
        raise TableError(f"{path}: no such table, expected the one that `dvc repro assemble` writes")
    frame: Frame = table.select(["sample_id", "content_sha256", "emotion", *STATED]).to_pandas().set_index("sample_id")
    for column, file in (("emotion", LABELS_FILE), ("split", SPLITS_FILE)):
        later = light(folder / file)
        if later is not None:
            frame[column] = later.select(["sample_id", column]).to_pandas().set_index("sample_id")[column]
    return frame.reindex(columns=["content_sha256", *BALANCED, *STATED]).astype(object).fillna(NONE)


def _change(rows: "pd.Index[str]", by: Mapping[str, int] | None = None) -> Change:
    return Change(len(rows), dict(by or {}), tuple(sorted(rows)[:EXAMPLES]))


def _moved(old: "pd.Series[str]", new: "pd.Series[str]") -> Change:
    moved = old != new
    pairs = Counter(f"{a} -> {b}" for a, b in zip(old[moved], new[moved], strict=True))
    return _change(old.index[moved], dict(sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))))


def _shares(before: Frame, after: Frame, name: str) -> tuple[Share, ...]:
    old, new = Counter(before[name]), Counter(after[name])
    known = [value for value in BALANCED.get(name, ()) if value in old or value in new]
    values = [*known, *sorted((old.keys() | new.keys()) - set(known))]
    return tuple(Share(value, old[value], new[value]) for value in values)


def _drift(shares: tuple[Share, ...]) -> float:
    before, after = sum(s.before for s in shares), sum(s.after for s in shares)
    if not before or not after:
        return float(bool(before) != bool(after))
    return sum(abs(s.before / before - s.after / after) for s in shares) / 2

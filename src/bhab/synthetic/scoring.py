"""How many of the planted faults a run found (recall), and how many of its alarms were right (precision)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.errors import TableError
from bhab.schema import Modality
from bhab.synthetic.plan import FaultKind

SOURCES = {m: f"synthetic_{m}" for m in Modality}  # the names of the embedded corpus in params.yaml
REASONS: Mapping[FaultKind, frozenset[str]] = {  # reject reasons that are the right answer to a kind of fault
    FaultKind.WRONG_LABEL_NAME: frozenset({"label_unknown"}),
    FaultKind.CORRUPT: frozenset({"row_broken", "image_undecodable", "audio_undecodable", "file_empty"}),
    FaultKind.BLANK: frozenset({"image_blank"}),
    FaultKind.SILENT: frozenset({"audio_silent"}),
    FaultKind.WRONG_SAMPLE_RATE: frozenset({"audio_sample_rate"}),
    FaultKind.BROKEN_UNICODE: frozenset({"text_encoding"}),
}
CHECKS: Mapping[FaultKind, str] = {FaultKind.CLIPPED: "audio_clipped"}  # findings: kept, but flagged
COPIES = frozenset({FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE})

Item = tuple[str, str]  # source and its key


@dataclass(frozen=True, slots=True)
class Planted:
    """One entry of faults.json."""

    kind: FaultKind
    modality: Modality
    source: str
    keys: tuple[str, ...]

    @property
    def items(self) -> list[Item]:
        """The items the fault is about."""
        return [(self.source, key) for key in self.keys]


@dataclass(frozen=True, slots=True)
class Observed:
    """What a run said of the items of the sources that hold planted faults."""

    rejected: Mapping[Item, frozenset[str]]  # reasons
    flagged: Mapping[Item, frozenset[str]]  # checks
    group: Mapping[Item, str]  # of equal content
    redundant: frozenset[Item]
    spanning: frozenset[str]  # groups in more than one published split


@dataclass(frozen=True, slots=True)
class Score:
    """One kind of fault in one modality."""

    kind: FaultKind
    modality: Modality
    planted: int
    found: int
    alarms: int
    recall: float  # found, of the planted
    precision: float  # alarms that name a planted fault, of all; 0.0 if there was none


def planted_faults(manifest: Mapping[str, object], path: Path) -> list[Planted]:
    """Return the entries of faults.json. Raises TableError if it is not one that stage `synthesize` wrote."""
    rows = manifest.get("faults")
    if not isinstance(rows, list):
        raise TableError(f"{path}: faults are {rows!r:.80}, expected a list")
    try:
        return [Planted(FaultKind(r["kind"]), Modality(r["modality"]), r["source"], tuple(r["keys"])) for r in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise TableError(f"{path}: {error!r}, expected faults with kind, modality, source and keys") from error


def observe(
    sources: Iterable[str], *, samples: Sequence[pa.Table], rejects: pa.Table, duplicates: pa.Table, findings: pa.Table
) -> Observed:
    """Return what REJECTS, DUPLICATES and FINDINGS say of `sources`, whose kept items `samples` hold."""
    wanted = set(sources)
    rows = (row for table in samples for row in table.select(["sample_id", "source", "source_key"]).to_pylist())
    items = {row["sample_id"]: (row["source"], row["source_key"]) for row in rows if row["source"] in wanted}
    refused = [((r["source"], r["source_key"]), r["reason"]) for r in rejects.to_pylist() if r["source"] in wanted]
    flagged = findings.filter(pc.field("flagged")).to_pylist()
    grouped = [row for row in duplicates.to_pylist() if row["sample_id"] in items]
    return Observed(
        rejected=_collect(refused),
        flagged=_collect((items[row["sample_id"]], row["check"]) for row in flagged if row["sample_id"] in items),
        group={items[row["sample_id"]]: row["duplicate_group"] for row in grouped},
        redundant=frozenset(items[row["sample_id"]] for row in grouped if row["redundant"]),
        spanning=frozenset(row["duplicate_group"] for row in grouped if row["spans_splits"]),
    )


def scores(planted: Sequence[Planted], observed: Observed) -> list[Score]:
    """Return one score for each kind and modality that was planted and that some stage checks, sorted."""
    pairs = sorted({(fault.kind, fault.modality) for fault in planted if is_checked(fault.kind)})
    return [_score(kind, [f for f in planted if f.modality == modality], observed) for kind, modality in pairs]


def unchecked(planted: Sequence[Planted]) -> list[dict[str, object]]:
    """Return kind, modality and number of the planted faults that no stage looks for yet, sorted."""
    pairs = sorted((fault.kind, fault.modality) for fault in planted if not is_checked(fault.kind))
    return [{"kind": k, "modality": m, "planted": pairs.count((k, m))} for k, m in sorted(set(pairs))]


def is_checked(kind: FaultKind) -> bool:
    """Return whether some stage looks for `kind`."""
    return kind in REASONS or kind in CHECKS or kind in COPIES


def _score(kind: FaultKind, planted: Sequence[Planted], observed: Observed) -> Score:
    """Return the score of `kind`, of all that was planted in one modality."""
    own = [fault for fault in planted if fault.kind is kind]
    sources = {fault.source for fault in planted}
    groups = {item: group for item, group in observed.group.items() if item[0] in sources}
    alarms: set[Item] | set[str]
    right: set[Item] | set[str]
    if kind is FaultKind.CROSS_SPLIT_DUPLICATE:
        alarms = set(observed.spanning.intersection(groups.values()))
        right = {groups[item] for fault in own for item in fault.items if item in groups}
        found = [_shared(fault, groups) in alarms for fault in own]
    elif kind is FaultKind.EXACT_DUPLICATE:
        alarms = {item for item in observed.redundant if item[0] in sources}
        right = {item for fault in planted if fault.kind in COPIES for item in fault.items}
        found = [_shared(fault, groups) is not None for fault in own]
    else:
        alarms = {item for item in _accused(kind, observed) if item[0] in sources}
        right = {item for fault in own for item in fault.items}
        found = [set(fault.items) <= alarms for fault in own]
    return Score(
        kind=kind,
        modality=own[0].modality,
        planted=len(own),
        found=sum(found),
        alarms=len(alarms),
        recall=sum(found) / len(own),
        precision=len(alarms & right) / len(alarms) if alarms else 0.0,
    )


def _accused(kind: FaultKind, observed: Observed) -> set[Item]:
    """Return the items that were rejected or flagged as ones with a fault of `kind` are."""
    if kind in CHECKS:
        return {item for item, checks in observed.flagged.items() if CHECKS[kind] in checks}
    return {item for item, reasons in observed.rejected.items() if reasons & REASONS[kind]}


def _shared(fault: Planted, groups: Mapping[Item, str]) -> str | None:
    """Return the group of equal content that holds all items of `fault`, None if there is no such group."""
    found = {groups.get(item) for item in fault.items}
    return found.pop() if len(found) == 1 else None


def _collect(pairs: Iterable[tuple[Item, str]]) -> dict[Item, frozenset[str]]:
    """Return all words said of each item."""
    said: dict[Item, set[str]] = {}
    for item, word in pairs:
        said.setdefault(item, set()).add(word)
    return {item: frozenset(words) for item, words in said.items()}

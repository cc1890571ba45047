"""How many of the planted faults a run found (recall), and how many of its alarms were right (precision)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from bhab.curation.groups import components
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
LABEL_ISSUE = "label_issue"  # what a flagged row of LABEL_ISSUES is called among the checks
CHECKS: Mapping[FaultKind, str] = {  # kept, but flagged
    FaultKind.CLIPPED: "audio_clipped",
    FaultKind.NOT_A_FACE: "outlier",
    FaultKind.WRONG_LABEL: LABEL_ISSUE,
}
EQUAL = frozenset({FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE})
COPIES = EQUAL | {FaultKind.NEAR_DUPLICATE}

Item = tuple[str, str]  # source and its key
Group = TypeVar("Group", str, int)


@dataclass(frozen=True, slots=True)
class Planted:
    """One entry of faults.json."""

    kind: FaultKind
    modality: Modality
    source: str
    keys: tuple[str, ...]
    variant: str = ""

    @property
    def items(self) -> list[Item]:
        """The items the fault is about."""
        return [(self.source, key) for key in self.keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The tables in which a run says what it found."""

    rejects: pa.Table  # REJECTS
    duplicates: pa.Table  # DUPLICATES
    pairs: pa.Table  # PAIRS
    findings: Sequence[pa.Table]  # FINDINGS
    label_issues: pa.Table  # LABEL_ISSUES


@dataclass(frozen=True, slots=True)
class Observed:
    """What a run said of the items of the sources that hold planted faults."""

    rejected: Mapping[Item, frozenset[str]]  # reasons
    flagged: Mapping[Item, frozenset[str]]  # checks
    pairs: Sequence[tuple[Item, Item]]  # nearly equal
    group: Mapping[Item, str]  # of equal content
    redundant: frozenset[Item]
    spanning: frozenset[str]  # groups in more than one published split


@dataclass(frozen=True, slots=True)
class Recall:
    """One variant of a kind of fault; an alarm does not say which variant it means."""

    variant: str
    planted: int
    found: int
    recall: float


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
    variants: tuple[Recall, ...] = ()


def planted_faults(manifest: Mapping[str, object], path: Path) -> list[Planted]:
    """Return the entries of faults.json. Raises TableError if it is not one that stage `synthesize` wrote."""
    rows = manifest.get("faults")
    if not isinstance(rows, list):
        raise TableError(f"{path}: faults are {rows!r:.80}, expected a list")
    try:
        return [
            Planted(FaultKind(r["kind"]), Modality(r["modality"]), r["source"], tuple(r["keys"]), r["variant"])
            for r in rows
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise TableError(f"{path}: {error!r}, expected faults with kind, modality, source, keys and variant") from error


def observe(sources: Iterable[str], *, samples: Sequence[pa.Table], said: Said) -> Observed:
    """Return what is `said` of `sources`, whose kept items `samples` hold."""
    wanted = set(sources)
    rows = (row for table in samples for row in table.select(["sample_id", "source", "source_key"]).to_pylist())
    items = {row["sample_id"]: (row["source"], row["source_key"]) for row in rows if row["source"] in wanted}
    refused = [((r["source"], r["source_key"]), r["reason"]) for r in said.rejects.to_pylist() if r["source"] in wanted]
    flagged = [row for table in said.findings for row in table.filter(pc.field("flagged")).to_pylist()]
    flagged += [row | {"check": LABEL_ISSUE} for row in said.label_issues.filter(pc.field("flagged")).to_pylist()]
    pairs = [(items.get(row["one_id"]), items.get(row["other_id"])) for row in said.pairs.to_pylist()]
    grouped = [row for row in said.duplicates.to_pylist() if row["sample_id"] in items]
    return Observed(
        rejected=_collect(refused),
        flagged=_collect((items[row["sample_id"]], row["check"]) for row in flagged if row["sample_id"] in items),
        pairs=[(one, other) for one, other in pairs if one is not None and other is not None],
        group={items[row["sample_id"]]: row["duplicate_group"] for row in grouped},
        redundant=frozenset(items[row["sample_id"]] for row in grouped if row["redundant"]),
        spanning=frozenset(row["duplicate_group"] for row in grouped if row["spans_splits"]),
    )


def scores(planted: Sequence[Planted], observed: Observed) -> list[Score]:
    """Return one score for each kind and modality that was planted, sorted."""
    kinds = sorted({(fault.kind, fault.modality) for fault in planted})
    return [_score(kind, [f for f in planted if f.modality == modality], observed) for kind, modality in kinds]


def _score(kind: FaultKind, planted: Sequence[Planted], observed: Observed) -> Score:
    """Return the score of `kind`, of all that was planted in one modality."""
    own = [fault for fault in planted if fault.kind is kind]
    found, right = _judge(kind, planted, observed)
    by_variant: dict[str, list[bool]] = {}
    for fault, was_found in zip(own, found, strict=True):
        by_variant.setdefault(fault.variant, []).append(was_found)
    return Score(
        kind=kind,
        modality=own[0].modality,
        planted=len(own),
        found=sum(found),
        alarms=len(right),
        recall=sum(found) / len(own),
        precision=sum(right) / len(right) if right else 0.0,
        variants=tuple(
            Recall(variant, len(hits), sum(hits), sum(hits) / len(hits))
            for variant, hits in sorted(by_variant.items())
            if variant
        ),
    )


def _judge(kind: FaultKind, planted: Sequence[Planted], observed: Observed) -> tuple[list[bool], list[bool]]:
    """Return for each fault of `kind` whether it was found, and for each alarm whether it is right.

    An alarm of equal content is a redundant item, or a group in more than one split; one of nearly equal content is a
    pair, and right if its two are copies of one another over any number of planted copies.
    """
    own = [fault for fault in planted if fault.kind is kind]
    sources = {fault.source for fault in planted}
    groups = {item: group for item, group in observed.group.items() if item[0] in sources}
    if kind is FaultKind.CROSS_SPLIT_DUPLICATE:
        alarms = observed.spanning.intersection(groups.values())
        right = {groups[item] for fault in own for item in fault.items if item in groups}
        return [_shared(fault, groups) in alarms for fault in own], [group in right for group in alarms]
    if kind is FaultKind.EXACT_DUPLICATE:
        copies = {item for fault in planted if fault.kind in EQUAL for item in fault.items}
        redundant = [item for item in observed.redundant if item[0] in sources]
        return [_shared(fault, groups) is not None for fault in own], [item in copies for item in redundant]
    if kind is FaultKind.NEAR_DUPLICATE:
        truth = _connected([fault.items for fault in planted if fault.kind in COPIES])
        pairs = [pair for pair in observed.pairs if pair[0][0] in sources]
        seen = _connected([*pairs, *([item, (group, "")] for item, group in groups.items())])
        return [_shared(fault, seen) is not None for fault in own], [
            one in truth and truth[one] == truth.get(other) for one, other in pairs
        ]
    accused = {item for item in _accused(kind, observed) if item[0] in sources}
    bad = {item for fault in own for item in fault.items}
    return [set(fault.items) <= accused for fault in own], [item in bad for item in accused]


def _connected(links: Iterable[Sequence[Item]]) -> dict[Item, int]:
    """Return a number for each item that is linked, the same for all that are connected."""
    place: dict[Item, int] = {}
    numbered = [tuple(place.setdefault(item, len(place)) for item in link) for link in links]
    lowest = components(len(place), [(one, other) for one, other in numbered])
    return {item: int(lowest[number]) for item, number in place.items()}


def _accused(kind: FaultKind, observed: Observed) -> set[Item]:
    """Return the items that were rejected or flagged as ones with a fault of `kind` are."""
    if kind in CHECKS:
        return {item for item, checks in observed.flagged.items() if CHECKS[kind] in checks}
    return {item for item, reasons in observed.rejected.items() if reasons & REASONS[kind]}


def _shared(fault: Planted, groups: Mapping[Item, Group]) -> Group | None:
    """Return the group that holds all items of `fault`, None if there is no such group."""
    found = {groups.get(item) for item in fault.items}
    return found.pop() if len(found) == 1 else None


def _collect(pairs: Iterable[tuple[Item, str]]) -> dict[Item, frozenset[str]]:
    """Return all words said of each item."""
    said: dict[Item, set[str]] = {}
    for item, word in pairs:
        said.setdefault(item, set()).add(word)
    return {item: frozenset(words) for item, words in said.items()}

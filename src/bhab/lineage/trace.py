"""The life of one sample: what every stage that has run did with it, in words and as facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bhab.config import ENSEMBLE, Params
from bhab.errors import TableError
from bhab.lineage.tables import INTERIM, LABELS_FILE, PROCESSED, SPLITS_FILE, light, rows_where
from bhab.schema import EMOTIONS, Modality
from bhab.schema import sample_id as id_of

Facts = Mapping[str, object]
NAMED = 5  # samples or children named in a sentence; the facts hold all


@dataclass(frozen=True, slots=True)
class Event:
    """What one stage did with the sample."""

    stage: str
    sentence: str
    facts: Facts


def trace(project: Path, sample: str, params: Params) -> list[Event]:
    """Return the life of the sample whose id, or SOURCE:KEY, is `sample`, in the order of the stages.

    Raises TableError if no source ever had it.
    """
    source, colon, key = sample.partition(":")
    wanted = id_of(source, key) if colon else sample
    interim = project / INTERIM
    for modality in Modality:
        rows = rows_where(light(interim / modality), "sample_id", [wanted])
        if rows:
            return [_taken_in(rows[0], modality, params), *_later(project, wanted, modality, params)]
    dropped = _rejects(project, wanted)
    if not dropped:
        raise TableError(
            f"{interim}: no sample or reject {sample!r}, expected a sample_id of 20 hexadecimal digits or SOURCE:KEY"
        )
    return dropped


def _taken_in(row: Facts, modality: Modality, params: Params) -> Event:
    source = params.sources.get(str(row["source"]))
    by = f"adapter {source.adapter} from {source.root}" if source else "a source that params.yaml no longer has"
    label = f"its label {row['source_label']!r} stands for {row['emotion'] or 'none of the seven'}"
    split = f"published as {row['source_split']}" if row["source_split"] else "in no published split"
    person = f"of {row['subject_id']}" if row["subject_id"] else "of a person the source does not name"
    words = f"{row['source']} {row['source_key']!r} became a row of {modality}, by {by}; {split}, {person}; {label}."
    return Event("ingest", words, row)


def _later(project: Path, sample: str, modality: Modality, params: Params) -> Iterator[Event]:
    """Yield what every stage after ingest says of a sample that was kept by it."""
    yield from _curation(project / INTERIM / "curation", sample)
    yield from _findings(project / INTERIM, "quality", sample)
    yield from _labels(project, sample)
    yield from _suspicion(project / INTERIM, sample, modality)
    yield from _findings(project / INTERIM, "suspects", sample)
    yield from _rejects(project, sample)
    for row in rows_where(light(project / SPLITS_FILE), "sample_id", [sample]):
        leaked = "; a sample of its group is in training" if row["leaked"] else ""
        yield Event("split", f"It is used for {row['split']}, as {row['emotion'] or 'no emotion'}{leaked}.", row)
    yield from _processed(project / PROCESSED, sample)
    for model in (*params.train_fer.models, ENSEMBLE):
        rows = rows_where(light(project / PROCESSED / "predictions" / f"{model}.parquet"), "sample_id", [sample])
        yield from (_predicted(model, row) for row in rows)


def _curation(folder: Path, sample: str) -> Iterator[Event]:
    duplicates = light(folder / "duplicates.parquet")
    for row in rows_where(duplicates, "sample_id", [sample]):
        group = rows_where(duplicates, "duplicate_group", [str(row["duplicate_group"])])
        others = [str(other["sample_id"]) for other in group if other["sample_id"] != sample]
        contradicts = ", and their labels contradict" if row["contradicts"] else ""
        yield Event(
            "curate", f"Its content is equal to that of {_named(others)}{contradicts}.", {**row, "equal": others}
        )
    pairs = light(folder / "pairs.parquet")
    for end, far in (("one_id", "other_id"), ("other_id", "one_id")):
        for row in rows_where(pairs, end, [sample]):
            how = "nearly the same as" if row["kind"] == "near" else "the mirror image of"
            yield Event("curate", f"It is {how} {row[far]} (similarity {row['similarity']:.3f}).", row)
    groups = light(folder / "groups.parquet")
    for row in rows_where(groups, "sample_id", [sample]):
        size = len(rows_where(groups, "group_id", [str(row["group_id"])]))
        alone = "alone in its group" if size == 1 else f"in a group of {size} that share a split, {row['group_id']}"
        yield Event("curate", f"It is {alone}.", {**row, "size": size})


def _findings(interim: Path, stage: str, sample: str) -> Iterator[Event]:
    """Yield what the checks of a stage, which names its folder, found."""
    rows = rows_where(light(interim / stage / "findings.parquet"), "sample_id", [sample])
    if rows:
        flagged = [f"{row['check']} ({row['score']:.3g})" for row in rows if row["flagged"]]
        checks = f"{len(rows)} checks" if len(rows) > 1 else f"Check {rows[0]['check']}"
        yield Event(stage, f"{checks}, flagged by {', '.join(flagged) or 'none'}.", {"findings": rows})


def _labels(project: Path, sample: str) -> Iterator[Event]:
    for row in rows_where(light(project / LABELS_FILE), "sample_id", [sample]):
        votes = f"{row['n_votes']} annotators voted"
        agree = f", {row['agreement']:.0%} of them for it" if row["agreement"] is not None else ""
        published = row["source_agreement"]
        also = (
            f"; {published:.0%} of the votes that the source published are for its own" if published is not None else ""
        )
        words = f"Its label is {row['emotion'] or 'none'}, given by its {row['origin']}; {votes}{agree}{also}."
        yield Event("labels", words, row)


def _suspicion(interim: Path, sample: str, modality: Modality) -> Iterator[Event]:
    for row in rows_where(light(interim / "probe" / f"{modality}.parquet"), "sample_id", [sample]):
        told = _probabilities(row)
        yield Event("probe", f"A model that saw nothing of its group expects {told}.", row)
    for row in rows_where(light(interim / "suspects" / "label_issues.parquet"), "sample_id", [sample]):
        flag = "It is flagged" if row["flagged"] else "It is not flagged"
        suspicion = f"its label is wrong with probability {row['score']:.2f}, {row['suggested']} is suggested"
        yield Event("suspect", f"{flag}: {suspicion}; rank {row['rank']}.", row)


def _rejects(project: Path, sample: str) -> list[Event]:
    """Return the rejects of the sample, found by the hash of source and key: a reject has no sample_id of its own."""
    events = []
    for path in (project / INTERIM / "rejects.parquet", project / PROCESSED / "split" / "rejects.parquet"):
        table = light(path)
        for row in [] if table is None else table.to_pylist():
            if id_of(row["source"], row["source_key"]) == sample:
                words = f"{row['source']} {row['source_key']!r} was dropped: {row['reason']}, {row['detail']}."
                events.append(Event(row["stage"], words, row))
    return events


def _processed(folder: Path, sample: str) -> Iterator[Event]:
    children = [str(row["sample_id"]) for row in rows_where(light(folder / "faces_augmented"), "parent_id", [sample])]
    if children:
        yield Event("augment", f"Augmented children: {_named(children)}.", {"children": children})
    for row in rows_where(light(folder / "texts"), "sample_id", [sample]):
        cut = ", cut to length" if row["truncated"] else ""
        yield Event("tokenize", f"{row['n_words']} words, {row['n_unknown']} of them unknown{cut}.", row)
    for row in rows_where(light(folder / "speech"), "sample_id", [sample]):
        kept = "denoised" if row["denoised"] else f"kept as it was ({row['guard']})"
        yield Event("denoise", f"Trimmed by {row['trimmed_s']:.2f} s to {row['duration_s']:.2f} s and {kept}.", row)


def _predicted(model: str, row: Facts) -> Event:
    verdict = "rightly" if row["predicted"] == row["emotion"] else f"but its label is {row['emotion']}"
    return Event(f"evaluate_fer@{model}", f"{model} says {row['predicted']}, {verdict}: {_probabilities(row)}.", row)


def _probabilities(row: Facts) -> str:
    """Return the two likeliest emotions of a row with columns p_*, in words."""
    likeliest = sorted(EMOTIONS, key=lambda emotion: (-float(str(row[f"p_{emotion}"])), emotion))[:2]
    return ", ".join(f"{emotion} {float(str(row[f'p_{emotion}'])):.0%}" for emotion in likeliest)


def _named(ids: list[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more

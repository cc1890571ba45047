"""What is published beside the data: a Croissant description and a datasheet.

Croissant 1.0 with the RAI vocabulary (MLCommons 2024) says what is in each table, for machines; its fields are the
declarations of bhab.schema. The datasheet answers the questions of Gebru et al., "Datasheets for Datasets"
(CACM 2021), for people.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import mlcroissant as mlc
import pyarrow as pa

from bhab.config import SourceConfig
from bhab.schema import SAMPLE_TABLES, Column, Modality

PARQUET = "application/x-parquet"
DESCRIPTION = "Facial expressions, Bengali emotional text and Bengali speech, curated by bhab."
USES = "To train and judge recognisers of seven basic emotions and generators of Bengali feedback."
NOT_FOR = (
    "Not to decide about a person: an acted or posed expression is not a feeling, and the labels are votes on looks."
)

Counts = Mapping[str, Any]  # the JSON of a stage, as that stage documents it


def croissant(sources: Mapping[str, SourceConfig], counts: Counts, folder: str) -> dict[str, object]:
    """Return the Croissant JSON-LD of the tables of samples under `folder`, relative to the file it is written to."""
    filled = [m for m in Modality if counts["tables"].get(m, {}).get("n")]
    metadata = mlc.Metadata(
        name="bhab",
        description=DESCRIPTION,
        url="https://example.org/bhab",
        version="0.1.0",
        license=sorted({s.licence for s in sources.values()}),
        data_collection=_collected(sources),
        data_use_cases=[USES],
        data_limitations=[NOT_FOR],
        personal_sensitive_information=[
            "Faces, voices, gender, age, skin tone and ethnicity where a source states them."
        ],
        distribution=[_file_set(m, folder) for m in filled],
        record_sets=[_record_set(m) for m in filled],
    )
    out: dict[str, object] = metadata.to_json()
    return out


def datasheet(sources: Mapping[str, SourceConfig], counts: Counts, split: Counts, curation: Counts) -> str:
    """Return the datasheet in Markdown. `counts`, `split`, `curation` are the metrics of those stages."""
    rows = [_source_row(name, source, counts["sources"].get(name, {})) for name, source in sorted(sources.items())]
    composition = [
        f"- {m}: {_n(counts['tables'].get(m, {}))} samples; {_splits(split.get(m, {}))}; "
        f"{_exact(curation.get(m, {}), 'redundant')} redundant copies, "
        f"{_exact(curation.get(m, {}), 'contradicting_groups')} groups with contradicting labels."
        for m in Modality
    ]
    return "\n".join(
        [
            "# Datasheet",
            "",
            f"**Motivation.** {USES} {NOT_FOR}",
            "",
            "**Composition.**",
            "",
            *composition,
            "",
            "**Collection.** By source:",
            "",
            "| source | adapter | kept | rejected | licence | consent |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
            "**Preprocessing.** Faces to 48 x 48 grey, speech to 16 kHz mono, text to one Unicode form; EXIF and other "
            "metadata are gone. Everything dropped is a row of data/interim/rejects.parquet with its reason.",
            "",
            "**Distribution.** Under the licence of each row (column `licence`).",
            "",
            "**Maintenance.** `dvc repro` remakes every table; CHANGELOG.md says what changed.",
            "",
        ]
    )


def _collected(sources: Mapping[str, SourceConfig]) -> str:
    return "; ".join(f"{name}: {s.adapter}, consent {s.consent}" for name, s in sorted(sources.items()))


def _file_set(modality: Modality, folder: str) -> mlc.FileSet:
    return mlc.FileSet(
        id=f"{modality}-shards",
        name=f"{modality}-shards",
        description=f"Shards of table {modality}, in order of sample_id.",
        encoding_formats=[PARQUET],
        includes=[f"{folder}/{modality}/*.parquet"],
    )


def _record_set(modality: Modality) -> mlc.RecordSet:
    columns = [c for c in SAMPLE_TABLES[modality] if not pa.types.is_map(c.type)]  # Croissant 1.0 has no maps
    return mlc.RecordSet(
        id=modality.value,
        name=modality.value,
        description=f"One row for each of the {modality}.",
        key=f"{modality}/sample_id",
        fields=[_field(modality, c) for c in columns],
    )


def _field(modality: Modality, column: Column) -> mlc.Field:
    kind = mlc.DataType.TEXT
    if pa.types.is_floating(column.type):
        kind = mlc.DataType.FLOAT
    elif pa.types.is_integer(column.type):
        kind = mlc.DataType.INTEGER
    source = mlc.Source(
        file_set=f"{modality}-shards",
        extract=mlc.Extract(column=column.name),
    )
    return mlc.Field(
        id=f"{modality}/{column.name}", name=column.name, description=column.doc, data_types=kind, source=source
    )


def _source_row(name: str, source: SourceConfig, count: Mapping[str, object]) -> str:
    rejects = count.get("rejects", {})
    n_rejects = sum(rejects.values()) if isinstance(rejects, Mapping) else 0
    cells: Sequence[object] = (name, source.adapter, count.get("kept", 0), n_rejects, source.licence, source.consent)
    return "| " + " | ".join(map(str, cells)) + " |"


def _n(counts: Mapping[str, object]) -> object:
    return counts.get("n", 0)


def _splits(split: Mapping[str, object]) -> str:
    parts = split.get("splits", {})
    if not isinstance(parts, Mapping):
        return "no split"
    return ", ".join(f"{name} {part['n']}" for name, part in sorted(parts.items())) or "no split"


def _exact(curation: Mapping[str, object], key: str) -> object:
    exact = curation.get("exact", {})
    return exact.get(key, 0) if isinstance(exact, Mapping) else 0

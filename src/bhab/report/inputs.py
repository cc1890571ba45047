"""What the report reads: the results of other stages, by the names dvc.yaml gives them.

A page names a file as `reports/metrics/x.json`, whatever folder the run was given, so that the same results give the
same site in any folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from bhab.config import SourceConfig
from bhab.schema import (
    CLEAN_SPEECH,
    DUPLICATES,
    FINDINGS,
    HISTORY,
    LABEL_ISSUES,
    PAIRS,
    PREDICTIONS,
    REJECTS,
    SAMPLE_TABLES,
    Columns,
    Modality,
    arrow_schema,
)
from bhab.store import read_json, read_table

Json = dict[str, Any]
Metrics = Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Folders that the stages wrote, and the sources they started from."""

    sources: Mapping[str, SourceConfig]
    metrics: Path  # reports/metrics
    figures: Path  # reports/figures
    validation: Path  # reports/validation
    gates: Path  # reports/gates
    audio: Path  # reports/audio
    voice: Path  # reports/voice
    tables: Path  # data/interim
    curation: Path  # data/interim/curation
    suspects: Path  # data/interim/suspects
    splits: Path  # data/processed/split
    speech: Path  # data/processed/speech
    predictions: Path  # data/processed/predictions
    models: Path  # models

    @cached_property
    def measured(self) -> Metrics:
        """Metrics by the name of their file, `counts` and so on."""
        return read_metrics(self.metrics)

    @cached_property
    def samples(self) -> Mapping[Modality, pa.Table]:
        """Table of each modality, in the order of sample_id."""
        return {m: read_table(self.tables / m, columns) for m, columns in SAMPLE_TABLES.items()}

    @cached_property
    def duplicates(self) -> pa.Table:
        """Members of groups of equal content."""
        return _read_or_empty(self.curation / "duplicates.parquet", DUPLICATES)

    @cached_property
    def pairs(self) -> pa.Table:
        """Pairs of nearly equal content."""
        return _read_or_empty(self.curation / "pairs.parquet", PAIRS)

    @cached_property
    def label_issues(self) -> pa.Table:
        """Labels by how probably they are wrong."""
        return _read_or_empty(self.suspects / "label_issues.parquet", LABEL_ISSUES)

    @cached_property
    def outliers(self) -> pa.Table:
        """Samples by how unlike the others they are."""
        return _read_or_empty(self.suspects / "findings.parquet", FINDINGS)

    @cached_property
    def rejects(self) -> pa.Table:
        """Everything that was dropped, on the way in and by the split."""
        parts = (self.tables / "rejects.parquet", self.splits / "rejects.parquet")
        return pa.concat_tables([_read_or_empty(part, REJECTS) for part in parts])

    @cached_property
    def quality(self) -> pa.Table:
        """Scores and flags of the checks of single samples."""
        return _read_or_empty(self.tables / "quality/findings.parquet", FINDINGS)

    @cached_property
    def clean_speech(self) -> pa.Table:
        """Clips after trimming and denoising."""
        return _read_or_empty(self.speech, CLEAN_SPEECH)

    @cached_property
    def suites(self) -> Metrics:
        """Results of validation by modality."""
        return read_metrics(self.validation)

    @cached_property
    def verdicts(self) -> Mapping[str, list[Json]]:
        """Verdicts of the gates: `data`, asked before training, and `results`, asked before publishing."""
        return {name: value["gates"] for name, value in read_metrics(self.gates).items()}

    def predicted(self, model: str) -> pa.Table:
        """Return the predictions of `model`."""
        return _read_or_empty(self.predictions / f"{model}.parquet", PREDICTIONS)

    def history(self, model: str) -> list[Json]:
        """Return one row an epoch of a model, `fer/light_cnn` or `feedback`."""
        rows: list[Json] = _read_or_empty(self.models / model / "history.parquet", HISTORY).to_pylist()
        return rows


def read_metrics(folder: Path) -> Metrics:
    """Return every JSON object in `folder` by the name of its file; a folder that does not exist holds none."""
    return {path.stem: read_json(path) for path in sorted(folder.glob("*.json"))}


def models_of(metrics: Metrics, kind: str) -> dict[str, Json]:
    """Return the metrics of each model, `kind` being fer or fairness."""
    return {name.removeprefix(f"{kind}_"): value for name, value in metrics.items() if name.startswith(f"{kind}_")}


def by_modality(values: Mapping[str, Json]) -> list[tuple[str, Json]]:
    """Return what `values` says of each modality, in the order of Modality."""
    return [(m.value, values[m]) for m in Modality if m in values]


def _read_or_empty(path: Path, columns: Columns) -> pa.Table:
    return read_table(path, columns) if path.exists() else arrow_schema(columns).empty_table()

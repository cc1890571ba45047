"""Sections of the stages that make and take in the corpus."""

from typing import Literal

from pydantic import Field

from bhab.config.base import Section
from bhab.schema import Emotion, Modality


class SynthesizeConfig(Section):
    """Section `synthesize`: the embedded corpus."""

    seed: str = Field(description="draws another corpus of the same kind")
    scale: float = Field(gt=0, le=2, description="1.0 gives the class counts of the paper's Tables 1 and 2")
    speech_clips: int = Field(ge=7, description="clips at scale 1.0")
    speakers: int = Field(ge=4, le=100)
    faults: int = Field(ge=0, le=100, description="planted items of each kind of fault, at any scale")


class ColumnMap(Section):
    """Which columns of a JSONL or CSV of texts hold what; `adapter: texts` only."""

    key: str | None = None  # none: the row's number
    text: str
    label: str | None = None
    split: str | None = None  # train, val, valid, validation, test
    subject: str | None = None
    gender: str | None = None
    age_group: str | None = None  # or an age in years
    licence: str | None = None
    votes: str | None = None  # one label for each annotator: a JSON list, in a CSV `happy;sad;happy`


class SourceConfig(Section):
    """One entry of section `sources`. Its key is the source's name."""

    adapter: str
    modality: Modality
    root: str = Field(description="file or folder, from the project's root")
    licence: str
    consent: str
    keep_split: bool = Field(default=False, description="use the split the source published, not one by group")
    sidecar: str | None = Field(default=None, description="file of votes or demographics, from root")
    columns: ColumnMap | None = None
    labels: dict[str, Emotion | None] = Field(
        default_factory=dict,
        description="the source's labels to ours, beyond the adapter's own; empty value: known, but none of the seven",
    )


class IngestConfig(Section):
    """Section `ingest`: limits on what is decoded at all."""

    batch: int = Field(ge=1, le=4096, description="items in one Beam element")
    max_bytes: int = Field(gt=0, description="of one item")
    max_pixels: int = Field(gt=0, description="of one image, read from its header")
    max_duration_s: float = Field(gt=0)
    min_duration_s: float = Field(gt=0)
    min_sample_rate_hz: int = Field(gt=0, description="a lower rate cannot be made up for by resampling")
    max_text_chars: int = Field(gt=0)
    min_contrast: float = Field(ge=0, description="grey levels; a face below is a blank image")
    silence_dbfs: float = Field(le=0, description="a clip whose peak is below is silent")


class CurateConfig(Section):
    """Section `curate`: thresholds of findings."""

    max_clipped_share: float = Field(ge=0, le=1, description="a clip with more is flagged as clipped")


class LabelsConfig(Section):
    """Section `labels`: votes to labels."""

    min_votes: int = Field(ge=1, description="annotators needed before they overrule the source")
    min_agreement: float = Field(gt=0, le=1, description="share of votes the winner needs at least")
    resamples: int = Field(ge=100, le=100_000, description="of the bootstrap of agreement")


class SplitConfig(Section):
    """Section `split`."""

    salt: str = Field(description="draws another split; never change it to better a metric")
    validation_fraction: float = Field(gt=0, lt=0.5)
    test_fraction: float = Field(gt=0, lt=0.5)
    deduplicate: bool = Field(description="leave out redundant copies, and groups whose labels contradict")


class ValidateConfig(Section):
    """Section `validate`."""

    examples: int = Field(ge=1, le=100, description="unexpected values quoted in the message")
    severity: Literal["stop", "report"] = Field(description="stop: a broken contract fails the run")

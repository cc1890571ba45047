"""Sections of the stages that make and take in the corpus."""

from typing import Annotated, Literal

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
    wrong_labels: float = Field(ge=0, le=0.2, description="planted, of the items; at least `faults`")


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
    max_seconds: float = Field(gt=0, description="of processor time for one item; then the decoder is killed")
    max_memory_mb: int = Field(gt=0, description="that one item may need beyond an idle decoder")
    max_pixels: int = Field(gt=0, description="of one image, read from its header")
    max_duration_s: float = Field(gt=0)
    min_duration_s: float = Field(gt=0)
    min_sample_rate_hz: int = Field(gt=0, description="a lower rate cannot be made up for by resampling")
    max_text_chars: int = Field(gt=0)
    min_contrast: float = Field(ge=0, description="grey levels; a face below is a blank image")
    silence_dbfs: float = Field(le=0, description="a clip whose peak is below is silent")


class CurateConfig(Section):
    """Section `curate`: how alike two samples are that count as nearly the same."""

    min_face_correlation: float = Field(gt=0, le=1, description="of the detail of two faces, after the best shift")
    max_face_shift_px: int = Field(ge=0, le=6, description="in each direction, that still finds the same face")
    min_text_similarity: float = Field(gt=0, le=1, description="1 less the share of the longer text to be edited")
    min_speech_similarity: float = Field(gt=0, le=1, description="correlation of two clips at their best shift")


class Limit(Section):
    """Where a check begins to flag, and why there."""

    limit: float
    source: str = Field(min_length=1)


class QualityConfig(Section):
    """Section `quality`: the limits of the checks of single samples; bhab.curation.findings says what they measure."""

    image_flat: Limit
    image_dark: Limit
    image_bright: Limit
    image_low_contrast: Limit
    image_blurred: Limit
    image_pixelated: Limit
    image_barred: Limit
    image_overlaid_text: Limit
    text_not_bengali: Limit
    text_romanised: Limit
    text_short: Limit
    text_long: Limit
    text_repeats_characters: Limit
    text_repeats_words: Limit
    text_mostly_punctuation: Limit
    text_address: Limit
    text_mojibake: Limit
    text_stray_signs: Limit
    audio_noisy: Limit
    audio_clipped: Limit
    audio_quiet: Limit
    audio_loud: Limit
    audio_digital_silence: Limit
    audio_long_silence: Limit
    audio_offset: Limit
    audio_narrow_band: Limit
    audio_channels_differ: Limit


class ProbeConfig(Section):
    """Section `probe`: small models that predict every sample without having seen its group."""

    seed: int
    threads: int = Field(ge=1, le=64, description="of PyTorch and BLAS; another number gives other bytes")
    folds: dict[Modality, Annotated[int, Field(ge=2, le=20)]] = Field(
        min_length=len(Modality), description="that each modality is cut into; more show a model more, and take longer"
    )
    salt: str = Field(description="draws other folds")
    epochs: int = Field(ge=1, le=1000, description="of a network of faces")
    networks: int = Field(ge=1, le=20, description="of each fold of faces; the mean of several is less sure of itself")
    processes: int = Field(ge=1, le=64, description="that train networks side by side; what comes out is the same")


class SuspectConfig(Section):
    """Section `suspect`: which labels are probably wrong, and which samples do not belong."""

    min_score: float = Field(
        gt=0, le=1, description="probability that a flagged label is wrong, where annotators taught the scores"
    )
    min_odds: dict[Modality, Annotated[float, Field(ge=1)]] = Field(
        min_length=len(Modality), description="of a suggestion over a flagged label, each by what is usual for it"
    )
    min_reviews: int = Field(
        ge=2, description="labels of a modality that annotators settled, before scores learn from it"
    )
    outlier_fence: float = Field(
        gt=0, description="quartile ranges over the upper quartile that make a sample an outlier"
    )
    resamples: int = Field(ge=100, le=100_000, description="of the bootstrap")


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
    deduplicate: bool = Field(description="leave out redundant copies; if not, contradictions stay too")
    contradictions: Literal["drop", "majority", "annotators"] = Field(
        description="equal items with different emotions: none stays, the commonest emotion wins, or people are asked"
    )
    drop_near: bool = Field(description="of nearly equal training items keep one; if not, all stay, in one split")


Severity = Literal["stop", "report"]


class ValidateConfig(Section):
    """Section `validate`."""

    examples: int = Field(ge=1, le=100, description="unexpected values quoted in the message")
    severity: Severity = Field(description="stop: a broken contract fails the run")


class GateSeverities(Section):
    """What becomes of a gate that does not pass, by its name; what each asks is in bhab.quality.gates."""

    links: Severity
    leakage: Severity
    children: Severity
    contracts: Severity
    rejects: Severity
    label_issues: Severity
    confounds: Severity
    label_map: Severity
    train_metric: Severity
    eval_mode: Severity
    int8: Severity


class GatesConfig(Section):
    """Section `gates`."""

    examples: int = Field(ge=1, le=100, description="offending items listed for each gate")
    max_reject_share: float = Field(ge=0, le=1, description="of one source's items, before gate rejects fails")
    max_label_issue_share: float = Field(ge=0, le=1, description="of one modality's labels, before label_issues fails")
    max_int8_loss: float = Field(ge=0, le=1, description="of a model's accuracy by int8, before gate int8 fails")
    severities: GateSeverities


class ConfoundsConfig(Section):
    """Section `confounds`: when something beside the content tells the label."""

    salt: str = Field(description="draws other folds")
    folds: int = Field(ge=2, le=20)
    min_lift: float = Field(ge=0, le=1, description="accuracy over chance that rings")
    min_v: float = Field(gt=0, le=1, description="lower end of Cramer's V that rings")

"""params.yaml as frozen classes: one class for each section, one section for each stage."""

from pathlib import Path

import yaml
from pydantic import Field, ValidationError, field_validator

from bhab.config.base import Section
from bhab.config.data import (
    ColumnMap,
    ConfoundsConfig,
    CurateConfig,
    GatesConfig,
    IngestConfig,
    LabelsConfig,
    ProbeConfig,
    QualityConfig,
    SourceConfig,
    SplitConfig,
    SuspectConfig,
    SynthesizeConfig,
    ValidateConfig,
)
from bhab.config.faces import ENSEMBLE, CompressConfig, EnsembleConfig, FerRecipe, TrainFerConfig
from bhab.config.learn import (
    ClaimsConfig,
    EvaluateConfig,
    FairnessConfig,
    ReportConfig,
    StudyConfig,
    TrainDenoiserConfig,
    TrainFeedbackConfig,
)
from bhab.config.live import LiveConfig
from bhab.config.process import AugmentConfig, DenoiseConfig, EmbedConfig, RepliesConfig, TokenizeConfig
from bhab.config.run import RunnerConfig, StoreConfig
from bhab.config.voice import (
    EvaluateVoiceConfig,
    SpeakConfig,
    Tacotron2Config,
    TrainVoiceConfig,
    VoiceCorpusConfig,
    WaveglowConfig,
)
from bhab.errors import ParamsError

__all__ = [
    "ENSEMBLE",
    "AugmentConfig",
    "ClaimsConfig",
    "ColumnMap",
    "CompressConfig",
    "ConfoundsConfig",
    "CurateConfig",
    "DenoiseConfig",
    "EmbedConfig",
    "EnsembleConfig",
    "EvaluateConfig",
    "EvaluateVoiceConfig",
    "FairnessConfig",
    "FerRecipe",
    "GatesConfig",
    "IngestConfig",
    "LabelsConfig",
    "LiveConfig",
    "Params",
    "ProbeConfig",
    "QualityConfig",
    "RepliesConfig",
    "ReportConfig",
    "RunnerConfig",
    "Section",
    "SourceConfig",
    "SpeakConfig",
    "SplitConfig",
    "StoreConfig",
    "StudyConfig",
    "SuspectConfig",
    "SynthesizeConfig",
    "Tacotron2Config",
    "TokenizeConfig",
    "TrainDenoiserConfig",
    "TrainFeedbackConfig",
    "TrainFerConfig",
    "TrainVoiceConfig",
    "ValidateConfig",
    "VoiceCorpusConfig",
    "WaveglowConfig",
    "load_params",
]


class Params(Section):
    """The whole of params.yaml."""

    runner: RunnerConfig
    store: StoreConfig
    synthesize: SynthesizeConfig
    sources: dict[str, SourceConfig] = Field(min_length=1)
    ingest: IngestConfig
    curate: CurateConfig
    quality: QualityConfig
    labels: LabelsConfig
    probe: ProbeConfig
    suspect: SuspectConfig
    confounds: ConfoundsConfig
    split: SplitConfig
    validate_: ValidateConfig = Field(alias="validate")  # BaseModel has a method of this name
    augment: AugmentConfig
    gates: GatesConfig
    replies: RepliesConfig
    tokenize: TokenizeConfig
    embed: EmbedConfig
    train_denoiser: TrainDenoiserConfig
    denoise: DenoiseConfig
    train_fer: TrainFerConfig
    compress: CompressConfig
    ensemble: EnsembleConfig
    train_feedback: TrainFeedbackConfig
    evaluate: EvaluateConfig
    study: StudyConfig
    voice_corpus: VoiceCorpusConfig
    train_voice: TrainVoiceConfig
    evaluate_voice: EvaluateVoiceConfig
    speak: SpeakConfig
    live: LiveConfig
    fairness: FairnessConfig
    claims: ClaimsConfig
    report: ReportConfig

    @field_validator("sources")
    @classmethod
    def _names_are_file_names(cls, sources: dict[str, SourceConfig]) -> dict[str, SourceConfig]:
        for name in sources:
            if not name.isidentifier():
                raise ValueError(f"source name {name!r}, expected letters, digits and _ only")
        return sources


def load_params(path: Path) -> Params:
    """Read and check params.yaml. Raises ParamsError with one line for each thing that is wrong."""
    try:
        return Params.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ParamsError(f"{path}: no such file") from error
    except yaml.YAMLError as error:
        raise ParamsError(f"{path}: not YAML ({error})") from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']} (found {e['input']!r:.80})" for e in error.errors()]
        raise ParamsError("\n".join(f"{path}: {fault}" for fault in faults)) from error

"""Sections of the stages that train, judge and report."""

from typing import Literal

import pyarrow as pa
from pydantic import Field, field_validator

from bhab.config.base import Section
from bhab.config.data import Severity
from bhab.schema import FACES


class TrainFeedbackConfig(Section):
    """Section `train_feedback`."""

    seed: int
    threads: int = Field(ge=1, le=64, description="of PyTorch; another number gives other bytes")
    epochs: int = Field(ge=1, le=1000)
    batch: int = Field(ge=1, le=4096)
    learning_rate: float = Field(gt=0, lt=1, description="at the peak of one cycle over all epochs")
    hidden: int = Field(ge=8, le=1024, multiple_of=2, description="units; half of them in each direction")
    dropout: float = Field(ge=0, lt=1)
    unknown_share: float = Field(ge=0, lt=1, description="of the words of a context, hidden while training")
    stop_patience: int = Field(ge=1, description="epochs without a better validation loss before training ends")


class TrainDenoiserConfig(Section):
    """Section `train_denoiser`: a network that takes noise out of speech, and its trial beside RNNoise."""

    seed: int
    threads: int = Field(ge=1, le=64, description="of PyTorch; another number gives other bytes")
    window: int = Field(ge=128, le=2048, multiple_of=2, description="samples of a spectrum, every half of it one")
    channels: tuple[int, int, int] = Field(description="of the three convolutions, from sound inwards")
    hidden: int = Field(ge=8, le=512, description="units of the recurrent layer")
    steps: int = Field(ge=1, description="of the optimiser")
    batch: int = Field(ge=1, le=256, description="mixtures in a step")
    crop_s: float = Field(gt=0.5, le=10, description="length of a mixture")
    learning_rate: float = Field(gt=0, lt=1, description="the highest, a tenth of the way in")
    snr_db: tuple[float, float] = Field(description="of mixtures: lowest and highest")
    clean_share: float = Field(gt=0, le=1, description="of the training clips, those with the highest SNR, are speech")
    noise: str | None = Field(default=None, description="folder of noise recordings, from the project's root")
    recorded_share: float = Field(ge=0, le=1, description="of the noise in a mixture, where there are recordings")
    made_noises: int = Field(ge=8, description="pieces of noise made by rule")
    held_out_share: float = Field(gt=0, lt=1, description="of the kinds of noise, for the trial alone")
    trials: int = Field(ge=2, description="mixtures of held-out speakers and kinds that methods are compared on")
    resamples: int = Field(ge=100, le=100_000, description="of the bootstrap of that comparison")


class EvaluateConfig(Section):
    """Section `evaluate`."""

    seed: int = Field(description="of the bootstrap")
    resamples: int = Field(ge=100, le=100_000, description="of the bootstrap")
    sentences: int = Field(ge=1, le=50, description="that the feedback model says for each emotion")
    beam: int = Field(ge=1, le=64, description="replies the feedback model weighs at once; 1 is greedy")


class StudyConfig(Section):
    """Section `study`: what each transform of the augmentation is worth."""

    transforms: tuple[Literal["none", "rotation", "shift", "shear", "zoom", "flip", "all"], ...] = Field(
        description="each is trained with; what they are worth is told beside `none`"
    )
    model: str = Field(description="key of bhab.models.FER")
    seeds: tuple[int, ...] = Field(min_length=1, description="of a training; each of them for each transform")
    epochs: int = Field(ge=1, le=1000, description="of every training, none ends before; the rest is of train_fer")
    processes: int = Field(ge=1, le=64, description="trainings side by side; any number gives the same")
    resamples: int = Field(ge=100, le=100_000, description="of the bootstrap")


class FairnessConfig(Section):
    """Section `fairness`."""

    attributes: tuple[str, ...] = Field(min_length=1, description="columns of bhab.schema.FACES that hold text")
    min_n_shown: int = Field(ge=1, description="k of k-anonymity: a smaller group is not named")
    min_n_scored: int = Field(ge=1, description="a smaller group is listed, not scored")

    @field_validator("attributes")
    @classmethod
    def _are_columns_of_faces(cls, attributes: tuple[str, ...]) -> tuple[str, ...]:
        known = [c.name for c in FACES if pa.types.is_string(c.type)]
        for name in attributes:
            if name not in known:
                raise ValueError(f"{name!r} is no attribute of a face, expected some of {', '.join(known)}")
        return attributes


class ClaimsConfig(Section):
    """Section `claims`: figures of documents against what they are bound to."""

    severity: Severity = Field(description="stop: a claim of our own that does not hold fails the run")


class ReportConfig(Section):
    """Section `report`."""

    title: str
    samples: int = Field(ge=1, le=64, description="shown for each class")

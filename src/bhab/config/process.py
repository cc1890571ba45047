"""Sections of the stages that prepare data for models."""

from typing import Literal

from pydantic import Field

from bhab.config.base import Section


class AugmentConfig(Section):
    """Section `augment`: the paper's recipe, drawn for each child by a hash of its id."""

    salt: str
    path: Literal["fused", "albumentations"] = Field(description="who makes a child; both give the same bytes")
    children: int = Field(ge=0, le=16, description="for each training face")
    rotation_deg: float = Field(ge=0, le=180)
    shift_share: float = Field(ge=0, lt=1)
    shear_deg: float = Field(ge=0, lt=90)
    zoom_share: float = Field(ge=0, lt=1)
    flip_probability: float = Field(ge=0, le=1)


class RepliesConfig(Section):
    """Section `replies`: what people say of how they feel, and what one says to them."""

    seed: str = Field(description="draws other pairs of the same kind")
    pairs: int = Field(ge=0, le=200_000, description="from the grammar; 0 for those of `root` only")
    root: str = Field(description="folder of *.jsonl with pairs of your own, from the project's root")
    validation_fraction: float = Field(gt=0, lt=0.5, description="of the templates")
    test_fraction: float = Field(gt=0, lt=0.5, description="of the templates")


class TokenizeConfig(Section):
    """Section `tokenize`."""

    method: Literal["words", "subwords"] = Field(description="what has an id; both are measured")
    vocabulary: int = Field(ge=8, description="words with an id, special tokens included; of subwords as many")
    min_count: int = Field(ge=1, description="of a word in the training texts")


class EmbedConfig(Section):
    """Section `embed`: Word2Vec skip-gram."""

    seed: int
    dimensions: int = Field(ge=2, le=1024)
    window: int = Field(ge=1, le=20)
    negative: int = Field(ge=1, le=50)
    epochs: int = Field(ge=1, le=200)


class DenoiseConfig(Section):
    """Section `denoise`."""

    method: Literal["best", "both", "own", "rnnoise", "spectral_gating", "none"] = Field(
        description="own: the network of train_denoiser; both: the mean of it and RNNoise; best: what won its trial"
    )
    trim_margin_s: float = Field(ge=0, le=2, description="kept around detected speech")
    clean_snr_db: float = Field(description="a clip above is clean already and is left alone")
    max_level_loss_db: float = Field(gt=0, description="of speech; more, and the guard keeps the original")
    max_pitch_semitones: float = Field(gt=0, description="by which the median pitch may move")
    max_speech_lost: float = Field(ge=0, le=1, description="share of the frames with speech that may have none after")
    max_emotion_lost: float = Field(
        ge=0, le=1, description="of the probability of the emotion heard before, where another one is heard after"
    )

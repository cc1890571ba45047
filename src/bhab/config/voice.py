"""Sections of the stages that make, train, judge and use the learned voice."""

from typing import Literal

from pydantic import Field

from bhab.config.base import Section


class VoiceCorpusConfig(Section):
    """Section `voice_corpus`: one speaker who says sentences of the grammar in the manners of the emotions."""

    seed: str = Field(description="draws other sentences of the same kind")
    texts: int = Field(ge=3, le=5000, description="for each emotion; whole texts go to validation and test")
    manners: int = Field(ge=1, le=7, description="emotions each text is spoken in, its own among them")
    max_chars: int = Field(ge=20, le=200, description="longer sentences are not taken")
    validation_fraction: float = Field(gt=0, lt=0.5)
    test_fraction: float = Field(gt=0, lt=0.5)


class Tacotron2Config(Section):
    """Sizes of Tacotron 2 and how it is trained; in brackets what Shen et al. (2018) have."""

    embedding: int = Field(ge=8, le=1024, multiple_of=2, description="of a character, and of all of the encoder [512]")
    encoder_layers: int = Field(ge=1, le=8, description="convolutions before the LSTM [3]")
    kernel: int = Field(ge=3, le=31, description="width of a convolution, odd [5]")
    attention: int = Field(ge=8, le=1024, description="[128]")
    location_filters: int = Field(ge=1, le=128, description="[32]")
    location_kernel: int = Field(ge=3, le=63, description="odd [31]")
    prenet: int = Field(ge=8, le=1024, description="units of each of its two layers [256]")
    decoder: int = Field(ge=8, le=2048, description="units of each of its two LSTMs [1024]")
    postnet: int = Field(ge=8, le=1024, description="filters [512]")
    postnet_layers: int = Field(ge=2, le=8, description="[5]")
    reduction: int = Field(ge=1, le=8, description="frames a step [1]")
    dropout: float = Field(ge=0, lt=1, description="in convolutions [0.5]")
    prenet_dropout: float = Field(ge=0, lt=1, description="also when it speaks [0.5]")
    zoneout: float = Field(ge=0, lt=1, description="[0.1]")
    frame_drop: float = Field(ge=0, lt=1, description="frames that it is not told while it learns [0]")
    epochs: int = Field(ge=1, le=10_000)
    batch: int = Field(ge=1, le=1024, description="[64]")
    learning_rate: float = Field(gt=0, lt=1, description="at its height [0.001]")
    guided_weight: float = Field(ge=0, description="of the guided attention loss [0]")


class WaveglowConfig(Section):
    """Sizes of WaveGlow and how it is trained; in brackets what Prenger et al. (2019) have."""

    groups: int = Field(ge=2, le=256, multiple_of=2, description="samples squeezed into one vector [8]")
    flows: int = Field(ge=1, le=32, description="steps of flow [12]")
    early_every: int = Field(ge=1, le=32, description="flows between two early outputs [4]")
    early_size: int = Field(ge=2, le=64, multiple_of=2, description="channels of an early output [2]")
    layers: int = Field(ge=1, le=12, description="dilated convolutions in each coupling [8]")
    channels: int = Field(ge=4, le=512, description="[512]")
    kernel: int = Field(ge=1, le=9, description="width of a convolution, odd [3]")
    train_sigma: float = Field(gt=0, description="deviation of the normal distribution that is fitted [0.71]")
    sigma: float = Field(ge=0, description="deviation of what it speaks from [0.6]")
    segment_frames: int = Field(ge=4, le=500, description="of 16 ms, cut from a clip [62]")
    steps: int = Field(ge=1, le=1_000_000, description="of the optimiser [580,000]")
    batch: int = Field(ge=1, le=256, description="segments [24]")
    learning_rate: float = Field(gt=0, lt=1, description="at its height [0.0001]")


class TrainVoiceConfig(Section):
    """Section `train_voice`."""

    seed: int
    threads: int = Field(ge=1, le=64, description="of PyTorch, for each network; another number gives other bytes")
    processes: int = Field(ge=1, le=2, description="2: both networks are trained side by side")
    precision: Literal["bfloat16", "float32"] = Field(description="of training WaveGlow")
    tacotron2: Tacotron2Config
    waveglow: WaveglowConfig


class EvaluateVoiceConfig(Section):
    """Section `evaluate_voice`: the gate of the learned voice."""

    seed: int = Field(description="of the bootstrap")
    resamples: int = Field(ge=100, le=100_000, description="of the bootstrap")
    clips: int = Field(ge=1, le=10_000, description="held-out clips judged at most")
    max_mcd_db: float = Field(gt=0, description="mean over clips, against the reference")
    max_duration_ratio: float = Field(gt=1, description="to the reference, and no less than its inverse")
    max_level_db: float = Field(gt=0, description="louder or softer than the reference")
    max_flatness: float = Field(gt=0, lt=0.56, description="of the loud frames' spectra; white noise has 0.56")
    min_speech_share: float = Field(gt=0, le=1, description="of the reference's speech by a voice activity detector")
    min_sane_share: float = Field(gt=0, le=1, description="clips that keep all of these limits")
    pictures: int = Field(ge=1, le=24, description="held-out sentences whose alignment is drawn")


class SpeakConfig(Section):
    """Section `speak`: the voice that says feedback."""

    voice: Literal["best", "espeak", "tacotron2", "mms"] = Field(
        description="best: tacotron2 if its gate passed, else espeak"
    )
    vocoder: Literal["waveglow", "griffin_lim"] = Field(description="of tacotron2")
    mms: str = Field(description="a folder of MMS-TTS, or its name on a hub, facebook/mms-tts-ben")
    variant: str = Field(description="an eSpeak NG voice variant; also the speaker of voice_corpus")
    words_per_minute: int = Field(ge=80, le=450)
    pitch: int = Field(ge=0, le=99, description="50: the variant's own")
    pitch_range: int = Field(ge=0, le=99, description="0: monotone")

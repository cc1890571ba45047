"""The learned voice behind the interface of bhab.audio.voice.Speaker: Tacotron 2, then one of two vocoders."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from bhab.audio.griffin_lim import griffin_lim
from bhab.audio.mel import Mel
from bhab.audio.pcm import to_pcm
from bhab.errors import VoiceError
from bhab.schema import EMOTIONS, MEL_HOP, SPEECH_RATE_HZ, Emotion
from bhab.text.clean import clean
from bhab.training.voice_model import VoiceModels

Vocoder = Literal["waveglow", "griffin_lim"]

SLOWEST_S = 0.3  # a character: three times the mean of the corpus; who takes longer has lost the thread
LEAST_STEPS = 20
ITERATIONS = 60  # of Griffin-Lim; twice as many bring its mels nearer by less than a tenth


@dataclass(frozen=True, slots=True)
class Told:
    """What Tacotron 2 made of a sentence."""

    mel: Mel  # (frames, MELS)
    alignment: NDArray[np.float32]  # (steps, characters)
    ended: bool  # it found an end before it was stopped


@dataclass(frozen=True, slots=True)
class LearnedSpeaker:
    """The learned voice."""

    models: VoiceModels
    vocoder: Vocoder

    def speak(self, text: str, emotion: Emotion) -> NDArray[np.int16]:
        """Return `text` as sound. Raises VoiceError for a character it was not taught, or if it finds no end."""
        said = tell(self.models, clean(text), emotion)
        if not said.ended:
            raise VoiceError(f"{text[:60]!r}: the learned voice finds no end within {len(said.mel) * MEL_HOP} samples")
        return to_pcm(vocode(self.models, said.mel, self.vocoder))


def tell(models: VoiceModels, text: str, emotion: Emotion) -> Told:
    """Return `text`, in canonical form, as mels. Raises VoiceError for a character it was not taught."""
    symbols = models.symbols.encode(text).unsqueeze(0)
    step_s = models.tacotron2.config.reduction * MEL_HOP / SPEECH_RATE_HZ
    most = max(LEAST_STEPS, round(SLOWEST_S * len(text) / step_s))
    place = torch.tensor([EMOTIONS.index(emotion)])
    with torch.inference_mode():
        said = models.tacotron2.speak(symbols, place, most, generator(text))
    return Told(said.mels[0].numpy(), said.alignment[0].numpy(), said.alignment.shape[1] < most)


def vocode(models: VoiceModels, mel: Mel, vocoder: Vocoder) -> NDArray[np.floating]:
    """Return `mel`, (frames, MELS), as a wave of frames * MEL_HOP samples."""
    if vocoder == "griffin_lim":
        return griffin_lim(mel, ITERATIONS, np.random.default_rng(0))
    with torch.inference_mode():
        shown = torch.from_numpy(mel).unsqueeze(0)
        wave = models.waveglow.speak(shown, models.waveglow.config.sigma, generator("waveglow"))
    heard: NDArray[np.floating] = wave[0].numpy()
    return heard


def generator(key: str) -> torch.Generator:
    """Return a source of chance that is the same for `key` every time, whatever was said before."""
    digest = hashlib.sha256(key.encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)

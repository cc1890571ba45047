"""MMS-TTS (Pratap et al. 2024) behind the interface of bhab.audio.voice.Speaker: a VITS voice that Meta trained.

Its weights, facebook/mms-tts-ben, are CC-BY-NC-4.0 and are no part of this package. Emotions are not among what it was
taught: all of them sound alike.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bhab.audio.pcm import resample, to_pcm
from bhab.errors import VoiceError
from bhab.schema import SPEECH_RATE_HZ, Emotion
from bhab.text.clean import clean
from bhab.training.seed import repeatable


class MmsSpeaker:
    """A VITS model from a folder, or by its name from a hub. Raises VoiceError if it cannot be had."""

    def __init__(self, where: str, threads: int) -> None:
        from transformers import AutoTokenizer, VitsModel  # seconds, and only this voice needs it

        self.threads = threads
        try:
            self.model: Any = VitsModel.from_pretrained(where, local_files_only=Path(where).is_dir()).eval()
            self.tokenizer: Any = AutoTokenizer.from_pretrained(where, local_files_only=Path(where).is_dir())
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise VoiceError(
                f"{where}: no MMS-TTS voice, expected its folder or its name on a hub ({reason})"
            ) from error

    def speak(self, text: str, _emotion: Emotion) -> NDArray[np.int16]:
        """Return `text` as sound. Raises VoiceError if it has no character that the voice knows."""
        words = self.tokenizer(clean(text), return_tensors="pt")
        if not words["input_ids"].shape[1]:
            raise VoiceError(f"{text[:60]!r}: nothing that MMS-TTS can say, expected a Bengali sentence")
        repeatable(1, self.threads)  # its noise comes from PyTorch's global source
        with torch.inference_mode():
            wave = self.model(**words).waveform[0].numpy()
        return to_pcm(resample(wave, self.model.config.sampling_rate, SPEECH_RATE_HZ))

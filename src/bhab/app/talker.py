"""What is said to someone, and how it sounds: functions of their input, so the latest answers are kept in memory."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.audio.voice import EspeakSpeaker, Speaker
from bhab.audio.warm import WarmSpeaker
from bhab.config import Params
from bhab.errors import ReplyError, VoiceError
from bhab.schema import Emotion
from bhab.store import read_json

BETWEEN_SENTENCES = re.compile(r"(?<=[\u0964?!]) +")

Reply = Callable[[Emotion, str | None], str]  # to someone who feels so and said that; None: who said nothing
Sound = Callable[[str, Emotion], NDArray[np.int16]]  # 16 kHz mono


class Talker:
    """The feedback model and a voice."""

    def __init__(self, reply: Reply, sound: Sound, kept: int) -> None:
        self.reply = lru_cache(kept)(reply)
        self.sound = lru_cache(kept)(sound)


def sentences(text: str) -> list[str]:
    """Return the sentences of a reply: each is spoken by itself, so that the first is heard sooner."""
    return BETWEEN_SENTENCES.split(text)


def load_talker(models: Path, gate: Path, params: Params) -> tuple[Talker, str]:
    """Return who talks, and the name of the voice: the one that may speak by the verdict in `gate`.

    Raises ReplyError, VoiceError or TableError for what is not there.
    """
    from bhab.text.units import read_units
    from bhab.training.feedback import load_feedback
    from bhab.training.generate import reply  # PyTorch: seconds
    from bhab.training.seed import repeatable
    from bhab.training.speaker import BEST, ESPEAK, speaker_of, voice_name

    units = read_units(models / "vocabulary.json", models / "subwords.model")
    card, model = load_feedback(models / "feedback", units.vocabulary)
    if model is None:
        raise ReplyError(f"{models / 'feedback'}: no model was trained ({card.why})")
    repeatable(params.train_feedback.seed, params.train_feedback.threads)
    name = voice_name(params.speak, read_json(gate) if params.speak.voice == BEST else {}, gate)
    speaker = _warm(speaker_of(name, models / "voice", params))
    instead = None
    if params.speak.voice == BEST and name != ESPEAK:
        instead = _warm(speaker_of(ESPEAK, models / "voice", params))
    talker = Talker(
        lambda emotion, words: reply(model, units, emotion, words, params.live.beam),
        lambda text, emotion: _sound(text, emotion, speaker, instead),
        params.live.replies_kept,
    )
    return talker, name


def _warm(speaker: Speaker) -> Speaker:
    return WarmSpeaker(speaker.voice) if isinstance(speaker, EspeakSpeaker) else speaker


def _sound(text: str, emotion: Emotion, speaker: Speaker, instead: Speaker | None) -> NDArray[np.int16]:
    try:
        return speaker.speak(text, emotion)
    except VoiceError:
        if instead is None:
            raise
        return instead.speak(text, emotion)

"""Bengali sentences as sound: 16 kHz mono int16, the same bytes for the same sentence and voice every time.

Speaker is the interface of all voices. The one here is eSpeak NG's Bengali voice, from the library that the package
espeakng-loader ships; those that were learned are in bhab.training.voice_speak and bhab.training.mms. eSpeak NG is
GPL-3.0: it is loaded at run time, in a process of its own (bhab.audio.espeak), never linked.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bhab.audio import espeak
from bhab.audio.manner import MANNERS
from bhab.audio.pcm import resample, to_float, to_pcm
from bhab.errors import VoiceError
from bhab.schema import SPEECH_RATE_HZ, Emotion

QUIET = 33  # -60 dBFS: a "sentence" that never gets louder has nothing that can be said
HEADROOM_DB = 6.0  # so that the loudest emotion stays under full scale
SAID_IN_ERROR = 60  # characters of a sentence that an error quotes


@dataclass(frozen=True, slots=True)
class Voice:
    """How a sentence is said. The variant gives the timbre: a file name in eSpeak NG's voices/!v (f1, m3, ...)."""

    variant: str
    words_per_minute: int  # 80 to 450
    pitch: int  # 0 to 99; the variant sets what 50 means
    pitch_range: int  # 0 (monotone) to 99


class Speaker(Protocol):
    """Who says sentences."""

    def speak(self, text: str, emotion: Emotion) -> NDArray[np.int16]:
        """Return `text` as sound, shape (samples,), 16 kHz. Raises VoiceError if it cannot be said."""


@dataclass(frozen=True, slots=True)
class EspeakSpeaker:
    """eSpeak NG, in the manner of the emotion."""

    voice: Voice

    def speak(self, text: str, emotion: Emotion) -> NDArray[np.int16]:
        """Return `text` as sound, shape (samples,), 16 kHz. Raises VoiceError if it cannot be said."""
        return to_pcm(as_loud_as(emotion, speak(text, in_manner(self.voice, emotion))))


def in_manner(voice: Voice, emotion: Emotion) -> Voice:
    """Return `voice` as the emotion changes it; how loud it is stays."""
    manner = MANNERS[emotion]
    return replace(
        voice,
        words_per_minute=min(450, max(80, round(voice.words_per_minute * manner.pace))),
        pitch=min(99, max(0, voice.pitch + manner.pitch)),
        pitch_range=min(99, max(0, voice.pitch_range + manner.pitch_range)),
    )


def as_loud_as(emotion: Emotion, pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return what eSpeak NG said as a wave, as loud as the emotion is."""
    gain = 10 ** ((MANNERS[emotion].gain_db - HEADROOM_DB) / 20)
    return np.float32(gain) * to_float(pcm)


def speak(text: str, voice: Voice) -> NDArray[np.int16]:
    """Return `text` as sound, shape (samples,), 16 kHz. Raises VoiceError if it cannot be said."""
    return speak_all([(text, voice)])[0]


def speak_all(sentences: Sequence[tuple[str, Voice]], workers: int = 1) -> list[NDArray[np.int16]]:
    """Return each sentence as `speak` does, in the order given, spoken by `workers` processes.

    Raises VoiceError for the first sentence that cannot be said, or if the library cannot be loaded.
    """
    size = max(1, -(-len(sentences) // workers))
    parts = [sentences[start : start + size] for start in range(0, len(sentences), size)]
    with ThreadPoolExecutor(workers) as pool:
        return [pcm for part in pool.map(_converse, parts) for pcm in part]


def _converse(sentences: Sequence[tuple[str, Voice]]) -> list[NDArray[np.int16]]:
    """Start a process that speaks, give it `sentences`, and take what it said."""
    requests = [json.dumps({"text": text, **asdict(voice)}) for text, voice in sentences]
    done = subprocess.run(  # noqa: S603 - our own file, run by our own Python
        [sys.executable, "-I", str(Path(espeak.__file__))],
        input="\n".join(requests).encode(),
        capture_output=True,
        check=False,
    )
    frames = _frames(done.stdout)
    if len(frames) != len(sentences):
        last_words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise VoiceError(f"eSpeak NG: {len(frames)} sentences spoken of {len(sentences)}, then {last_words}")
    return [sound_of(text, *frame) for (text, _), frame in zip(sentences, frames, strict=True)]


def _frames(stream: bytes) -> list[tuple[int, bytes]]:
    """Return (status, content) of each whole frame of bhab.audio.espeak."""
    frames, at = [], 0
    while at + espeak.FRAME.size <= len(stream):
        status, length = espeak.FRAME.unpack_from(stream, at)
        at += espeak.FRAME.size + length
        frames.append((status, stream[at - length : at]))
    return frames


def sound_of(text: str, status: int, content: bytes) -> NDArray[np.int16]:
    """Return a frame of bhab.audio.espeak as sound at 16 kHz. Raises VoiceError if it holds none."""
    said = text if len(text) <= SAID_IN_ERROR else f"{text[:SAID_IN_ERROR]}..."
    if status != espeak.SPOKEN:
        raise VoiceError(f"{said!r}: {content.decode(errors='replace')}")
    sound = np.frombuffer(content, "<i2").astype(np.int16, copy=False)
    if len(sound) == 0 or np.abs(sound, dtype=np.int32).max() < QUIET:
        raise VoiceError(f"{said!r}: nothing that eSpeak NG can say, expected a Bengali sentence")
    return to_pcm(resample(to_float(sound), espeak.RATE_HZ, SPEECH_RATE_HZ))

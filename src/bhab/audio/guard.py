"""What denoising did to a clip, and whether that is harm. Clips are 16 kHz mono int16, shape (samples,).

A method may take speech for noise, leave more noise than there was, or bend the voice. A clip is compared with what
was made of it, and nobody is asked what is right: so the guard works on clips without labels as well.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bhab.audio.listener import Listener
from bhab.audio.measures import ACTIVE_DB, FRAME_S, audible, decibels, frame_power, snr_db
from bhab.audio.pcm import FULL_SCALE
from bhab.audio.pitch import VOICED, frames_of, pitch_of
from bhab.audio.trim import SPEECH, speech_probability
from bhab.config import DenoiseConfig
from bhab.schema import EMOTIONS

MIN_VOICED = 10  # frames, a tenth of a second, that are voiced before and after; from fewer no pitch is told
MIN_SPOKEN = 5  # frames of 32 ms with speech before; from fewer no share is told
SEMITONES = 12  # in an octave

Verdict = Literal["passed", "snr_worse", "speech_quieter", "pitch_moved", "speech_lost", "emotion_changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What denoising did to one clip."""

    snr_before_db: float
    snr_after_db: float
    level_db: float  # of the frames that speak; negative: quieter
    pitch_semitones: float  # of the median; 0 where too little is voiced to tell
    speech_lost: float  # share of the frames with speech before that have none after
    heard_before: str  # the emotion a listener hears
    heard_after: str
    emotion_lost: float  # by how much the probability of `heard_before` fell


def compare(original: NDArray[np.int16], denoised: NDArray[np.int16], listener: Listener) -> Change:
    """Return what became of `original`."""
    before, after = listener.hear(original), listener.hear(denoised)
    first = int(before.argmax())
    wave = original / FULL_SCALE
    return Change(
        snr_before_db=snr_db(wave),
        snr_after_db=snr_db(denoised / FULL_SCALE, audible(wave)),  # a method may leave digital silence
        level_db=level_change_db(original, denoised),
        pitch_semitones=pitch_change(original, denoised),
        speech_lost=speech_lost(original, denoised),
        heard_before=EMOTIONS[first],
        heard_after=EMOTIONS[int(after.argmax())],
        emotion_lost=float(before[first] - after[first]),
    )


def judge(change: Change, config: DenoiseConfig) -> Verdict:
    """Return "passed", or the first harm there is, from the grossest to the finest."""
    if change.level_db < -config.max_level_loss_db:
        return "speech_quieter"
    if change.snr_after_db < change.snr_before_db:
        return "snr_worse"
    if change.speech_lost > config.max_speech_lost:
        return "speech_lost"
    if abs(change.pitch_semitones) > config.max_pitch_semitones:
        return "pitch_moved"
    if change.heard_before != change.heard_after and change.emotion_lost > config.max_emotion_lost:
        return "emotion_changed"
    return "passed"


def level_change_db(original: NDArray[np.int16], denoised: NDArray[np.int16]) -> float:
    """Return by how much the speech in `original` became louder, in dB, over the frames where it speaks."""
    before = frame_power(original / FULL_SCALE, FRAME_S)
    after = frame_power(denoised / FULL_SCALE, FRAME_S)
    active = before >= before.max() * 10 ** (-ACTIVE_DB / 10)
    return decibels(float(after[active].mean())) - decibels(float(before[active].mean()))


def pitch_change(original: NDArray[np.int16], denoised: NDArray[np.int16]) -> float:
    """Return by how many semitones the median pitch moved, over the frames that are voiced before and after."""
    (hz, periodic), (hz_after, periodic_after) = (pitch_of(frames_of(clip)) for clip in (original, denoised))
    voiced = (periodic >= VOICED) & (periodic_after >= VOICED)
    if voiced.sum() < MIN_VOICED:
        return 0.0
    return SEMITONES * float(np.log2(np.median(hz_after[voiced]) / np.median(hz[voiced])))


def speech_lost(original: NDArray[np.int16], denoised: NDArray[np.int16]) -> float:
    """Return the share of the frames with speech in `original` in which Silero VAD hears none in `denoised`."""
    spoken = speech_probability(original) >= SPEECH
    if spoken.sum() < MIN_SPOKEN:
        return 0.0
    return float(np.mean(speech_probability(denoised)[spoken] < SPEECH))

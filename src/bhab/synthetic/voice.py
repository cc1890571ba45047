"""The corpus that a voice is learned from: one speaker of eSpeak NG, sentences of the grammar, seven manners.

Each text is spoken in the manner of its own emotion and of some others, so that what is said does not tell how. Whole
texts are held out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bhab.audio.measures import FRAME_S, frame_power
from bhab.audio.pcm import to_pcm
from bhab.audio.voice import Voice, as_loud_as, in_manner, speak_all
from bhab.config import VoiceCorpusConfig
from bhab.curation.chance import generator, unit_interval
from bhab.schema import EMOTIONS, SPEECH_RATE_HZ, Emotion, Split, sample_id
from bhab.synthetic.grammar import stream

SOURCE = "voice"
EDGE_S = 0.05  # of silence before and after the sentence
EDGE_DB = 45.0  # under the loudest frame a clip's edges are silence
ROOM = 1e-3  # deviation of the noise under all clips, -60 dBFS: in no room is there digital silence
VOICES = 2  # processes that speak


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence in one manner."""

    text: str
    emotion: Emotion  # as spoken
    split: Split

    @property
    def key(self) -> str:
        """A name that no other line has."""
        return f"{self.emotion}: {self.text}"


def lines(config: VoiceCorpusConfig) -> list[Line]:
    """Return what is said: `texts` sentences of each emotion, each in `manners` manners, its own first."""
    found = []
    for own in Emotion:
        texts = list(islice(_short(stream(own, f"{config.seed} voice"), config.max_chars), config.texts))
        for text, split in zip(texts, _splits(texts, config), strict=True):
            others = sorted(set(Emotion) - {own}, key=lambda e: unit_interval(f"{e}: {text}", f"{config.seed} manner"))
            found += [Line(text, emotion, split) for emotion in (own, *others[: config.manners - 1])]
    return found


def _short(sentences: Iterator[str], max_chars: int) -> Iterator[str]:
    """Yield those without digits, which are not spoken as they are written, of `max_chars` code points at most."""
    return (text for text in sentences if len(text) <= max_chars and not any(map(str.isdigit, text)))


def _splits(texts: Sequence[str], config: VoiceCorpusConfig) -> list[Split]:
    """Return the split of each text; validation and test get one at least."""
    order = sorted(texts, key=lambda text: unit_interval(text, f"{config.seed} split"))
    test = max(1, round(config.test_fraction * len(texts)))
    held = test + max(1, round(config.validation_fraction * len(texts)))
    return [
        Split.TEST if place < test else Split.VALIDATION if place < held else Split.TRAIN
        for place in (order.index(text) for text in texts)
    ]


def record(said: Sequence[Line], voice: Voice) -> list[dict[str, object]]:
    """Return a row of VOICE_CLIPS for each of `said`, spoken by `voice` in a quiet room."""
    sounds = speak_all([(line.text, in_manner(voice, line.emotion)) for line in said], VOICES)
    rows = []
    for line, spoken in zip(said, sounds, strict=True):
        pcm = _in_room(_edged(spoken), line.emotion, generator(line.key, "room"))
        row = {
            "sample_id": sample_id(SOURCE, line.key),
            "text": line.text,
            "emotion": line.emotion,
            "split": line.split,
        }
        rows.append(row | {"pcm": pcm.astype("<i2").tobytes(), "duration_s": len(pcm) / SPEECH_RATE_HZ})
    return rows


def _edged(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return `pcm` from its first to its last loud frame, with EDGE_S of silence before and after."""
    power = frame_power(pcm.astype(np.float64), FRAME_S)
    loud = np.flatnonzero(power > power.max() / 10 ** (EDGE_DB / 10))
    frame, edge = int(FRAME_S * SPEECH_RATE_HZ), int(EDGE_S * SPEECH_RATE_HZ)
    return np.pad(pcm[int(loud[0]) * frame : (int(loud[-1]) + 1) * frame], edge)


def _in_room(pcm: NDArray[np.int16], emotion: Emotion, rng: np.random.Generator) -> NDArray[np.int16]:
    return to_pcm(as_loud_as(emotion, pcm) + ROOM * rng.standard_normal(len(pcm)))


def figures(rows: Sequence[dict[str, object]]) -> dict[str, dict[str, int]]:
    """Return how many clips each split has of each emotion."""
    return {
        split: {e: sum(row["split"] == split and row["emotion"] == e for row in rows) for e in EMOTIONS}
        for split in Split
    }

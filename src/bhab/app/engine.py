"""One frame, picture or sound of one client through all five layers, each timed in milliseconds.

Answers are plain objects, as the page reads them. The clock is the caller's: `at_s` only has to go on.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bhab.app.context import Chances, Context, Track, follow
from bhab.app.integration import Heard, Talk, again, hearing, integrate
from bhab.app.talker import Talker, sentences
from bhab.audio.listener import Listener
from bhab.audio.trim import SPEECH, speech_probability
from bhab.curation.decisions import Drop
from bhab.schema import SPEECH_RATE_HZ, Emotion
from bhab.vision.detect import Box
from bhab.vision.picture import Grey, decode_picture
from bhab.vision.predict import Eyes, Seen

Answer = dict[str, object]
SAID_KEPT = 4  # things said to a client whose sound may still be asked for
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is said: sentences, in the manner of an emotion."""

    number: int
    emotion: Emotion
    text: str
    parts: tuple[str, ...]


@dataclass(slots=True)
class Client:
    """What is known of one open page, in memory and for as long as it is open."""

    at_s: float
    context: Context = field(default_factory=Context)
    talk: Talk = field(default_factory=Talk)
    words: str | None = None  # what was last typed
    faces: list[Seen] = field(default_factory=list)  # of the latest frame or picture
    said: list[Said] = field(default_factory=list)  # the latest SAID_KEPT
    n_said: int = 0
    speaks_until_s: float = -inf  # when the sound that was last asked for is over
    busy: bool = False  # a frame is being looked at


class Laps:
    """Milliseconds of each stage of one request."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.ms: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Count what passed since the last lap as `stage`."""
        now = time.perf_counter()
        self.ms[stage] = round(1000 * (now - self._start), 3)
        self._start = now


@dataclass(frozen=True, slots=True)
class Engine:
    """The models, loaded once."""

    eyes: Eyes
    talker: Talker
    listener: Listener

    def frame(self, client: Client, content: bytes, at_s: float) -> Answer | Drop:
        """Return what a frame of a camera shows and what is said to it, or why it is no picture."""
        live, laps = self.eyes.live, Laps()
        looked = self._look(content, live.frame_px, laps)
        if isinstance(looked, Drop):
            return looked
        grey, boxes, seen = looked
        client.faces = seen
        shown = [(box, face.probabilities) for box, face in zip(boxes, seen, strict=True)]
        client.context, here = follow(client.context, shown, at_s, live)
        client.talk, together, answer_to = integrate(client.talk, here, at_s, client.speaks_until_s, live)
        laps.lap("smooth")
        said = None if answer_to is None else self._say(client, answer_to)
        laps.lap("reply")
        faces = [_face(track, chances) for track, (_, chances) in zip(here, shown, strict=True)]
        joined = together and {
            "chances": _rounded(together.chances),
            "voice_weight": round(together.voice_weight, DIGITS),
            "emotion": client.talk.felt,
            "number": client.talk.partner,
        }
        return _answer(grey, faces, laps) | {"together": joined, "say": said}

    def picture(self, client: Client, content: bytes, at_s: float) -> Answer | Drop:
        """Return what one picture shows, and what is said to its largest face; nothing before it counts."""
        live, laps = self.eyes.live, Laps()
        looked = self._look(content, live.picture_px, laps)
        if isinstance(looked, Drop):
            return looked
        grey, boxes, seen = looked
        client.context, client.talk, client.faces, client.at_s = Context(), Talk(), seen, at_s
        said = self._say(client, seen[0].emotion) if seen else None
        laps.lap("reply")
        _, here = follow(client.context, [(b, f.probabilities) for b, f in zip(boxes, seen, strict=True)], at_s, live)
        faces = [_face(track, track.chances) for track in here]
        return _answer(grey, faces, laps) | {"together": None, "say": said}

    def hear(self, client: Client, pcm: NDArray[np.int16], at_s: float) -> Answer:
        """Return what a sound, 16 kHz mono, sounds like; without enough speech nothing is heard and nothing changes."""
        laps = Laps()
        share = float(np.mean(speech_probability(pcm) >= SPEECH)) if len(pcm) else 0.0
        heard: list[float] | None = None
        if share >= self.eyes.live.min_speech_share and self.listener.trained_on:
            chances = self.listener.hear(pcm)
            client.talk = hearing(client.talk, Heard(chances, at_s))
            heard = _rounded(chances)
        laps.lap("hear")
        return {"speech_share": round(share, DIGITS), "chances": heard, "ms": laps.ms}

    def words(self, client: Client, text: str) -> None:
        """Take what someone typed; it is answered next. Raises ReplyError for a text without a word."""
        self.talker.reply(client.talk.felt or Emotion.NEUTRAL, text)
        client.words, client.talk = text, again(client.talk)

    def sound(self, client: Client, number: int, part: int, at_s: float) -> NDArray[np.int16] | None:
        """Return the sound of a sentence of what was said; None for one that is not there (any more)."""
        said = next((each for each in client.said if each.number == number), None)
        if said is None or not 0 <= part < len(said.parts):
            return None
        pcm = self.talker.sound(said.parts[part], said.emotion)
        client.speaks_until_s = max(client.speaks_until_s, at_s) + len(pcm) / SPEECH_RATE_HZ
        return pcm

    def _look(self, content: bytes, longest_px: int, laps: Laps) -> tuple[Grey, list[Box], list[Seen]] | Drop:
        grey = decode_picture(content, self.eyes.ingest)
        if isinstance(grey, Drop):
            return grey
        laps.lap("decode")
        boxes = self.eyes.find(grey, longest_px)
        laps.lap("detect")
        seen = self.eyes.recognise(grey, boxes)
        laps.lap("recognise")
        return grey, boxes, seen

    def _say(self, client: Client, emotion: Emotion) -> Answer:
        text = self.talker.reply(emotion, client.words)
        client.n_said += 1
        said = Said(client.n_said, emotion, text, tuple(sentences(text)))
        client.said = [*client.said, said][-SAID_KEPT:]
        return {"number": said.number, "emotion": emotion, "text": text, "parts": len(said.parts)}


def _face(track: Track, chances: Chances) -> Mapping[str, object]:
    box = track.box
    return {
        "number": track.number,
        "box": [round(side, 1) for side in (box.x, box.y, box.width, box.height)],
        "chances": _rounded(chances),  # of this frame
        "smoothed": _rounded(track.chances),
        "emotion": track.emotion,
    }


def _answer(grey: Grey, faces: Sequence[Mapping[str, object]], laps: Laps) -> Answer:
    height, width = grey.shape
    message = None if faces else f"no face found in a picture of {width} x {height} pixels, expected one from the front"
    return {"width": width, "height": height, "faces": faces, "message": message, "ms": laps.ms}


def _rounded(chances: Chances) -> list[float]:
    return cast(list[float], chances.round(DIGITS).tolist())

"""What face and voice show together, and when to say something: the last of the five layers from camera to voice.

Face and voice are joined by a linear opinion pool (Stone 1961): a weighted mean, so that neither can rule out what the
other is sure of. One face is joined with the voice and spoken to, the largest. Something is said when what it shows has
changed since the last time, never over what is still being said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from bhab.app.context import Chances, Track, blend, counted, keep_share
from bhab.config import LiveConfig
from bhab.schema import Emotion

NEARER = 1.5  # times the area at which another face takes over: two of about one size would take turns at every frame


@dataclass(frozen=True, slots=True)
class Heard:
    """What a voice sounded like, and when."""

    chances: Chances
    at_s: float


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a conversation stands."""

    partner: int | None = None  # the number of a track
    felt: Emotion | None = None  # what face and voice count as showing together
    said: Emotion | None = None  # to which emotion of this partner the last words went
    said_at_s: float = -inf
    eager: bool = False  # there is something to answer, without a pause
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What face and voice of the partner show."""

    chances: Chances
    voice_weight: float  # 0 where nothing was heard


def integrate(
    talk: Talk, faces: Sequence[Track], at_s: float, speaks_until_s: float, config: LiveConfig
) -> tuple[Talk, Together | None, Emotion | None]:
    """Return the conversation after a frame, what is shown together, and the emotion to answer now, if any.

    What was said last is heard until `speaks_until_s`.
    """
    if not faces:
        return talk, None, None
    face = _partner(talk, faces)
    if face.number != talk.partner:
        talk = replace(talk, partner=face.number, felt=None, said=None)
    together = fuse(face.chances, talk.heard, at_s, config)
    felt = counted(talk.felt, together.chances, config.min_lead)
    talk = replace(talk, felt=felt)
    quiet_from_s = max(talk.said_at_s, speaks_until_s) + (0.0 if talk.eager else config.pause_s)
    settled = at_s - face.since_s >= config.settle_s
    if not settled or felt == talk.said or at_s < quiet_from_s:
        return talk, together, None
    return replace(talk, said=felt, said_at_s=at_s, eager=False), together, felt


def _partner(talk: Talk, faces: Sequence[Track]) -> Track:
    """Return the face that is spoken to: the one before, unless it is gone or another one is much nearer."""
    largest = max(faces, key=lambda track: track.box.area)
    before = next((track for track in faces if track.number == talk.partner), largest)
    return largest if largest.box.area > NEARER * before.box.area else before


def fuse(face: Chances, heard: Heard | None, at_s: float, config: LiveConfig) -> Together:
    """Return face and voice together; what was heard fades."""
    if heard is None:
        return Together(face, 0.0)
    weight = config.voice_weight * keep_share(at_s - heard.at_s, config.voice_half_life_s)
    return Together(blend(heard.chances, face, weight), weight)


def again(talk: Talk) -> Talk:
    """Return the conversation when there is something new to answer, though the emotion may be the same."""
    return replace(talk, said=None, eager=True)


def hearing(talk: Talk, heard: Heard) -> Talk:
    """Return the conversation when a voice was heard."""
    return replace(talk, heard=heard)

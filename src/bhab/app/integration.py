"""What face and voice show together, and when to say something: the last of the five layers from camera to voice.

Face and voice are joined by a linear opinion pool (Stone 1961): a weighted mean, so that neither can rule out what the
other is sure of. Only the largest face is joined with the voice and spoken to. Something is said when what it shows has
changed since the last time, never over what is still being said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bhab.app.context import Chances, Track, blend, counted, keep_share
from bhab.config import LiveConfig
from bhab.schema import Emotion


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
    said: Emotion | None = None  # to which emotion the last words went
    quiet_from_s: float = 0.0  # when something may be said again
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What the largest face and the voice show together."""

    chances: Chances
    voice_weight: float  # 0 where nothing was heard


def integrate(
    talk: Talk, faces: Sequence[Track], at_s: float, config: LiveConfig
) -> tuple[Talk, Together | None, Emotion | None]:
    """Return the conversation after a frame, what is shown together, and the emotion to answer now, if any."""
    if not faces:
        return talk, None, None
    face = max(faces, key=lambda track: track.box.area)
    if face.number != talk.partner:
        talk = replace(talk, partner=face.number, felt=None, said=None)
    together = fuse(face.chances, talk.heard, at_s, config)
    felt = counted(talk.felt, together.chances, config.min_lead)
    talk = replace(talk, felt=felt)
    settled = at_s - face.since_s >= config.settle_s
    if not settled or felt == talk.said or at_s < talk.quiet_from_s:
        return talk, together, None
    return replace(talk, said=felt, quiet_from_s=at_s + config.pause_s), together, felt


def fuse(face: Chances, heard: Heard | None, at_s: float, config: LiveConfig) -> Together:
    """Return face and voice together; what was heard fades."""
    if heard is None:
        return Together(face, 0.0)
    weight = config.voice_weight * keep_share(at_s - heard.at_s, config.voice_half_life_s)
    return Together(blend(heard.chances, face, weight), weight)


def speaking(talk: Talk, at_s: float, duration_s: float, config: LiveConfig) -> Talk:
    """Return the conversation when a sound of that length begins: nothing else is said until a pause after it."""
    return replace(talk, quiet_from_s=max(talk.quiet_from_s, at_s + duration_s + config.pause_s))


def again(talk: Talk) -> Talk:
    """Return the conversation when there is something new to answer, though the emotion may be the same."""
    return replace(talk, said=None, quiet_from_s=0.0)

"""What was seen before: the fourth of the five layers from camera to voice.

A face is followed from frame to frame by the overlap of its boxes, and what it shows is smoothed over time: a frame's
weight halves every `half_life_s`, however many frames there were. Probabilities are (7,) in the order of EMOTIONS.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.config import LiveConfig
from bhab.schema import EMOTIONS, Emotion
from bhab.vision.detect import Box

Chances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Track:
    """One face that is followed."""

    number: int
    box: Box
    chances: Chances  # smoothed
    emotion: Emotion  # what it counts as showing
    since_s: float
    at_s: float  # when it was last seen


@dataclass(frozen=True, slots=True)
class Context:
    """All faces that are followed; `met` is how many there ever were."""

    tracks: tuple[Track, ...] = ()
    met: int = 0


def follow(
    context: Context, seen: Sequence[tuple[Box, Chances]], at_s: float, config: LiveConfig
) -> tuple[Context, list[Track]]:
    """Return the context after a frame, and the track of each face in it, in the order given.

    Who overlaps most belongs together first; a face that overlaps with nobody is new.
    """
    alive = [track for track in context.tracks if at_s - track.at_s <= config.forget_s]
    before = _matched([track.box for track in alive], [box for box, _ in seen], config.min_overlap)
    met, here = context.met, []
    for place, (box, chances) in enumerate(seen):
        if place in before:
            old = alive[before[place]]
            mixed = blend(old.chances, chances, keep_share(at_s - old.at_s, config.half_life_s))
            emotion = counted(old.emotion, mixed, config.min_lead)
            here.append(Track(old.number, box, mixed, emotion, old.since_s, at_s))
        else:
            met += 1
            here.append(Track(met, box, chances, counted(None, chances, config.min_lead), at_s, at_s))
    unseen = [track for place, track in enumerate(alive) if place not in before.values()]
    return Context((*here, *unseen), met), here


def keep_share(passed_s: float, half_life_s: float) -> float:
    """Return what is left of a weight of 1 after some time."""
    return float(2.0 ** (-passed_s / half_life_s))


def blend(old: Chances, new: Chances, keep: float) -> Chances:
    """Return the mean of both; `keep` is the weight of `old`, and the two weights sum to 1."""
    return keep * old + (1 - keep) * new


def counted(before: Emotion | None, chances: Chances, min_lead: float) -> Emotion:
    """Return the emotion that counts: the one before, unless another leads it by `min_lead`."""
    best = Emotion(EMOTIONS[int(chances.argmax())])
    if before is None or chances.max() - chances[EMOTIONS.index(before)] >= min_lead:
        return best
    return before


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union, 0 to 1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, across) * max(0.0, down)
    return shared / (one.area + other.area - shared) if shared else 0.0


def _matched(old: Sequence[Box], new: Sequence[Box], min_overlap: float) -> dict[int, int]:
    """Return the place in `old` of each box of `new` that has one, by its place; no two have the same."""
    shares = [(overlap(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(new)]
    found: dict[int, int] = {}
    for share, i, j in sorted(shares, key=lambda each: (-each[0], each[1:])):
        if share >= min_overlap and j not in found and i not in found.values():
            found[j] = i
    return found

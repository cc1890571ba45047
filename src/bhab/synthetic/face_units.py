"""What an expression is made of: facial action units, and which of them belong to which emotion.

The units and their numbers are those of the Facial Action Coding System (Ekman, Friesen 1978), the prototypes those
of EMFACS (Friesen, Ekman 1983). A strength is 0 (at rest) to 1 (as far as a face goes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from bhab.schema import EMOTIONS, Emotion

MIXED_SHARE = 0.25  # of the faces show a second emotion under the first: real faces do, and no model gets all of them
MIXED_STRENGTH = 0.55  # of a second emotion at most
WEAK_SHARE = 0.16  # of the faces barely show what they are labelled with
UNREST = 0.08  # standard deviation of what any unit does for no reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """One facial expression."""

    inner_brow_raise: float = 0.0  # 1
    outer_brow_raise: float = 0.0  # 2
    brow_lower: float = 0.0  # 4
    lid_raise: float = 0.0  # 5
    cheek_raise: float = 0.0  # 6
    lid_tighten: float = 0.0  # 7
    nose_wrinkle: float = 0.0  # 9
    upper_lip_raise: float = 0.0  # 10
    corner_pull: float = 0.0  # 12
    corner_depress: float = 0.0  # 15
    chin_raise: float = 0.0  # 17
    lip_stretch: float = 0.0  # 20
    lip_tighten: float = 0.0  # 23
    lips_part: float = 0.0  # 25
    jaw_drop: float = 0.0  # 26
    lid_droop: float = 0.0  # 43, in part


NAMES: tuple[str, ...] = tuple(f.name for f in fields(Units))

# Of each unit: how strong it is in a full expression, and in what share of full expressions it occurs.
PROTOTYPES: Mapping[Emotion, Mapping[str, tuple[float, float]]] = {
    Emotion.ANGRY: {
        "brow_lower": (1.0, 1.0),
        "lid_raise": (0.4, 0.5),
        "lid_tighten": (0.7, 0.9),
        "lip_tighten": (0.9, 0.7),
        "lips_part": (0.6, 0.3),
        "upper_lip_raise": (0.4, 0.25),
        "corner_depress": (0.35, 0.5),
    },
    Emotion.DISGUST: {
        "nose_wrinkle": (1.0, 0.95),
        "upper_lip_raise": (1.0, 0.95),
        "brow_lower": (0.5, 0.7),
        "lid_tighten": (0.7, 0.9),
        "cheek_raise": (0.5, 0.6),
        "corner_depress": (0.6, 0.6),
        "chin_raise": (0.5, 0.5),
        "lips_part": (0.35, 0.4),
    },
    Emotion.FEAR: {
        "inner_brow_raise": (1.0, 1.0),
        "outer_brow_raise": (0.4, 0.7),
        "brow_lower": (0.4, 0.8),
        "lid_raise": (1.0, 0.95),
        "lip_stretch": (1.0, 0.95),
        "lips_part": (0.9, 0.9),
        "jaw_drop": (0.25, 0.5),
    },
    Emotion.HAPPY: {
        "cheek_raise": (0.9, 0.9),
        "corner_pull": (1.0, 1.0),
        "lips_part": (0.9, 0.75),
        "jaw_drop": (0.25, 0.3),
    },
    Emotion.NEUTRAL: {},
    Emotion.SAD: {
        "inner_brow_raise": (0.9, 0.95),
        "brow_lower": (0.4, 0.6),
        "corner_depress": (1.0, 0.95),
        "chin_raise": (0.6, 0.6),
        "lid_droop": (0.7, 0.85),
        "lips_part": (0.25, 0.15),
    },
    Emotion.SURPRISE: {
        "inner_brow_raise": (0.9, 1.0),
        "outer_brow_raise": (1.0, 1.0),
        "lid_raise": (0.9, 0.95),
        "lips_part": (0.6, 1.0),
        "jaw_drop": (1.0, 0.95),
    },
}


def draw_units(emotion: Emotion, rng: np.random.Generator, *, clear: bool = False) -> Units:
    """Return one way a person may show `emotion`: weakly or fully, alone or mixed with another.

    What is `clear`, fully and alone, looks like many that are so by chance: nothing but the emotion may tell it.
    """
    weak = rng.random() < WEAK_SHARE and not clear
    strength = rng.uniform(0.2, 0.5) if weak else rng.uniform(0.8 if clear else 0.55, 1.1)
    units = _show(emotion, strength, rng)
    if rng.random() < MIXED_SHARE and not clear:
        second = Emotion(EMOTIONS[rng.integers(len(EMOTIONS))])
        units = _stronger(units, _show(second, strength * rng.uniform(0.1, MIXED_STRENGTH), rng))
    unrest = np.abs(rng.normal(0.0, UNREST, len(NAMES)))
    return replace(
        units, **{name: min(1.0, getattr(units, name) + u) for name, u in zip(NAMES, unrest.tolist(), strict=True)}
    )


def _show(emotion: Emotion, strength: float, rng: np.random.Generator) -> Units:
    shown = {}
    for name, (mean, share) in PROTOTYPES[emotion].items():
        present, vigour = rng.random() < share, rng.uniform(0.75, 1.2)
        shown[name] = min(1.0, mean * strength * vigour) if present else 0.0
    return Units(**shown)


def _stronger(one: Units, other: Units) -> Units:
    return Units(**{name: max(getattr(one, name), getattr(other, name)) for name in NAMES})

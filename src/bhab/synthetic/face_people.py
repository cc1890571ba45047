"""Who is drawn: people who do not exist, with the demographic imbalance that the audit has to find.

Lengths are in half face heights, x to the viewer's right, y down, the origin between eyes and nose. Grey levels are
0 to 255.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from bhab.schema import Emotion, Gender, SkinTone

T = TypeVar("T")

# Planted: who is shown with which emotion. From predicted genders of FER2013, .35 (angry) to .61 (happy).
FEMALE_SHARE: Mapping[Emotion, float] = {
    Emotion.ANGRY: 0.35,
    Emotion.DISGUST: 0.45,
    Emotion.FEAR: 0.52,
    Emotion.HAPPY: 0.61,
    Emotion.NEUTRAL: 0.46,
    Emotion.SAD: 0.55,
    Emotion.SURPRISE: 0.50,
}
OTHER_SHARE = 0.02  # of the people, and of the pictures of each emotion
GENDERS = ((Gender.OTHER, OTHER_SHARE), (Gender.FEMALE, 0.49), (Gender.MALE, 0.49))
FEMININE: Mapping[Gender, float] = {Gender.FEMALE: 0.8, Gender.MALE: 0.2, Gender.OTHER: 0.5}  # how one dresses, mean

# Planted: dark skin is rare. Of each tone: share of the people, grey level under full light.
TONES: Mapping[SkinTone, tuple[float, float]] = {
    SkinTone.VERY_LIGHT: (0.17, 222.0),
    SkinTone.LIGHT: (0.29, 202.0),
    SkinTone.INTERMEDIATE: (0.24, 180.0),
    SkinTone.TAN: (0.16, 156.0),
    SkinTone.BROWN: (0.10, 128.0),
    SkinTone.DARK: (0.04, 98.0),
}

# Planted: few children, few old people. Years from and to, share of the people.
AGES = (((4, 12), 0.09), ((13, 19), 0.13), ((20, 39), 0.45), ((40, 59), 0.23), ((60, 85), 0.10))
GREY_FROM, GREY_BY = 38, 75  # years between which hair turns grey
WRINKLED_FROM, WRINKLED_BY = 35, 80
GROWN_BY = 17
FAIR_SHARE, BEARDED_SHARE, MOUSTACHE_SHARE = 0.5, 0.4, 0.5  # of those who can


class Hair(StrEnum):
    """How the hair is worn."""

    BALD = "bald"
    RECEDING = "receding"
    SHORT = "short"
    FRINGE = "fringe"
    TIED = "tied"
    LONG = "long"
    SCARF = "scarf"


class Glasses(StrEnum):
    """What is worn before the eyes."""

    NONE = "none"
    ROUND = "round"
    SQUARE = "square"


HAIR_OF_MEN = ((Hair.SHORT, 0.55), (Hair.FRINGE, 0.15), (Hair.RECEDING, 0.2), (Hair.BALD, 0.1))
HAIR_OF_WOMEN = ((Hair.LONG, 0.4), (Hair.TIED, 0.22), (Hair.FRINGE, 0.2), (Hair.SCARF, 0.12), (Hair.SHORT, 0.06))
GLASSES = ((Glasses.NONE, 0.82), (Glasses.ROUND, 0.09), (Glasses.SQUARE, 0.09))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How somebody looks in every picture: lengths, grey levels, and shares from 0 to 1."""

    skin: float  # grey level under full light
    hair_grey: float
    hairline_y: float
    part_x: float  # where the hair parts
    beard: float  # 0 none to 1 full
    moustache: float
    lined: float  # 0 smooth to 1 an old face
    width: float  # half width at the cheekbones
    jaw: float  # how much narrower the jaw is
    chin_y: float
    eye_x: float
    eye_y: float
    eye_size: float
    eye_tilt: float
    iris_grey: float
    lash: float
    brow_y: float
    brow_thickness: float
    brow_slant: float  # at rest: above 0 looks stern, below sad
    nose_y: float
    nose_width: float
    mouth_y: float
    mouth_width: float
    mouth_rest: float  # at rest: above 0 the corners hang
    lip: float  # thickness
    lip_share: float  # of the light that skin returns


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One subject: what is stated about them, and what they look like."""

    subject: str
    gender: Gender
    age_years: int
    skin_tone: SkinTone
    hair: Hair
    glasses: Glasses
    looks: Looks


def draw_person(subject: str, rng: np.random.Generator) -> Person:
    """Return the person called `subject`."""
    gender = _pick(GENDERS, rng)
    low, high = _pick(AGES, rng)
    age = int(rng.integers(low, high + 1))
    tone = _pick(tuple((tone, share) for tone, (share, _) in TONES.items()), rng)
    feminine = float(np.clip(rng.normal(FEMININE[gender], 0.13), 0, 1))
    hair = _pick(HAIR_OF_WOMEN if feminine > rng.uniform(0.35, 0.65) else HAIR_OF_MEN, rng)
    if hair in {Hair.BALD, Hair.RECEDING} and age < GREY_FROM:
        hair = Hair.SHORT
    looks = Looks(
        skin=TONES[tone][1] + rng.uniform(-9, 9),
        lined=_between(age, WRINKLED_FROM, WRINKLED_BY),
        **_hair(hair, tone, age, rng),
        **_beard(feminine, age, rng),
        **_shape(feminine, _between(age, GROWN_BY, 3), rng),
    )
    return Person(
        subject=subject,
        gender=gender,
        age_years=age,
        skin_tone=tone,
        hair=hair,
        glasses=_pick(GLASSES, rng),
        looks=looks,
    )


def _hair(hair: Hair, tone: SkinTone, age: int, rng: np.random.Generator) -> dict[str, float]:
    fair = tone in {SkinTone.VERY_LIGHT, SkinTone.LIGHT} and rng.random() < FAIR_SHARE
    young = rng.uniform(35, 150) if fair else rng.uniform(18, 50)
    white = _between(age, GREY_FROM, GREY_BY) * rng.uniform(0.5, 1.0)
    return {
        "hair_grey": rng.uniform(30, 230) if hair == Hair.SCARF else young + (205 - young) * white,
        "hairline_y": rng.uniform(-0.74, -0.64),
        "part_x": rng.uniform(-0.3, 0.3),
    }


def _beard(feminine: float, age: int, rng: np.random.Generator) -> dict[str, float]:
    grows = feminine < rng.uniform(0.35, 0.65) and age > GROWN_BY
    shaven = rng.uniform(0.0, 0.12)
    beard = rng.uniform(0.25, 0.9) if rng.random() < BEARDED_SHARE else shaven
    moustache = rng.uniform(0.2, 0.9) if rng.random() < MOUSTACHE_SHARE else shaven
    return {"beard": grows * beard, "moustache": grows * moustache}


def _shape(feminine: float, child: float, rng: np.random.Generator) -> dict[str, float]:
    """Return the lengths of `Looks`; a child's features sit lower and closer, its eyes are larger."""
    wide = rng.normal(0, 1, 16).clip(-2, 2).tolist()  # one draw a length, in standard deviations
    return {
        "width": 0.71 + 0.03 * wide[0] - 0.02 * feminine + 0.05 * child,
        "jaw": 0.05 + 0.05 * wide[1] + 0.09 * feminine,
        "chin_y": 0.93 + 0.03 * wide[2] - 0.03 * feminine - 0.09 * child,
        "eye_x": 0.315 + 0.012 * wide[3] + 0.01 * child,
        "eye_y": -0.20 + 0.02 * wide[4] + 0.08 * child,
        "eye_size": 1.0 + 0.06 * wide[5] + 0.08 * feminine + 0.2 * child,
        "eye_tilt": 0.015 * wide[6] - 0.005,
        "iris_grey": 45 + 16 * abs(wide[7]),
        "brow_y": -0.43 + 0.018 * wide[8] - 0.02 * feminine + 0.06 * child,
        "brow_thickness": (0.05 + 0.008 * wide[9] - 0.02 * feminine) * (1 - 0.3 * child),
        "brow_slant": 0.02 * wide[10],
        "nose_y": 0.17 + 0.02 * wide[11] - 0.02 * child,
        "nose_width": 0.145 + 0.014 * wide[12] - 0.018 * feminine - 0.02 * child,
        "mouth_y": 0.50 + 0.02 * wide[13] - 0.02 * child,
        "mouth_width": 0.275 + 0.02 * wide[14] - 0.04 * child,
        "mouth_rest": 0.013 * wide[15],
        "lip": 0.055 + 0.012 * feminine + rng.uniform(-0.01, 0.012),
        "lip_share": 0.72 - 0.1 * feminine * (1 - child),
        "lash": 0.026 + 0.01 * feminine * (1 - child),
    }


def _between(value: float, zero_at: float, one_at: float) -> float:
    """Return where `value` lies between two others, cut to 0 and 1."""
    return min(1.0, max(0.0, (value - zero_at) / (one_at - zero_at)))


def _pick(weighted: Sequence[tuple[T, float]], rng: np.random.Generator) -> T:
    """Return one value of pairs of value and weight."""
    at = rng.random() * math.fsum(weight for _, weight in weighted)
    for value, weight in weighted[:-1]:
        at -= weight
        if at < 0:
            return value
    return weighted[-1][0]

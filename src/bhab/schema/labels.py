"""The closed sets of names a sample may carry. Labels are names, never positions."""

from enum import StrEnum


class Emotion(StrEnum):
    """The label set of the corpus, alphabetical. Adapters map into it and never out of it."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    NEUTRAL = "neutral"
    SAD = "sad"
    SURPRISE = "surprise"


class Modality(StrEnum):
    """What kind of thing a sample is; also the name of its table."""

    FACES = "faces"
    TEXTS = "texts"
    SPEECH = "speech"


class Split(StrEnum):
    """What a sample is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Gender(StrEnum):
    """Gender as the source states it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class AgeGroup(StrEnum):
    """Age in years, in five groups wide enough to stay above the k of k-anonymity."""

    CHILD = "0-12"
    TEEN = "13-19"
    YOUNG = "20-39"
    MIDDLE = "40-59"
    OLD = "60+"


class SkinTone(StrEnum):
    """The six classes of the individual typology angle (Chardon, Cretois, Hourseau 1991), lightest first."""

    VERY_LIGHT = "very_light"
    LIGHT = "light"
    INTERMEDIATE = "intermediate"
    TAN = "tan"
    BROWN = "brown"
    DARK = "dark"


EMOTIONS: tuple[str, ...] = tuple(e.value for e in Emotion)


def age_group(years: float) -> AgeGroup:
    """Return the group of an age in years."""
    for limit, group in (
        (13, AgeGroup.CHILD),
        (20, AgeGroup.TEEN),
        (40, AgeGroup.YOUNG),
        (60, AgeGroup.MIDDLE),
    ):
        if years < limit:
            return group
    return AgeGroup.OLD

"""What is wrong with the drawn corpus on purpose. Every fault is extra: the rows without them are the clean corpus."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bhab.curation.chance import generator
from bhab.schema import EMOTIONS, Emotion, Modality
from bhab.synthetic.face_people import Person
from bhab.synthetic.face_pictures import Picture
from bhab.synthetic.plan import Fault, FaultKind

PAIRS = (FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE, FaultKind.NEAR_DUPLICATE)
SINGLES = (FaultKind.WRONG_LABEL, FaultKind.WRONG_LABEL_NAME, FaultKind.CORRUPT, FaultKind.BLANK)
TEST_SHARE = 0.2
NO_EMOTION = 9  # FER2013's codes end at 6
MISTAKEN_FOR: Mapping[Emotion, Emotion] = {  # what no person would confuse
    Emotion.ANGRY: Emotion.HAPPY,
    Emotion.DISGUST: Emotion.SURPRISE,
    Emotion.FEAR: Emotion.HAPPY,
    Emotion.HAPPY: Emotion.ANGRY,
    Emotion.NEUTRAL: Emotion.SURPRISE,
    Emotion.SAD: Emotion.HAPPY,
    Emotion.SURPRISE: Emotion.DISGUST,
}


def plant(people: Mapping[str, Sequence[Person]], codes: Mapping[Emotion, int], n: int, seed: str) -> list[Picture]:
    """Return the pictures that carry `n` faults of each kind; `people` by usage, Training first."""
    training, test = people
    planted = []
    for number in range(n):
        emotion = Emotion(EMOTIONS[number % len(EMOTIONS)])
        for kind in (*PAIRS, *SINGLES):
            key = f"{kind}/{number}"
            rng = generator(key, f"{seed}/planted")
            leaks = kind == FaultKind.CROSS_SPLIT_DUPLICATE
            usage = test if not leaks and rng.random() < TEST_SHARE else training
            person = people[usage][int(rng.integers(len(people[usage])))]
            picture = Picture(
                key=key,
                drawing=key,
                person=person,
                emotion=emotion,
                code=codes[emotion],
                usage=usage,
                fault=(kind, number),
            )
            if kind in PAIRS:
                other = test if leaks else usage
                planted += [picture, replace(picture, key=f"{key}/copy", usage=other, spoil=kind)]
            else:
                planted.append(replace(picture, code=_code(kind, emotion, codes), spoil=kind))
    return planted


def _code(kind: FaultKind, emotion: Emotion, codes: Mapping[Emotion, int]) -> int:
    if kind == FaultKind.WRONG_LABEL:
        return codes[MISTAKEN_FOR[emotion]]
    return NO_EMOTION if kind == FaultKind.WRONG_LABEL_NAME else codes[emotion]


def faults_of(pictures: Mapping[str, Picture]) -> list[Fault]:
    """Return the manifest of `pictures` by source key; of a pair the original comes first."""
    keys: dict[tuple[FaultKind, int], list[str]] = {}
    for key, picture in sorted(pictures.items(), key=lambda item: item[1].key):
        if picture.fault is not None:
            keys.setdefault(picture.fault, []).append(key)
    return [Fault(kind, Modality.FACES, tuple(keys[kind, number])) for kind, number in sorted(keys)]

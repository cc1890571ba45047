"""What is wrong with the drawn corpus on purpose. Every fault is extra: the rows without them are the clean corpus."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bhab.curation.chance import generator
from bhab.schema import EMOTIONS, Emotion, Modality
from bhab.synthetic.face_people import Person
from bhab.synthetic.face_pictures import Picture
from bhab.synthetic.plan import Fault, FaultKind, Mark, mistaken

PAIRS = (FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE, FaultKind.NEAR_DUPLICATE)
KINDS = (
    *PAIRS,
    FaultKind.WRONG_LABEL,
    FaultKind.WRONG_LABEL_NAME,
    FaultKind.CORRUPT,
    FaultKind.BLANK,
    FaultKind.NOT_A_FACE,
)
TEST_SHARE = 0.2
NO_EMOTION = 9  # FER2013's codes end at 6


def plant(
    people: Mapping[str, Sequence[Person]], codes: Mapping[Emotion, int], planted: Sequence[Mark], seed: str
) -> list[Picture]:
    """Return the pictures that carry the faults `planted`; `people` by usage, Training first.

    Of the near duplicates every second has its copy in the other usage.
    """
    training, test = people
    pictures = []
    for mark in planted:
        emotion = Emotion(EMOTIONS[mark.number % len(EMOTIONS)])
        rng = generator(mark.key, f"{seed}/planted")
        leaks = mark.kind == FaultKind.CROSS_SPLIT_DUPLICATE or (mark.variant != "" and mark.number % 2 == 1)
        usage = test if not leaks and rng.random() < TEST_SHARE else training
        person = people[usage][int(rng.integers(len(people[usage])))]
        picture = Picture(
            key=mark.key,
            drawing=mark.key,
            person=person,
            emotion=emotion,
            code=codes[emotion],
            usage=usage,
            fault=mark,
        )
        if mark.kind in PAIRS:
            other = test if leaks else usage
            pictures += [picture, replace(picture, key=f"{mark.key}/copy", usage=other, spoil=mark.kind)]
        else:
            pictures.append(replace(picture, code=_code(picture, mark.kind, codes, seed), spoil=mark.kind))
    return pictures


def _code(picture: Picture, kind: FaultKind, codes: Mapping[Emotion, int], seed: str) -> int:
    if kind == FaultKind.WRONG_LABEL:
        return codes[mistaken(picture.emotion, picture.key, seed)]
    return NO_EMOTION if kind == FaultKind.WRONG_LABEL_NAME else picture.code


def faults_of(pictures: Mapping[str, Picture]) -> list[Fault]:
    """Return the manifest of `pictures` by source key; of a pair the original comes first."""
    keys: dict[Mark, list[str]] = {}
    for key, picture in sorted(pictures.items(), key=lambda item: item[1].key):
        if picture.fault is not None:
            keys.setdefault(picture.fault, []).append(key)
    return [Fault(mark.kind, Modality.FACES, tuple(keys[mark]), mark.variant) for mark in sorted(keys)]

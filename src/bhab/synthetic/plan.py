"""How much of the embedded corpus there is, and what is wrong with it on purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bhab.config import SynthesizeConfig
from bhab.curation.chance import unit_interval
from bhab.schema import EMOTIONS, Emotion, Modality

# The paper's Table 1 and Table 2 by the sums of their rows, 16,705 images and 5,065 texts (the printed totals,
# 16,785 and 6,065, do not add up). Shares of the classes: the class counts its authors publish with the paper.
FACES_TOTAL = 16_705
TEXTS_TOTAL = 5_065
SHARES: Mapping[Emotion, int] = {
    Emotion.ANGRY: 3225,
    Emotion.DISGUST: 825,
    Emotion.FEAR: 3300,
    Emotion.HAPPY: 4125,
    Emotion.NEUTRAL: 3475,
    Emotion.SAD: 3400,
    Emotion.SURPRISE: 3075,
}
UNLIKE: Mapping[Emotion, tuple[Emotion, ...]] = {  # what no person would confuse with it, the least alike first
    Emotion.ANGRY: (Emotion.HAPPY, Emotion.SURPRISE),
    Emotion.DISGUST: (Emotion.SURPRISE, Emotion.HAPPY),
    Emotion.FEAR: (Emotion.HAPPY, Emotion.ANGRY, Emotion.DISGUST),
    Emotion.HAPPY: (Emotion.ANGRY, Emotion.FEAR, Emotion.SAD),
    Emotion.NEUTRAL: (Emotion.SURPRISE, Emotion.DISGUST, Emotion.FEAR),
    Emotion.SAD: (Emotion.HAPPY, Emotion.DISGUST, Emotion.SURPRISE),
    Emotion.SURPRISE: (Emotion.DISGUST, Emotion.ANGRY, Emotion.SAD),
}


class FaultKind(StrEnum):
    """What was planted. Each kind names the check that ought to find it."""

    EXACT_DUPLICATE = "exact_duplicate"  # equal content under another key, same published split
    CROSS_SPLIT_DUPLICATE = "cross_split_duplicate"  # equal content in training and in test
    NEAR_DUPLICATE = "near_duplicate"  # the same content, changed in one of several ways: the variants
    WRONG_LABEL = "wrong_label"  # a valid label that does not fit the content
    WRONG_LABEL_NAME = "wrong_label_name"  # a label outside the source's label set
    CORRUPT = "corrupt"  # cannot be decoded
    BLANK = "blank"  # an image of one grey level
    NOT_A_FACE = "not_a_face"  # a picture of something else, with an emotion for its label
    SILENT = "silent"
    CLIPPED = "clipped"
    WRONG_SAMPLE_RATE = "wrong_sample_rate"  # 8 kHz telephone sound
    BROKEN_UNICODE = "broken_unicode"  # bytes that are not UTF-8


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: the items it is about, by the keys their adapter will give them.

    Of a duplicate `keys` are the original and its copy; of anything else the one bad item. `variant` tells the ways
    apart in which a fault of one kind is made; it is empty where there is one way.
    """

    kind: FaultKind
    modality: Modality
    keys: tuple[str, ...]
    variant: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """The place of a fault among all that are planted in one modality: the `number`th of its kind and variant."""

    kind: FaultKind
    number: int
    variant: str = ""

    @property
    def key(self) -> str:
        """A name that no other mark has."""
        return "/".join(filter(None, (self.kind, self.variant, str(self.number))))


def marks(kinds: Sequence[FaultKind], variants: Sequence[str], items: int, config: SynthesizeConfig) -> list[Mark]:
    """Return what to plant among `items` sound ones: `config.faults` of each of `kinds`, and of each variant if near.

    Of wrong labels there are `config.wrong_labels` of the items if that is more, for their share in all is what the
    search for them has to get right too.
    """
    planted = []
    for kind in kinds:
        n = config.faults
        if kind is FaultKind.WRONG_LABEL:
            n = max(n, round(config.wrong_labels * items))
        for variant in variants if kind is FaultKind.NEAR_DUPLICATE else [""]:
            planted += [Mark(kind, number, variant) for number in range(n)]
    return planted


def mistaken(emotion: Emotion, key: str, seed: str) -> Emotion:
    """Return the wrong label of the item called `key`, which shows `emotion`."""
    others = UNLIKE[emotion]
    return others[int(unit_interval(key, f"{seed} mistaken") * len(others))]


def class_counts(total: int, scale: float) -> dict[Emotion, int]:
    """Return how many items of each emotion there are: `SHARES` of `total * scale`, the sum exact, at least 2 each."""
    whole = sum(SHARES.values())
    wanted = round(total * scale)
    exact = {e: wanted * SHARES[e] / whole for e in SHARES}
    counts = {e: int(exact[e]) for e in SHARES}
    by_remainder = sorted(SHARES, key=lambda e: (counts[e] - exact[e], EMOTIONS.index(e)))
    for emotion in by_remainder[: wanted - sum(counts.values())]:
        counts[emotion] += 1
    return {e: max(2, n) for e, n in counts.items()}

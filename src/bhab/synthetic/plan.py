"""How much of the embedded corpus there is, and what is wrong with it on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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


class FaultKind(StrEnum):
    """What was planted. Each kind names the check that ought to find it."""

    EXACT_DUPLICATE = "exact_duplicate"  # equal content under another key, same published split
    CROSS_SPLIT_DUPLICATE = "cross_split_duplicate"  # equal content in training and in test
    NEAR_DUPLICATE = "near_duplicate"
    WRONG_LABEL = "wrong_label"  # a valid label that does not fit the content
    WRONG_LABEL_NAME = "wrong_label_name"  # a label outside the source's label set
    CORRUPT = "corrupt"  # cannot be decoded
    BLANK = "blank"  # an image of one grey level
    SILENT = "silent"
    CLIPPED = "clipped"
    WRONG_SAMPLE_RATE = "wrong_sample_rate"  # 8 kHz telephone sound
    BROKEN_UNICODE = "broken_unicode"  # bytes that are not UTF-8


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: the items it is about, by the keys their adapter will give them.

    Of a duplicate `keys` are the original and its copy; of anything else the one bad item.
    """

    kind: FaultKind
    modality: Modality
    keys: tuple[str, ...]


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

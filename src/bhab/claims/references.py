"""Class counts of well-known sets, by which a permuted label map is recognised.

FER2013 by `Usage` and code in fer2013.csv (Goodfellow et al., "Challenges in Representation Learning", 2013), with the
codes 0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 surprise, 6 neutral: not alphabetical, so maps get permuted.
"""

from collections.abc import Mapping

REFERENCES: Mapping[str, Mapping[str, int]] = {
    "fer2013_training": {
        "angry": 3995,
        "disgust": 436,
        "fear": 4097,
        "happy": 7215,
        "sad": 4830,
        "surprise": 3171,
        "neutral": 4965,
    },
    "fer2013_public_test": {
        "angry": 467,
        "disgust": 56,
        "fear": 496,
        "happy": 895,
        "sad": 653,
        "surprise": 415,
        "neutral": 607,
    },
    "fer2013_private_test": {
        "angry": 491,
        "disgust": 55,
        "fear": 528,
        "happy": 879,
        "sad": 594,
        "surprise": 416,
        "neutral": 626,
    },
}

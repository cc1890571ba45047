"""Faults of one text: scores by the names of the checks in params.yaml.

Length, script and words are those of the clean text, which is what models read; what cleaning removes (addresses,
broken encodings, stray signs) is looked for in the text as it was published.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import regex  # type: ignore[import-untyped]  # ships no types
from numpy.typing import NDArray

from bhab.text.words import words

Scores = NDArray[np.float64]  # (n,)

SIGN = "[\u0981\u0982\u09bc\u09be-\u09cd\u09d7]"  # marks that stand on a letter; visarga is typed for a colon, too
LETTER = "[\u0985-\u09b9\u09ce\u09dc-\u09e1\u09f0\u09f1]"
STRAY_SIGN = regex.compile(rf"(?<!{LETTER}|{SIGN}|[\u200c\u200d\u25cc]){SIGN}")
DOUBLED_SIGN = regex.compile(r"[\u09be-\u09cc]{2}(?<!\u09c7[\u09be\u09d7])|\u09cd\u09cd")
ADDRESS = regex.compile(r"https?:|www\.|\S@\S+\.\w|(?<!\S)@\w+|<\s*/?\s*[a-z]+[^<>]*>|&(?:[a-z]+|#\d+);", regex.I)
# U+FFFD, and UTF-8 read as Windows-1252 or Latin-1: a Bengali letter begins with the bytes E0 A6 or E0 A7.
MOJIBAKE = regex.compile("\ufffd|\u00e0[\u00a6\u00a7]|\u00c3[\u0080-\u00bf]|\u00e2\u20ac|[\x80-\x9f]")
REPEATED = regex.compile(r"((?!\s)\X)\1*", regex.DOTALL)
# Small words of Bengali as people type them in Latin letters; none of them is an English word.
ROMANISED = regex.compile(
    r"(?<![\p{L}\p{M}])(?:"
    r"ache|ajke|akhon|amader|amake|amar|ami|amra|apnake|apnar|apnara|apni|apu|asen|bhai|bhaiya|bhalo|"
    r"bolen|bolte|chai|chilo|dekhte|dhonnobad|ebong|eita|ekhon|ekta|eta|hobe|hoi|hoise|hoy|hoye|"
    r"hoyeche|jabe|jai|jemon|jodi|jonno|karon|kemon|keno|khub|kichu|kintu|kivabe|kokhon|korben|korbo|"
    r"kore|koren|korsi|korte|kothay|lagbe|manush|moto|na|nai|nei|oita|onek|paren|pari|sathe|shob|sob|"
    r"sobai|tader|tahole|taile|tara|thake|thakle|theke|tomake|tomar|tumi|vai|valo"
    r")(?![\p{L}\p{M}])",
    regex.I,
)
SPOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]")
SPACE = regex.compile(r"\s")


def text_quality(texts: pa.Table) -> dict[str, Scores]:
    """Return the scores of all checks of texts, for the rows of TEXTS in their order."""
    clean, raw = texts["text"].to_pylist(), texts["text_raw"].to_pylist()
    n_words = texts["n_words"].to_numpy().astype(np.float64)
    return {
        "text_not_bengali": texts["bengali_share"].to_numpy().astype(np.float64).round(4),
        "text_short": n_words,
        "text_long": n_words,
        **{check: _each(clean, measure) for check, measure in OF_CLEAN.items()},
        **{check: _each(raw, measure) for check, measure in OF_RAW.items()},
    }


def _each(texts: list[str], measure: Callable[[str], float]) -> Scores:
    return np.array([measure(text) for text in texts], dtype=np.float64).round(4)


def longest_run(text: str) -> float:
    """Return how often the character that is repeated most stands in a row, as a reader counts characters."""
    return max((len(run[0]) / len(run[1]) for run in REPEATED.finditer(text)), default=0)


def commonest_word(text: str) -> float:
    """Return how often the commonest word beyond its fair share: its count less one, times its share of the words."""
    found = words(text)
    most = max(Counter(found).values(), default=0)
    return (most - 1) * most / len(found) if found else 0.0


def romanised_share(text: str) -> float:
    """Return the share of the words that are small words of Bengali in Latin letters."""
    return len(ROMANISED.findall(text)) / max(len(words(text)), 1)


def unspoken_share(text: str) -> float:
    """Return the share of the characters, spaces aside, that are neither letters nor digits: punctuation, emoji."""
    printed = len(text) - len(SPACE.findall(text))
    return 1 - len(SPOKEN.findall(text)) / printed if printed else 0.0


def addresses(text: str) -> float:
    """Return how many addresses, mentions, tags and entities of HTML the text holds."""
    return len(ADDRESS.findall(text))


def wrong_decodings(text: str) -> float:
    """Return how many replacement characters, and bytes of UTF-8 shown as Latin letters, the text holds."""
    return len(MOJIBAKE.findall(text))


def stray_signs(text: str) -> float:
    """Return how many vowel signs and other marks stand without a letter, or two vowel signs on one."""
    return len(STRAY_SIGN.findall(text)) + len(DOUBLED_SIGN.findall(text))


OF_CLEAN: Mapping[str, Callable[[str], float]] = {
    "text_repeats_characters": longest_run,
    "text_repeats_words": commonest_word,
    "text_romanised": romanised_share,
}
OF_RAW: Mapping[str, Callable[[str], float]] = {
    "text_mostly_punctuation": unspoken_share,
    "text_address": addresses,
    "text_mojibake": wrong_decodings,
    "text_stray_signs": stray_signs,
}

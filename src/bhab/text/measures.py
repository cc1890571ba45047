"""What is measured of a clean text at ingest."""

import regex  # type: ignore[import-untyped]  # ships no types

from bhab.text.words import words

LETTER = regex.compile(r"\p{L}")
BENGALI_LETTER = regex.compile(r"(?V1)[\p{L}&&[\u0980-\u09ff]]")
GRAPHEME = regex.compile(r"\X")


def text_measures(text: str) -> dict[str, int | float]:
    """Return n_words, n_graphemes (what a reader counts as characters) and bengali_share (of letters, 0 to 1).

    A text without any letter has a bengali_share of 0.
    """
    letters = len(LETTER.findall(text))
    bengali = len(BENGALI_LETTER.findall(text))
    return {
        "n_words": len(words(text)),
        "n_graphemes": len(GRAPHEME.findall(text)),
        "bengali_share": bengali / letters if letters else 0.0,
    }

"""Words of a clean Bengali text."""

import regex  # type: ignore[import-untyped]  # ships no types

# A word holds letters, their marks and digits. A point or comma stays inside a number, a joiner inside ra-ya-phala, an
# apostrophe between letters. A hyphen parts words: the halves of a Bengali compound are words of their own.
WORD = regex.compile(r"\p{N}+(?:[.,]\p{N}+)+[\p{L}\p{M}]*|[\p{L}\p{M}\p{N}\u200d]+(?:'[\p{L}\p{M}]+)*")

WORD_OR_MARK = regex.compile(rf"{WORD.pattern}|[,;?!\u0964]")


def words(text: str) -> list[str]:
    """Return the words of `text`, which is in the form of `bhab.text.clean`, in order; punctuation is in none."""
    found: list[str] = WORD.findall(text)
    return found


def words_and_marks(text: str) -> list[str]:
    """Return the words of `text` and the marks between and behind them (, ; danda ? !), each by itself, in order."""
    found: list[str] = WORD_OR_MARK.findall(text)
    return found

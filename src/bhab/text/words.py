"""Words of a clean Bengali text; tokens, sentences and graphemes of any."""

import re

import regex  # type: ignore[import-untyped]  # ships no types

from bhab.text.clean import STOPS
from bhab.text.normal import DANDA, DOUBLE_DANDA

# Unicode's currency signs (general category Sc): with spaces and STOPS all that is in no word of a clean text.
CURRENCY = (
    "$\u00a2-\u00a5\u058f\u060b\u07fe\u07ff\u09f2\u09f3\u09fb\u0af1\u0bf9\u0e3f\u17db\u20a0-\u20cf\ua838\ufdfc\ufe69\uff04"
    "\uffe0\uffe1\uffe5\uffe6\U00011fdd-\U00011fe0\U0001e2ff\U0001ecb0"
)
PART = rf"[^ {STOPS}{CURRENCY}]"
# A point or comma stays inside a number, a joiner inside ra-ya-phala, an apostrophe between letters. A hyphen parts
# words: the halves of a Bengali compound are words of their own. The last quantifier is not possessive: before 3.11.5
# Python keeps what such a group did not match (issue 106052); nothing follows it, so nothing is tried again.
WORD = re.compile(rf"{PART}++(?:[.,'](?:(?<=\d.)(?=\d)|(?<=')(?!\d)(?={PART})){PART}++)*")

# Shortened words of Bengali that are written with a full stop, as in moh. Rahim: ours, the commonest.
SHORTENED = "মো|মোঃ|মোসা|মোসাঃ|ড|ডা|মি|মিসেস|প্রফ|অধ্যা|ইঞ্জি|এড|অ্যাড|লি|নং|কি.মি|সে.মি|মি.মি|বি.দ্র|খ্রি".replace(".", "[.]")
IN_WORD = r"[\p{L}\p{M}\p{N}\u200c\u200d]"
TOKEN = regex.compile(
    rf"(?<!{IN_WORD})(?:{SHORTENED})\.(?!\.)"
    rf"|\p{{N}}+(?:[.,]\p{{N}}+)+{IN_WORD}*|{IN_WORD}+(?:'[\p{{L}}\p{{M}}]+)*|(?!\s)\X"
)
GRAPHEME = regex.compile(r"\X")
END = regex.compile(
    rf"[{DANDA}{DOUBLE_DANDA}?!]+[\"')]*"
    rf"|(?<=\p{{L}}\p{{M}}*)(?<!(?<!{IN_WORD})(?:{SHORTENED}))\.+[\"')]*(?=\s|$)"
    r"|\n+"
)

WORD_OR_MARK = regex.compile(rf"{WORD.pattern}|[,;?!\u0964]")


def words(text: str) -> list[str]:
    """Return the words of `text`, which is in the form of `bhab.text.clean`, in order; punctuation is in none."""
    return WORD.findall(text)


def tokens(text: str) -> list[str]:
    """Return the words of any text, each mark and each emoji, in order: all that is not white space."""
    found: list[str] = TOKEN.findall(text)
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of any text: up to a danda, ? or !, a full stop that shortens no word, or a new line."""
    ends = [match.end() for match in END.finditer(text)]
    parts = [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def graphemes(text: str) -> list[str]:
    """Return what a reader counts as the characters of `text`: Unicode's extended grapheme clusters."""
    found: list[str] = GRAPHEME.findall(text)
    return found


def words_and_marks(text: str) -> list[str]:
    """Return the words of `text` and the marks between and behind them (, ; danda ? !), each by itself, in order."""
    found: list[str] = WORD_OR_MARK.findall(text)
    return found

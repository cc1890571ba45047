"""A Bengali text in one canonical form. The rules, with their reasons, are the tables in docs/bengali.md.

`clean` brings letters and signs into the form of `bhab.text.normal` and takes out what no model reads. It repeats its
rules until nothing changes, so that it is idempotent; most texts need none, which one search proves.
"""

import re
import unicodedata

import regex  # type: ignore[import-untyped]  # ships no types

from bhab.text.normal import (
    BENGALI,
    CONSONANTS,
    DANDA,
    DOUBLE_DANDA,
    JOINERS,
    SAFE_BENGALI,
    VOWELS,
    decompose,
    misplaced,
    place,
    seen,
    unify,
)

TOP_LEVELS = "com|org|net|edu|gov|info|bd|in|io|me"
# ASCII without |, so that neither the danda nor the next word is in it; brackets only in pairs, a full stop not last.
IN_BRACKETS = r"\([!-'*-{}~]*\)"
URL_BODY = rf"(?:[!-'*-{{}}~]|{IN_BRACKETS})*(?:[a-z0-9/=&#%_-]|{IN_BRACKETS})"
ADDRESS = re.compile(
    r"<[/!a-z][^<>]*>"  # a tag of HTML
    r"|<3"  # a heart; without this a digit would be left
    r"|(?<![a-z0-9._%+-])[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    rf"|(?:(?:https?|ftp)://|www\.){URL_BODY}"
    # a domain, from its first label: to try again from each later one would cost the square of a text's length
    rf"|\b(?<![a-z0-9][.-])(?:[a-z0-9-]+\.)+(?:{TOP_LEVELS})\b(?:/{URL_BODY}|/)?",
    re.ASCII | re.IGNORECASE,
)

STOPS = rf".,;:?!'\"()/%\-{DANDA}{DOUBLE_DANDA}"  # the marks that stay
UNSEEN = regex.compile(r"[\ufe00-\ufe0f\u20e3\U000e0020-\U000e007f]+")  # of an emoji; a digit in a keycap stays
SPECIAL = regex.compile(rf"[^\p{{L}}\p{{M}}\p{{N}}\p{{Sc}}\s{JOINERS}{STOPS}]+")
# A mark with no letter under it, a joiner with no Bengali beside it.
STRAY = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\p{{N}}{JOINERS}])\p{{M}}+|(?<![{BENGALI}])[{JOINERS}]+|[{JOINERS}]+(?![{BENGALI}])"
)

LAYOUT = (
    (re.compile(rf" +(?=[{DANDA}{DOUBLE_DANDA},;?!)])|(?<=\() +"), ""),
    (re.compile(rf"(?<=[{DANDA}{DOUBLE_DANDA})])(?=[^\s{STOPS}])|(?<=[^\s{STOPS}])(?=\()"), " "),
)
BEFORE_STOP = re.compile(rf" (?=[{DANDA},?!])")
AFTER_DANDA = re.compile(rf"(?<={DANDA})(?=[{CONSONANTS}{VOWELS}\u09e6-\u09ef0-9A-Za-z])")
# No rule applies to a text in which these find nothing: `test_one_look_is_enough` compares.
ENDS = f"){DANDA}{DOUBLE_DANDA}"
ODD_LAYOUT = rf"(?<= [,;?!{ENDS}])|(?<=[^\s{STOPS}]\()|(?<=\()(?= )|(?<=[{ENDS}])(?=[^\s{STOPS}]|\()"
ODD_ADDRESS = r"(?<=[0-9A-Za-z]\.)(?=[A-Za-z])|(?<=[wW]\.)|(?<=:)(?=/)"
UNPLAIN = re.compile(rf"[^ 0-9A-Za-z{STOPS}{SAFE_BENGALI}]")
UNPLAIN_RUN = re.compile(UNPLAIN.pattern + "+")
ADDRESS_SIGN = re.compile(rf"[@<]|[.:](?:{ODD_ADDRESS})")
UNARRANGED = re.compile(rf"[,;?!({ENDS}](?:{ODD_LAYOUT})")
ODD = re.compile(rf"[,;?!({ENDS}.:](?:{ODD_LAYOUT}|{ODD_ADDRESS})")


def clean(text: str) -> str:
    """Return the canonical form of `text`: NFC, one space between words, empty if nothing is left."""
    text = decompose(text).strip()
    if "  " in text or "\n" in text:
        text = " ".join(text.split())
    if " " + DANDA in text or " ," in text or " ?" in text or " !" in text:
        text = BEFORE_STOP.sub("", text)
    if DANDA in text:
        text = AFTER_DANDA.sub(" ", text)
    before = None
    while text != before and (UNPLAIN.search(text) or ODD.search(text) or misplaced(text)):
        before, text = text, turn(text)
    return text


def turn(text: str) -> str:
    """Return what all rules make of `text` in one turn, whether they are needed or not."""
    if ADDRESS_SIGN.search(text):
        text = ADDRESS.sub(" ", unicodedata.normalize("NFC", text))
    if UNPLAIN.search(text):
        text = UNPLAIN_RUN.sub(_kept, text)
        if UNPLAIN.search(text):
            text = unify(text)
    stray = misplaced(text)
    if stray:
        text = place(text)
        stray = misplaced(text)
    if stray or UNPLAIN.search(text):  # a mark that has lost its letter, a letter of another script
        text = unicodedata.normalize("NFC", STRAY.sub("", text))
    text = " ".join(text.split())
    if UNARRANGED.search(text):
        for pattern, form in LAYOUT:
            text = pattern.sub(form, text)
    return text


def _kept(run: re.Match[str]) -> str:
    return str(SPECIAL.sub(" ", UNSEEN.sub("", seen(run))))

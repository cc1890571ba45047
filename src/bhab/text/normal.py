"""Bengali letters and signs in one form. The rules, with their reasons, are the tables in docs/bengali.md.

Only this module and `bhab.text.clean` change characters. Most texts need nothing: one look, a search for each of three
regular expressions, proves it. The others go through the rules until nothing changes, so that `normalize` is idempotent
whatever two rules do to each other.
"""

import re
import unicodedata
from collections.abc import Callable

import regex  # type: ignore[import-untyped]  # ships no types

Forms = tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]

NUKTA, HASANTA = "\u09bc", "\u09cd"
CANDRABINDU, ANUSVARA, VISARGA = "\u0981", "\u0982", "\u0983"
DANDA, DOUBLE_DANDA = "\u0964", "\u0965"
ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER = "\u200c", "\u200d"
JOINERS = ZERO_WIDTH_NON_JOINER + ZERO_WIDTH_JOINER
TA, BA, YA, RA, KHANDA_TA, NGA = "\u09a4", "\u09ac", "\u09af", "\u09b0", "\u09ce", "\u0999"
A, AA, E = "\u0985", "\u0986", "\u098f"
AA_SIGN, E_SIGN, AI_SIGN, O_SIGN, AU_SIGN, AU_LENGTH = "\u09be", "\u09c7", "\u09c8", "\u09cb", "\u09cc", "\u09d7"
BEFORE = "\u09bf\u09c7\u09c8"  # vowel signs that are written before the letter they are read after
SIGNS = "\u09be-\u09c4\u09c7\u09c8\u09cb\u09cc\u09d7"  # dependent vowels, also the second half of AU alone
VOWELS = "\u0985-\u098c\u098f\u0990\u0993\u0994"  # independent vowels
CONSONANTS = "\u0995-\u09a8\u09aa-\u09b0\u09b2\u09b6-\u09b9"
WITH_TA = "\u09a4\u09a5\u09a8\u09ac\u09ae\u09af\u09b0"  # what ta makes a conjunct with: ta, tha, na, ba, ma, ya, ra
DOTTED = "\u09a1\u09a2\u09af"  # the three letters that have a nukta
BENGALI = "\u0981-\u09e3\u09e6-\u09f1"  # letters, marks and digits of the block

YYA, RRA, RHA = ("\u09df", YA + NUKTA), ("\u09dc", "\u09a1" + NUKTA), ("\u09dd", "\u09a2" + NUKTA)

# What looks like a danda, a quote, a dash or a space, and what people type for a Bengali letter it looks like.
LOOK_ALIKES = {
    **dict.fromkeys("|\u09f7\u09e4", DANDA),  # pipe; currency numerator four; reserved, some fonts draw a danda
    "\u09e5": DOUBLE_DANDA,
    **dict.fromkeys("\u09f0\u09f1", RA),  # Assamese ra; Assamese wa: in Bengali comments it stands for ra
    "\u09c4": "\u09c3",  # long vocalic r sign, in no Bengali word
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2014\u2015", " - "),
    "\u2026": "...",
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
    **dict.fromkeys("\u2028\u2029\u202f\u205f\u3000", " "),
}
TRANSLATION = str.maketrans(LOOK_ALIKES)

# Not seen on a page: control and format characters, surrogates, private use, the replacement character. Not white
# space, nor what other rules judge: joiners, and what an emoji is made of (tags; selectors are marks).
INVISIBLE = regex.compile(rf"[[\p{{Cc}}\p{{Cf}}\p{{Co}}\p{{Cs}}\ufffd]--[\s{JOINERS}\U000e0020-\U000e007f]]", regex.V1)
SELECTORS = "\ufe00-\ufe0f"

LETTER = rf"(?:[{CONSONANTS}]{NUKTA}?)"
CLUSTER = rf"{LETTER}(?:{ZERO_WIDTH_JOINER}?{HASANTA}{ZERO_WIDTH_NON_JOINER}?{LETTER})*"
NOT_UNDER = rf"(?![{SIGNS}{HASANTA}{NUKTA}{JOINERS}])"
KEPT = "\ue000"  # stands for a joiner while the others go: private use, which no text has any more by then
WORD_START = rf"(?<![\w{BENGALI}{JOINERS}])"
COLON_STEMS = "\u09a6\u09c1|\u09a8\u09bf|\u09aa\u09c1\u09a8|\u0985\u09a8\u09cd\u09a4|\u0985\u09a4"  # du ni pun ant at

NO_JOINER = rf"(?<![{JOINERS}])"  # a run is looked at from its beginning alone, or its length would count squared
JOINER_RULES = (
    (rf"(?<=[{BENGALI}])[{SELECTORS}]+", ""),
    # Ra and ya-phala, not reph and ya: three encodings, the joiner tells them apart.
    (rf"{RA}(?:[{JOINERS}]++{HASANTA}[{JOINERS}]*+|{HASANTA}[{JOINERS}]++)(?={YA})", RA + ZERO_WIDTH_JOINER + HASANTA),
    (rf"(?<!{HASANTA}){TA}{HASANTA}[{JOINERS}]+", KHANDA_TA),  # the old way to write it, and to keep a conjunct apart
    (rf"{HASANTA}{ZERO_WIDTH_JOINER}*+{ZERO_WIDTH_NON_JOINER}[{JOINERS}]*+(?={YA})", HASANTA + KEPT),
    (rf"(?<={RA}){ZERO_WIDTH_JOINER}(?={HASANTA}{YA})", KEPT),
    (rf"(?<=[{BENGALI}])[{JOINERS}]+|{NO_JOINER}[{JOINERS}]++(?=[{BENGALI}])", ""),
    (f"(?<={RA}){KEPT}", ZERO_WIDTH_JOINER),
    (KEPT, ZERO_WIDTH_NON_JOINER),
)


def _vowels_first(run: re.Match[str]) -> str:
    return "".join(sorted(run[0], key=lambda mark: mark in {CANDRABINDU, VISARGA}))


def _candrabindu_first(run: re.Match[str]) -> str:
    return "".join(sorted(run[0], key=lambda mark: mark != CANDRABINDU))


MARKED = SIGNS + CANDRABINDU + ANUSVARA + VISARGA + HASANTA
SIGN_RULES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (rf"(?<![{MARKED}])([{MARKED}]++){NUKTA}", rf"{NUKTA}\1"),  # typed after the vowel sign
    (rf"{BA}{NUKTA}+", RA),  # ba with a dot is ra
    (rf"(?<!{RA}){HASANTA}{YA}{NUKTA}", HASANTA + YA),  # ya-phala has no dot
    (rf"(?<=[{BENGALI}])(?<![{DOTTED}]){NUKTA}+", ""),  # on no other letter, and once
    (rf"([{SIGNS}{CANDRABINDU}{ANUSVARA}{VISARGA}{HASANTA}])\1+", r"\1"),
    (rf"[{SIGNS}{CANDRABINDU}{VISARGA}]{{2,}}", _vowels_first),
    # Typed in the order it is written: the sign first, then the letter it belongs to.
    (rf"{WORD_START}{E_SIGN}({CLUSTER}){AA_SIGN}", rf"\1{O_SIGN}"),
    (rf"{WORD_START}{E_SIGN}({CLUSTER}){AU_LENGTH}", rf"\1{AU_SIGN}"),
    (rf"{WORD_START}([{BEFORE}])({CLUSTER}){NOT_UNDER}", r"\2\1"),
    (f"{E_SIGN}{AA_SIGN}|{AA_SIGN}{E_SIGN}", O_SIGN),
    (f"{E_SIGN}(?:{AU_LENGTH}|{AU_SIGN})|{AI_SIGN}{AU_LENGTH}", AU_SIGN),
    (f"{E_SIGN}{O_SIGN}", O_SIGN),
    (rf"([{SIGNS}])([{BEFORE}])({CLUSTER}){NOT_UNDER}", r"\1\3\2"),
    (rf"(?<=[{BENGALI}]){ANUSVARA}(?=[{SIGNS}])", NGA),  # before a vowel the sound is written with its letter
    (rf"[{CANDRABINDU}{ANUSVARA}{VISARGA}]{{2,}}", _candrabindu_first),
    (f"{A}{AA_SIGN}", AA),
    (rf"(?<=[{BENGALI}]){E}(?=[{SIGNS}])", TA + HASANTA + RA),  # tra looks like e, and e has no vowel sign
    (rf"(?<=[{VOWELS}])[{SIGNS}]+", ""),
    (rf"{KHANDA_TA}(?={E_SIGN})", TA),  # before an ending
    (rf"(?<={HASANTA}){KHANDA_TA}([{SIGNS}]+)|(?<=[{CONSONANTS}{NUKTA}]){KHANDA_TA}([{SIGNS}]+)", rf"\1\2{KHANDA_TA}"),
    (rf"{KHANDA_TA}(?=[{SIGNS}])", TA),
    (rf"([{SIGNS}])[{SIGNS}]+", r"\1"),
    (rf"(?<=[{SIGNS}{CANDRABINDU}{ANUSVARA}{VISARGA}{KHANDA_TA}]){HASANTA}", ""),
    (rf"(?<=[{VOWELS}]){HASANTA}(?!{YA})", ""),
    (rf"{HASANTA}(?=[{VOWELS}{SIGNS}{CANDRABINDU}{ANUSVARA}{VISARGA}])", ""),
    (rf"({HASANTA}[{BA}{YA}{RA}])\1+", r"\1"),
    (rf"([{CONSONANTS}]){HASANTA}\1(?:{HASANTA}\1)+", rf"\1{HASANTA}\1"),
    (rf"{RA}{HASANTA}(?={RA}{HASANTA}[{CONSONANTS}])", ""),
    # Ta without its vowel is khanda ta: at the end of a word, and before what it makes no conjunct with inside one.
    (rf"(?<!{HASANTA}){TA}{HASANTA}(?![{BENGALI}{JOINERS}])", KHANDA_TA),
    (rf"(?<=[{BENGALI}])(?<!{HASANTA}){TA}{HASANTA}(?=[{CONSONANTS}])(?![{WITH_TA}])", KHANDA_TA),
    (rf"{WORD_START}[{SIGNS}{CANDRABINDU}{ANUSVARA}{HASANTA}{NUKTA}]+(?=[{VOWELS}{CONSONANTS}{KHANDA_TA}])", ""),
    (rf"(?<![\u0981-\u09e3{JOINERS}]){VISARGA}", ":"),  # what stands under no letter is a colon
    (rf"{WORD_START}({COLON_STEMS}):(?=[{CONSONANTS}])", rf"\1{VISARGA}"),  # and the other way round
)

# No rule applies to a text in which these find nothing: `test_one_look_is_enough` compares. Each begins with a set of
# characters and looks back from there, which costs half of an alternative for each rule.
SAFE_BENGALI = rf"{DANDA}\u0981-\u0983\u0985-\u098b\u098f\u0990\u0993-\u09a8\u09aa-\u09b0\u09b2\u09b6-\u09b9"
SAFE_BENGALI += rf"{NUKTA}\u09be-\u09c3\u09c7\u09c8\u09cb-\u09ce\u09e6-\u09ef"
ODD_SIGN = (  # a mark on what bears none, or in the wrong order
    rf"[^{CONSONANTS}{NUKTA}][{SIGNS}{CANDRABINDU}{ANUSVARA}{VISARGA}]"
    rf"(?<![{SIGNS}{VOWELS}{CANDRABINDU}][{ANUSVARA}{VISARGA}])(?<![{SIGNS}{VOWELS}]{CANDRABINDU})"
)
ODD_HASANTA = (
    rf"(?<![{CONSONANTS}{NUKTA}]{HASANTA})(?<![{VOWELS}]{HASANTA}(?={YA}))"
    rf"|(?=[{VOWELS}{KHANDA_TA}]|([{CONSONANTS}]){HASANTA}\1)"
    rf"|(?<={TA}{HASANTA})(?![{WITH_TA}])|(?<={RA}{HASANTA}{RA}{HASANTA})"
)
ODD_NUKTA = rf"(?<![{DOTTED}]{NUKTA})|(?<=[^{RA}]{HASANTA}{YA}{NUKTA})"
ODD_COLON = rf"(?<=[\u09c1\u09bf\u09a8\u09a4]:)(?=[{CONSONANTS}])"  # after the last letter of a stem
SIGN = re.compile(ODD_SIGN)
MARKS = frozenset(
    "\u0981\u0982\u0983\u09be\u09bf\u09c0\u09c1\u09c2\u09c3\u09c4\u09c7\u09c8\u09cb\u09cc\u09d7"
)  # misplaced at the beginning
MARK = re.compile(rf"[{HASANTA}{NUKTA}:](?:(?<={HASANTA})(?:{ODD_HASANTA})|(?<={NUKTA})(?:{ODD_NUKTA})|{ODD_COLON})")
UNSAFE = re.compile(rf"[^\t\n -_a-{{}}~{SAFE_BENGALI}]")  # of ASCII, all but control characters, grave and pipe
UNSAFE_RUN = re.compile(UNSAFE.pattern + "+")
JOINER = re.compile(rf"[{JOINERS}{SELECTORS}]")
JOINER_FORMS = tuple((re.compile(pattern), form) for pattern, form in JOINER_RULES)
SIGN_FORMS = tuple((re.compile(pattern), form) for pattern, form in SIGN_RULES)


def normalize(text: str) -> str:
    """Return `text` with each Bengali letter, sign and mark in its one form, in NFC; other scripts and emoji stay."""
    before, text = None, decompose(text)
    while text != before and (UNSAFE.search(text) or misplaced(text)):
        before, text = text, turn(text)
    return text


def decompose(text: str) -> str:
    """Return `text` with the three letters whose nukta NFC has apart, which costs less than NFC."""
    return text.replace(*YYA).replace(*RRA).replace(*RHA)


def misplaced(text: str) -> bool:
    """Return whether a rule for signs may apply to `text`."""
    return bool(SIGN.search(text) or MARK.search(text) or text[:1] in MARKS)


def place(text: str) -> str:
    """Return `text` with its signs in their one form and place, after a turn of the rules: none looks past a space."""
    text = text.replace(E_SIGN + AA_SIGN, O_SIGN).replace(A + AA_SIGN, AA)  # the commonest two, and the cheapest
    if not misplaced(text):
        return text
    return " ".join([_placed(part) if misplaced(part) else part for part in text.split(" ")])


def _placed(part: str) -> str:
    whole = unicodedata.normalize("NFC", part)  # o-kar and au-kar in two parts are one sign, whatever is before them
    return unicodedata.normalize("NFC", _apply(SIGN_FORMS, whole))


def unify(text: str) -> str:
    """Return `text` without invisible characters and stray joiners, in NFC, after one turn of the rules."""
    text = UNSAFE_RUN.sub(seen, text)
    if UNSAFE.search(text):
        text = unicodedata.normalize("NFC", text)
    return _apply(JOINER_FORMS, text) if JOINER.search(text) else text


def seen(run: re.Match[str]) -> str:
    """Return what is seen of a run of characters, each look-alike as what it stands for."""
    return str(INVISIBLE.sub("", run[0].translate(TRANSLATION)))


def turn(text: str) -> str:
    """Return what all rules make of `text` in one turn, whether they are needed or not."""
    text = unify(text)
    return place(text) if misplaced(text) else text


def _apply(forms: Forms, text: str) -> str:
    for pattern, form in forms:
        text = pattern.sub(form, text)
    return text

"""Bengali text in one canonical form. The rules, with their reasons, are the table in docs/bengali.md.

Only this module changes characters. `clean` repeats one pass until nothing changes, so that it is idempotent
whatever two rules do to each other; almost every text is done after two passes.
"""

import unicodedata

import regex  # type: ignore[import-untyped]  # ships no types

NUKTA = "\u09bc"
HASANTA = "\u09cd"
CANDRABINDU = "\u0981"
DANDA = "\u0964"
DOUBLE_DANDA = "\u0965"
ZERO_WIDTH_JOINER = "\u200d"
E_SIGN, AI_SIGN, O_SIGN, AU_SIGN, AU_LENGTH = "\u09c7", "\u09c8", "\u09cb", "\u09cc", "\u09d7"
AA_SIGN = "\u09be"
SIGNS = "\u09be-\u09c4\u09c7\u09c8\u09cb\u09cc\u09d7"  # dependent vowels, also the second half of AU alone
VOWELS = "\u0985-\u098c\u098f\u0990\u0993\u0994"  # independent vowels
JOINERS = "\u200c\u200d"

# What looks like a danda, and what people type for a Bengali letter because it looks like one.
LOOK_ALIKES = str.maketrans(
    {
        "|": DANDA,
        "\u09f7": DANDA,  # currency numerator four
        "\u09e4": DANDA,  # reserved, some fonts draw a danda
        "\u09e5": DOUBLE_DANDA,
        "\u09f0": "\u09b0",  # Assamese ra
        "\u09f1": "\u09b0",  # Assamese wa: in Bengali comments it stands for ra
        "\u09c4": "\u09c3",  # long vocalic r sign, in no Bengali word
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": " - ",
        "\u2013": " - ",
        "\u2014": " - ",
        "\u2015": " - ",
        "\u2026": "...",
    }
)

# Not seen on a page: control and format characters, variation selectors, keycap, replacement character. White space
# and the joiners are not among them.
INVISIBLE = regex.compile(rf"[[\p{{Cc}}\p{{Cf}}\p{{Co}}\p{{Cs}}\ufe00-\ufe0f\u20e3\ufffd]--[\s{JOINERS}]]", regex.V1)

TOP_LEVELS = "com|org|net|edu|gov|info|bd|in|io|me"
# ASCII without |, so that neither the danda nor the next word is in it; brackets only in pairs, a full stop not last.
IN_BRACKETS = r"\([!-'*-{}~]*\)"
URL_BODY = rf"(?:[!-'*-{{}}~]|{IN_BRACKETS})*(?:[a-z0-9/=&#%_-]|{IN_BRACKETS})"
ADDRESS = regex.compile(
    r"<[/!a-z][^<>]*>"  # a tag of HTML
    r"|<3"  # a heart; without this a digit would be left
    r"|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    rf"|(?:(?:https?|ftp)://|www\.){URL_BODY}"
    # a domain, from its first label: to try again from each later one would cost the square of a text's length
    rf"|\b(?<![a-z0-9][.-])(?:[a-z0-9-]+\.)+(?:{TOP_LEVELS})\b(?:/{URL_BODY}|/)?",
    regex.ASCII | regex.IGNORECASE,
)

SPECIAL = regex.compile(rf"[^\p{{L}}\p{{M}}\p{{N}}\p{{Sc}}\s{JOINERS}.,;:?!'\"()/%\-{DANDA}{DOUBLE_DANDA}]+")

RA_YA = regex.compile(
    "\u09b0(?:[\u200c\u200d]\u09cd[\u200c\u200d]*|\u09cd[\u200c\u200d]+)(?=\u09af)"
)  # ra and ya-phala, not reph and ya: three encodings, the joiner tells them apart
RA_YA_FORM = "\u09b0\u200d\u09cd"
# Ta without its vowel is khanda ta: typed with a joiner, at the end of a word, or before sa inside one.
KHANDA_TA = regex.compile(
    rf"(?<!{HASANTA})\u09a4{HASANTA}(?:{ZERO_WIDTH_JOINER}|(?![\u0980-\u09ff{JOINERS}])|(?<=[\u0985-\u09cc]\u09a4{HASANTA})(?=\u09b8))"
)
STRAY_JOINER = regex.compile(r"(?<!\u09b0)\u200d|\u200d(?!\u09cd\u09af)|\u200c")

SIGN_RULES = (
    (regex.compile(rf"([{SIGNS}\u0981-\u0983]+){NUKTA}"), rf"{NUKTA}\1"),  # typed after the vowel sign
    (regex.compile(rf"\u09ac{NUKTA}"), "\u09b0"),  # ba with a dot is ra
    (regex.compile(rf"(?<![\u09a1\u09a2\u09af]){NUKTA}+|(?<={NUKTA}){NUKTA}+"), ""),  # on no other letter
    (regex.compile(rf"{CANDRABINDU}+([{SIGNS}]+)"), rf"\1{CANDRABINDU}"),
    (regex.compile(rf"([{SIGNS}\u0981-\u0983{HASANTA}])\1+"), r"\1"),
    (regex.compile(f"{AA_SIGN}{E_SIGN}"), O_SIGN),
    (regex.compile(f"{AI_SIGN}{AU_LENGTH}"), AU_SIGN),
    (regex.compile(f"\u0985{AA_SIGN}"), "\u0986"),
    (regex.compile(rf"(?<=[{VOWELS}])[{SIGNS}]+"), ""),
    (regex.compile(rf"(?<=[{SIGNS}\u0981-\u0983\u09ce]){HASANTA}"), ""),
    (regex.compile(rf"(?<=[{VOWELS}]){HASANTA}(?!\u09af)"), ""),
    (regex.compile(rf"{HASANTA}(?=[{VOWELS}{SIGNS}])"), ""),
    (regex.compile(rf"({HASANTA}[\u09ac\u09af\u09b0])\1+"), r"\1"),
    (regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}{JOINERS}])[{SIGNS}\u0981\u0982{HASANTA}{NUKTA}]+"), ""),
)
# One look that tells whether any of SIGN_RULES could apply; most texts are spared the fourteen.
SUSPECT = regex.compile(
    rf"[{SIGNS}\u0981-\u0983\u09ce{HASANTA}][{SIGNS}{CANDRABINDU}{HASANTA}{NUKTA}]|\u0982\u0982|\u0983\u0983"
    rf"|(?<![\u09a1\u09a2\u09af]){NUKTA}|[{VOWELS}][{SIGNS}{HASANTA}]|{HASANTA}[{VOWELS}{SIGNS}]"
    rf"|({HASANTA}[\u09ac\u09af\u09b0])\1|(?<![\p{{L}}\p{{M}}\p{{N}}{JOINERS}])[{SIGNS}\u0981\u0982{HASANTA}]"
)

SPACE_BEFORE_MARK = regex.compile(rf" +(?=[{DANDA}{DOUBLE_DANDA},;?!])")
NO_SPACE_AFTER_DANDA = regex.compile(rf"(?<=[{DANDA}{DOUBLE_DANDA}])(?=[\p{{L}}\p{{N}}])")


def clean(text: str) -> str:
    """Return the canonical form of `text`: NFC, one space between words, empty if nothing is left."""
    before = None
    while text != before:
        before, text = text, _once(text)
    return text


def _once(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    text = INVISIBLE.sub("", text)
    text = ADDRESS.sub(" ", text)
    text = SPECIAL.sub(" ", text.translate(LOOK_ALIKES))
    if "\u200c" in text or ZERO_WIDTH_JOINER in text:
        text = RA_YA.sub(RA_YA_FORM, text)
    text = STRAY_JOINER.sub("", KHANDA_TA.sub("\u09ce", text))
    if SUSPECT.search(text):
        for pattern, form in SIGN_RULES:
            text = pattern.sub(form, text)
    text = SPACE_BEFORE_MARK.sub("", " ".join(text.split()))
    text = NO_SPACE_AFTER_DANDA.sub(" ", text)
    return unicodedata.normalize("NFC", text)  # last: a removal above can bring e-kar and aa-kar together

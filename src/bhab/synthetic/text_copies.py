"""Copies of a sentence that are not quite equal, as people make them when they quote: one change in each.

Sentences are in the form of `clean`, their words parted by single spaces.
"""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from bhab.synthetic.lexicon import lexicon
from bhab.text.normal import DANDA

ADDED = ("আজ", "তো", "সত্যি", "নাকি", "বুঝলেন", "ভাই")
ENDS = DANDA + "?!"
# What is spelled one way or the other in comments: vowels of one sound, sibilants, nasals.
SPELLINGS = (
    ("\u09bf", "\u09c0"),  # i, ii
    ("\u09c1", "\u09c2"),  # u, uu
    ("\u09b6", "\u09b8"),  # sha, sa
    ("\u09a3", "\u09a8"),  # nna, na
    ("\u09b7", "\u09b6"),  # ssa, sha
)


@cache
def names() -> tuple[str, ...]:
    """Return the persons' names of one word."""
    return tuple(noun.stem for noun in lexicon()["name"] if " " not in noun.stem)


def name_changed(sentence: str, rng: np.random.Generator) -> str:
    """Return `sentence` with one person's name for another; as it is if it names none."""
    words = sentence.split(" ")
    at = next((place for place, word in enumerate(words) if word in names()), None)
    if at is not None:
        words[at] = _one(names(), rng)
    return " ".join(words)


def word_changed(sentence: str, rng: np.random.Generator) -> str:
    """Return `sentence` with another word in the place of one."""
    words = sentence.split(" ")
    words[_inside(words, rng)] = _one(ADDED, rng)
    return " ".join(words)


def word_added(sentence: str, rng: np.random.Generator) -> str:
    """Return `sentence` with one word more."""
    words = sentence.split(" ")
    words.insert(_inside(words, rng), _one(ADDED, rng))
    return " ".join(words)


def word_dropped(sentence: str, rng: np.random.Generator) -> str:
    """Return `sentence` with one word less."""
    words = sentence.split(" ")
    del words[_inside(words, rng)]
    return " ".join(words)


def misspelt(sentence: str, rng: np.random.Generator) -> str:
    """Return `sentence` with a letter of one sound spelled the other way, twice at most; as it is if it has none."""
    there = [pair for pair in SPELLINGS if pair[0] in sentence]
    if not there:
        return sentence
    one, other = there[int(rng.integers(len(there)))]
    return sentence.replace(one, other, 2)


def punctuated(sentence: str, rng: np.random.Generator) -> str:
    """Return `sentence` with other marks at its end and none inside."""
    return sentence.rstrip(ENDS).replace(",", "") + _one(("!!!", "...", "?!", "!"), rng)


COPIES: Mapping[str, Callable[[str, np.random.Generator], str]] = {
    "name_changed": name_changed,
    "word_changed": word_changed,
    "word_added": word_added,
    "word_dropped": word_dropped,
    "misspelt": misspelt,
    "punctuated": punctuated,
}


def _inside(words: list[str], rng: np.random.Generator) -> int:
    """Return a place that is neither the first nor the last."""
    return int(rng.integers(1, len(words) - 1))


def _one(items: tuple[str, ...], rng: np.random.Generator) -> str:
    return items[int(rng.integers(len(items)))]

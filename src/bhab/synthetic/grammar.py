"""Bengali sentences that fit an emotion, from a grammar of its own: patterns.txt over lexicon.txt, inflected.

A pattern is text with slots. {rule} is another rule of patterns.txt; {class.form} a noun of lexicon.txt in one of the
forms of `lexicon.forms`; {root} a verb, which agrees with the subject named last. {rule:tense} and {root:tense} set the
tense, which slots inside inherit; {root:tense3} also the person. {=1} says that the words after it are a subject of
that person. `3*` before a pattern makes it three times as likely.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count, islice
from typing import TypeVar

import numpy as np

from bhab.curation.chance import generator
from bhab.schema import Emotion
from bhab.synthetic.lexicon import PEOPLE, Noun, forms, lexicon, sections
from bhab.text.clean import clean
from bhab.text.normal import DANDA
from bhab.text.verbs import PERSONS, verbs
from bhab.text.words import words

T = TypeVar("T")

SLOT = re.compile(r"\{([^{}]+)\}")
WEIGHT = re.compile(r"(\d+)\* *")
MIN_WORDS, MAX_WORDS = 3, 16
MIXED = "mix_"  # begins the rules of sentences between two emotions
CLITIC_SHARE = 0.25  # of the nouns that may take one
CLITICS = ("ই", "ও", "ও")
FRESH_TRIES = 6  # for a noun the sentence does not have yet


def sentences(emotion: Emotion, n: int, salt: str) -> list[str]:
    """Return `n` distinct Bengali sentences that fit `emotion`, of 3 to 16 words, each in the form of `clean`.

    Fewer are a prefix of more; another `salt` gives others.
    """
    return list(islice(stream(emotion, salt), n))


def stream(emotion: Emotion, salt: str, *, clear: bool = False) -> Iterator[str]:
    """Yield what `sentences` returns, without an end; `clear`: none that fits another emotion as well."""
    said: set[str] = set()
    for number in count():
        writing = _Sentence(generator(f"{emotion}-{number}", salt))
        sentence = writing.write(emotion)
        if clear and writing.mixed:
            continue
        if sentence not in said and MIN_WORDS <= len(words(sentence)) <= MAX_WORDS:
            said.add(sentence)
            yield sentence


class _Sentence:
    """One sentence while it is written: the person and tense in force, and the nouns it has."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.person = "3"
        self.tense = "pres"
        self.used: set[str] = set()
        self.stressed = False
        self.mixed = False

    def write(self, rule: str) -> str:
        text = clean(self.expand(rule))
        return text if text[-1] in f"{DANDA}?!" else text + DANDA

    def expand(self, rule: str) -> str:
        return SLOT.sub(lambda match: self.fill(match[1]), self.choose(patterns()[rule]))

    def fill(self, slot: str) -> str:
        if slot.startswith("="):
            self.person = slot[1:]
            return ""
        name, _, tense = slot.partition(":")
        if name in patterns():
            self.mixed |= name.startswith(MIXED)
            return self.inside(name, tense)
        if name in verbs():
            return self.verb(name, tense)
        noun_class, _, form = name.partition(".")
        return self.noun(noun_class, form or "b")

    def inside(self, rule: str, tense: str) -> str:
        outer = self.tense
        self.tense = tense or outer
        text = self.expand(rule)
        self.tense = outer
        return text

    def verb(self, root: str, tense: str) -> str:
        tense = tense or self.tense
        person = self.person
        if tense[-1] in PERSONS:
            tense, person = tense[:-1], tense[-1]
        return verbs()[root].form(tense, person)

    def noun(self, noun_class: str, form: str) -> str:
        nouns = lexicon()[noun_class]
        noun: Noun = self.choose(nouns)
        for _ in range(FRESH_TRIES):
            if noun.stem not in self.used:
                break
            noun = self.choose(nouns)
        self.used.add(noun.stem)
        if form in "sp" and noun.kind in PEOPLE:
            self.person = "h" if noun.kind == "elder" else "3"
        return self.choose(forms(noun, form)) + self.clitic(form)

    def clitic(self, form: str) -> str:
        """Stress at most one noun of the sentence: -i (this and no other) or -o (this too)."""
        if self.stressed or form not in ("s", "o") or self.rng.random() > CLITIC_SHARE:
            return ""
        self.stressed = True
        return self.choose(CLITICS)

    def choose(self, items: tuple[T, ...]) -> T:
        return items[int(self.rng.integers(len(items)))]


@cache
def patterns() -> Mapping[str, tuple[str, ...]]:
    """Return the patterns of every rule, each as often as its weight."""
    rules: dict[str, tuple[str, ...]] = {}
    for head, body in sections("patterns.txt"):
        weighted: list[str] = []
        for line in body:
            match = WEIGHT.match(line)
            weighted += [line[match.end() :]] * int(match[1]) if match else [line]
        rules[head] = tuple(weighted)
    return rules

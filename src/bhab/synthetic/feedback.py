"""Pairs of what someone says of how they feel and what one says to them, from the patterns of feedback.txt.

A topic of an emotion has a noun, which stands in the context and, in another form, in the reply. A reply is two phrases
of its topic or emotion; the phrases before their nouns are filled in are its template. Who is told `apni` and who
`tumi` follows from how they speak themselves: from the word their context begins with, `apni` where it tells nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count, islice
from typing import TypeVar

import numpy as np

from bhab.curation.chance import generator, unit_interval
from bhab.schema import EMOTIONS, Emotion, Pair
from bhab.synthetic.lexicon import PEOPLE, Noun, genitive, lexicon, locative, sections
from bhab.text.clean import clean
from bhab.text.normal import DANDA
from bhab.text.vocabulary import MAX_WORDS
from bhab.text.words import words_and_marks

T = TypeVar("T")

ANY = "any"  # the topic whose contexts all emotions share
NOUNS = 24  # of a class of lexicon.txt: enough to vary, few enough that each is met often
BARE_SHARE = 0.1  # of the pairs have no context: all that is known is the emotion
POLITE, FAMILIAR = 0, 1  # apni, tumi: the sides of {x|y}
# How a context begins: one who says `shunun` is told apni, one who says `shono` tumi; most begin with neither.
OPENINGS = (
    (("", POLITE),) * 3 + (("শুনুন, ", POLITE), ("জানেন, ", POLITE)) + (("শোনো, ", FAMILIAR), ("জানো, ", FAMILIAR)) * 2
)
# What a reply is made of: ^ opener, = acknowledgement, > advice or question, < closer.
SHAPES = ("=>", "=>", "=>", "^>", "^>", "^=", "=<")
BARE_SHAPES = ("^<",)
SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(slots=True)
class Topic:
    """Phrases of one section of feedback.txt by their mark, and the nouns that fill them."""

    nouns: tuple[Noun, ...] = ()
    phrases: dict[str, list[str]] = field(default_factory=lambda: {mark: [] for mark in "?^=><"})


def pairs(n: int, salt: str) -> list[Pair]:
    """Return `n` distinct pairs, the emotions in turn. Fewer are a prefix of more; another `salt` gives others."""
    return list(islice(_stream(salt), n))


def _stream(salt: str) -> Iterator[Pair]:
    said: set[Pair] = set()
    for number in count():
        emotion = Emotion(EMOTIONS[number % len(EMOTIONS)])
        pair = _pair(emotion, generator(f"pair {number}", salt))
        if pair not in said and len(words_and_marks(pair.reply)) <= MAX_WORDS:
            said.add(pair)
            yield pair


def _pair(emotion: Emotion, rng: np.random.Generator) -> Pair:
    shared = topics()[emotion]
    if rng.random() < BARE_SHARE:
        phrases = [_one(shared.phrases[mark], rng) for mark in _one(BARE_SHAPES, rng)]
        return Pair(emotion, None, clean(" ".join(_fill(p, None, POLITE) for p in phrases)), " ".join(phrases))
    name = _one([name for name in topics() if name.startswith(f"{emotion}.")], rng)
    topic = topics()[name]
    noun = _one(topic.nouns, rng)
    opening, register = _one(OPENINGS, rng)
    said = int(rng.integers(len(topic.phrases["?"])))
    context = opening + _fill(topic.phrases["?"][said], noun, register) + DANDA
    fitting = shared.phrases | topic.phrases | {"=": [topic.phrases["="][said % len(topic.phrases["="])]]}
    phrases = [_one(fitting[mark] or shared.phrases[mark], rng) for mark in _one(SHAPES, rng)]
    return Pair(emotion, clean(context), clean(" ".join(_fill(p, noun, register) for p in phrases)), " ".join(phrases))


def _fill(phrase: str, noun: Noun | None, register: int) -> str:
    def fill(match: re.Match[str]) -> str:
        sides = match[1].split("|")
        return sides[register] if len(sides) > 1 or noun is None else _form(noun, match[1])

    return SLOT.sub(fill, phrase)


def _form(noun: Noun, form: str) -> str:
    stem = noun.stem
    if form == "o":
        return stem + ("কে" if noun.kind in PEOPLE else "টাকে")
    return {"b": stem, "g": genitive(stem), "l": locative(stem), "d": stem + "টা"}[form]


@cache
def topics() -> Mapping[str, Topic]:
    """Return what feedback.txt holds, by the names of its sections; contexts of `any` are in EMOTION.any."""
    found: dict[str, Topic] = {}
    for name, body in sections("feedback.txt"):
        topic = found[name] = Topic()
        for line in body:
            mark, _, rest = line.partition(" ")
            if mark == "@":
                topic.nouns = _nouns(rest)
            else:
                topic.phrases[mark].append(rest)
    shared = found.pop(ANY)
    for emotion in EMOTIONS:
        topic = found[f"{emotion}.{ANY}"]
        topic.nouns, topic.phrases["?"] = shared.nouns, shared.phrases["?"]
    return found


def _nouns(line: str) -> tuple[Noun, ...]:
    """Return the nouns of a line: the name of a class of lexicon.txt, or a kind and the nouns themselves."""
    head, *own = line.split()
    if own:
        return tuple(Noun(word.replace("_", " "), head) for word in own)
    return tuple(sorted(lexicon()[head], key=lambda noun: unit_interval(noun.stem, head))[:NOUNS])


def _one(items: Sequence[T], rng: np.random.Generator) -> T:
    return items[int(rng.integers(len(items)))]

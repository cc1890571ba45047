"""Words of the grammar and how Bengali nouns inflect for case, number and definiteness.

A class of lexicon.txt is a list of words of one kind: person (a name, a kin, a trade: a subject in the third person),
elder (the same, spoken of with honour), count, mass, place, proper (of a place), abstract, word (does not inflect).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

VOWEL_SIGNS = "\u09be\u09bf\u09c0\u09c1\u09c2\u09c3\u09c7\u09c8\u09cb\u09cc"
VOWELS = "\u0987\u0988\u0989\u098a\u098f\u0993"
AA_SIGN = "\u09be"
YA = "\u09af\u09bc"  # decomposed: the canonical form of bhab.text
KHANDA_TA = "\u09ce"
CANDRABINDU = "\u0981"
GENITIVE, LOCATIVE = "\u09c7\u09b0", "\u09c7"  # -er, -e, after a consonant

PEOPLE = ("person", "elder")


class Noun(NamedTuple):
    """A word and the kind that says how it inflects."""

    stem: str
    kind: str


def genitive(stem: str) -> str:
    """Return the form for `of`: ghorer, bari-r, bhai-yer."""
    if _glides(stem):
        return stem + YA + GENITIVE
    if stem[-1] == KHANDA_TA:  # opens before a vowel
        return stem[:-1] + "\u09a4" + GENITIVE
    return stem + ("\u09b0" if _last(stem) in VOWEL_SIGNS + VOWELS else GENITIVE)


def locative(stem: str) -> str:
    """Return the form for `in` or `at`: ghore, basay, barite."""
    if _glides(stem):
        return stem + YA + LOCATIVE
    if stem[-1] == KHANDA_TA:
        return stem[:-1] + "\u09a4" + LOCATIVE
    if _last(stem) == AA_SIGN:
        return stem + YA
    return stem + ("\u09a4\u09c7" if _last(stem) in VOWEL_SIGNS + VOWELS else LOCATIVE)


def _last(stem: str) -> str:
    return stem.rstrip(CANDRABINDU)[-1]


def _glides(stem: str) -> bool:
    """Tell whether a y stands before the ending: bhai, bou, rong, cha and pa, Thakurgaon."""
    word = stem.rpartition(" ")[2]
    short = len(word) == 2 and word[-1] == AA_SIGN  # noqa: PLR2004 - a consonant and the sign: one syllable
    return short or word[-1] in "\u0987\u0989\u0982" or word.endswith("\u0981\u0993")


def forms(noun: Noun, form: str) -> tuple[str, ...]:
    """Return the words `noun` may take in a slot of `form`, repeated by weight.

    Forms: b bare, s subject, o object, g genitive, l locative, g1 and l1 the same
    of the bare noun only, d definite, p plural.
    """
    stem, people = noun.stem, noun.kind in PEOPLE
    if form == "b" or noun.kind == "word":
        return (stem,)
    if form == "l1":
        return (locative(stem),)
    if form == "l":
        return (locative(stem),) if noun.kind in ("proper", "abstract") else _local(stem, noun.kind)
    if form == "g1":
        return (genitive(stem),)
    if people:
        return _of_people(stem, form)
    return _of_things(noun, form)


def _local(stem: str, kind: str) -> tuple[str, ...]:
    definite = (locative(stem), stem + "টায়", stem + "টিতে")
    return (*definite, stem + "গুলোতে") if kind == "count" else (locative(stem), *definite)


def _of_people(stem: str, form: str) -> tuple[str, ...]:
    return {
        "s": (stem,),
        "o": (stem + "কে",) * 4 + (stem + "দের", stem + "দেরকে"),
        "g": (genitive(stem),) * 4 + (stem + "দের",),
        "d": (stem + "টা",),
        "p": (stem + "রা",),
    }[form]


def _of_things(noun: Noun, form: str) -> tuple[str, ...]:
    stem = noun.stem
    if noun.kind == "mass":
        definite: tuple[str, ...] = (stem + "টা", stem + "টুকু")
        genitives: tuple[str, ...] = (genitive(stem), genitive(stem), stem + "টার")
    elif noun.kind == "count":
        definite = (stem + "টা", stem + "টি", stem + "গুলো")
        genitives = (genitive(stem), stem + "টার", stem + "টির", stem + "গুলোর")
    else:
        definite, genitives = (stem + "টা", stem + "টি"), (genitive(stem),)
        if noun.kind == "place":
            genitives += (stem + "টার", stem + "টির")
    return {
        "s": (stem, *definite),
        "o": (stem, *definite),
        "g": genitives,
        "d": definite,
        "p": (stem + "গুলো",),
    }[form]


@cache
def lexicon() -> Mapping[str, tuple[Noun, ...]]:
    """Return the words of every class, in the order of the file; a class may be the union of others."""
    classes: dict[str, tuple[Noun, ...]] = {}
    unions: dict[str, list[str]] = {}
    for head, body in sections("lexicon.txt"):
        if "=" in head:
            name, _, parts = head.partition("=")
            unions[name.strip()] = parts.split()
            continue
        name, kind = head.split()
        entries = dict.fromkeys(entry.replace("_", " ") for line in body for entry in line.split())
        classes[name] = tuple(Noun(entry, kind) for entry in entries)
    for name, members in unions.items():  # in the order of the file: a union may be part of a later one
        classes[name] = tuple(noun for part in members for noun in classes[part])
    return classes


def sections(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (head, lines) for each [head] of a data file of this package, without comments and empty lines."""
    text = resources.files("bhab.synthetic").joinpath(name).read_text(encoding="utf-8")
    head = ""
    body: list[str] = []
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        if line.startswith("#"):
            continue
        if line.startswith("["):
            if head:
                yield head, body
            head, body = line.strip("[]"), []
        else:
            body.append(line)
    yield head, body

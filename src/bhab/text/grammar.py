"""Whether a Bengali sentence is grammatical: rules of agreement, and word classes in a row as known from text.

The rules are those of the standard colloquial language (Chatterji, The Origin and Development of the Bengali Language;
Thompson, Bengali: A Comprehensive Grammar) that a model breaks when it puts words together: the verb agrees with its
pronoun in person, `apni` and `tumi` are not both one listener, `for` and `like` govern the genitive, sentences end with
a mark. What the rules do not know, such as words left out or in another order, is told by three word classes in a row
that no known text has. Texts are in the form of `bhab.text.clean`.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from bhab.text.verbs import PERSONS, verbs
from bhab.text.words import words_and_marks

ENDS = ("\u0964", "?", "!")
MARKS = (*ENDS, ",", ";")
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {"আমি": "1", "আমরা": "1", "তুমি": "2", "তোমরা": "2", "সে": "3", "তারা": "3", "তিনি": "h", "আপনি": "h", "আপনারা": "h"}
)
POLITE = frozenset(["আপনি", "আপনার", "আপনাকে", "আপনারা", "আপনাদের", "আপনাদেরকে"])
FAMILIAR = frozenset(["তুমি", "তোমার", "তোমাকে", "তোমরা", "তোমাদের", "তোমাদেরকে"])
GOVERN_GENITIVE = frozenset(["জন্য", "মতো", "মতোই"])  # anything else before them is a slip
NOUNS = frozenset(["দিন", "গান", "পান", "জান", "মান", "খান"])  # day, song and others: more often that than a command
ENDINGS = ("গুলোকে", "গুলোতে", "গুলোর", "গুলো", "টাকে", "টার", "টায়", "টা", "টির", "টি", "দের", "কে", "ের", "র", "তে", "ে", "য়")
FINITE = ("pres", "cont", "perf", "past", "pcont", "plu", "hab", "fut", "imp", "npast")
WITHOUT_PERSON = ("ppl", "inf", "cond", "vn")
EDGE = "|"  # stands before and after a sentence


@dataclass(frozen=True, slots=True)
class Grammar:
    """What known texts have: their frequent words, which are classes of their own, and three classes in a row."""

    common: frozenset[str]
    rows: frozenset[tuple[str, str, str]]
    doubled: frozenset[str]  # words that are said twice in a row

    def faults(self, text: str) -> list[str]:
        """Return what is wrong with `text`, a word for each rule that is broken, in order; empty if nothing is."""
        tokens = words_and_marks(text)
        found = list(_faults(tokens))
        if any(one == other and one not in self.doubled for one, other in itertools.pairwise(tokens)):
            found.append("repeated")
        if any(row not in self.rows for row in _rows(tokens, self.common)):
            found.append("order")
        return found


def learn(texts: Iterable[str], n_common: int) -> Grammar:
    """Return what `texts`, known to be good, have; their `n_common` most frequent words are classes of their own."""
    spoken = [words_and_marks(text) for text in texts]
    counts: dict[str, int] = {}
    for tokens in spoken:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    common = frozenset(sorted(counts, key=lambda word: (-counts[word], word))[:n_common])
    return Grammar(
        common,
        frozenset(row for tokens in spoken for row in _rows(tokens, common)),
        frozenset(one for tokens in spoken for one, other in itertools.pairwise(tokens) if one == other),
    )


def _faults(tokens: list[str]) -> Iterator[str]:
    if not tokens or tokens[-1] not in ENDS:
        yield "end"
    if tokens and (tokens[0] in MARKS or any(a in MARKS and b in MARKS for a, b in itertools.pairwise(tokens))):
        yield "marks"
    if not _one_listener(tokens):
        yield "register"
    if not all(map(_agrees, _clauses(tokens))):
        yield "agreement"
    governed = [before for before, word in zip([EDGE, *tokens], tokens, strict=False) if word in GOVERN_GENITIVE]
    if any(not before.endswith(("র", "এ")) for before in governed):
        yield "case"


def _one_listener(tokens: list[str]) -> bool:
    """Tell whether all that is said to the listener, pronouns and commands, is of one register."""
    polite = any(word in POLITE or word in _commands()["h"] for word in tokens)
    familiar = any(word in FAMILIAR or word in _commands()["2"] for word in tokens)
    return not (polite and familiar)


def _agrees(clause: list[str]) -> bool:
    """Tell whether the first finite verb behind a pronoun that is subject has a form of its person."""
    person = None
    for word in clause:
        if word in SUBJECTS:
            person = SUBJECTS[word]
        elif person is not None and word in _persons():
            return person in _persons()[word]
    return True


def _clauses(tokens: list[str]) -> Iterator[list[str]]:
    clause: list[str] = []
    for token in tokens:
        if token in MARKS:
            yield clause
            clause = []
        else:
            clause.append(token)
    yield clause


def _rows(tokens: list[str], common: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    classes = [EDGE]
    for token in tokens:
        classes.append(token if token in common else _class_of(token))
        classes += [EDGE] if token in ENDS else []  # a sentence knows nothing of the one before it
    yield from zip(classes, classes[1:], classes[2:], strict=False)


def _class_of(word: str) -> str:
    """Return the class of a word that is not common: a form of a verb, an ending of a noun, or none."""
    form = _forms().get(word)
    if form is not None:
        return form
    return next((ending for ending in ENDINGS if word.endswith(ending) and len(word) > len(ending) + 1), "-")


@cache
def _persons() -> Mapping[str, frozenset[str]]:
    """Return the persons each finite form stands for; forms that are also without person are not among them."""
    found: dict[str, set[str]] = {}
    for verb in verbs().values():
        for tense in FINITE:
            for person in "2h" if tense == "imp" else PERSONS:
                found.setdefault(verb.form(tense, person), set()).add(person)
    for verb in verbs().values():
        for tense in WITHOUT_PERSON:
            found.pop(verb.form(tense, "1"), None)
    return {form: frozenset(persons) for form, persons in found.items()}


@cache
def _commands() -> Mapping[str, frozenset[str]]:
    """Return the commands that are nothing else, by person."""
    imperatives = {p: {verb.form("imp", p) for verb in verbs().values()} for p in "2h"}
    third = {verb.form("pres", "3") for verb in verbs().values()}
    return {p: frozenset(forms - third - NOUNS) for p, forms in imperatives.items()}


@cache
def _forms() -> Mapping[str, str]:
    """Return the class of each form of a verb: its tense, and the person it agrees with."""
    found: dict[str, str] = {}
    for verb in verbs().values():
        for tense in WITHOUT_PERSON:
            found.setdefault(verb.form(tense, "1"), tense)
        for tense in FINITE:
            for person in PERSONS:
                found.setdefault(verb.form(tense, person), f"{tense}{person}")
    return found

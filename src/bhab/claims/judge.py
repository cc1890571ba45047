"""Claims against what they are bound to, and the figures of a document that nothing is bound to."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bhab.claims.claim import Claim, Claims, Query
from bhab.claims.printed import as_printed, printed
from bhab.errors import BhabError

NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?:\s?%)?(?![\w/])")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)  # also the target of a link
CONTEXT = 40  # characters of the document shown on each side of an unbound figure


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one claim. `claimed` is the figure, or the words of a claim that is not recomputed."""

    id: str
    document: str
    claimed: str
    found: str
    verdict: Literal["holds", "fails", "not recomputed"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Unbound:
    """A figure of a document that no claim and no ignored words hold."""

    document: str
    line: int
    figure: str
    context: str


@dataclass(frozen=True, slots=True)
class Flat:
    """A document as one line: its text, and for each character its line number and whether it is code."""

    text: str
    lines: tuple[int, ...]
    code: tuple[bool, ...]

    def spans(self, words: str) -> list[tuple[int, int]]:
        """Return where `words` stand, line breaks aside."""
        wanted = " ".join(words.split())
        return [(m.start(), m.end()) for m in re.finditer(re.escape(wanted), self.text)]


def judge(claims: Claims, documents: Mapping[str, str], ask: Callable[[Query], Fraction]) -> list[Judged]:
    """Return what became of each claim, in their order. `ask` answers a query, or raises a BhabError."""
    flat = {name: flatten(text) for name, text in documents.items()}
    return [_judged(claim, flat[claim.document], ask) for claim in claims.claims]


def unbound(claims: Claims, documents: Mapping[str, str]) -> list[Unbound]:
    """Return the figures outside code that no claim holds, in reading order.

    A claim with a query holds its figure, one without holds every figure in the words it quotes.
    """
    return [row for name in claims.documents for row in _unbound(claims, name, flatten(documents[name]))]


def flatten(document: str) -> Flat:
    """Return `document` with each run of white space as one space."""
    coded = [False] * len(document)
    for match in CODE.finditer(document):
        coded[match.start() : match.end()] = [True] * len(match[0])
    text: list[str] = []
    lines: list[int] = []
    code: list[bool] = []
    line = 1
    for place, letter in enumerate(document):
        if not letter.isspace() or (text and text[-1] != " "):
            text.append(" " if letter.isspace() else letter)
            lines.append(line)
            code.append(coded[place])
        line += letter == "\n"
    return Flat("".join(text), tuple(lines), tuple(code))


def _judged(claim: Claim, flat: Flat, ask: Callable[[Query], Fraction]) -> Judged:
    def outcome(found: str, verdict: Literal["holds", "fails", "not recomputed"], sentence: str) -> Judged:
        return Judged(claim.id, claim.document, claim.value or claim.says, found, verdict, sentence)

    if not flat.spans(claim.says):
        return outcome("–", "fails", f"{claim.document} does not say {claim.says!r} any more")
    if claim.measured is not None:
        run = claim.measured
        return outcome("–", "not recomputed", f"measured with `{run.command}` on {run.date}: {run.on}")
    if claim.quoted is not None:
        return outcome("–", "not recomputed", f"quoted from {claim.quoted}")
    query, figure = claim.query, printed(claim.value or "")
    if query is None:  # the class of a claim does not let this happen
        return outcome("–", "fails", "no source")
    try:
        value = ask(query)
    except BhabError as error:
        return outcome("–", "fails", str(error))
    middle = (figure.low + figure.high) / 2
    near = claim.tolerance is not None and abs(value - middle) <= claim.tolerance
    holds = near or figure.meets((value, value))
    return outcome(as_printed(value, figure), "holds" if holds else "fails", f"from {query.file}: {_words(query)}")


def _words(query: Query) -> str:
    """Return what a query asks, in words."""
    if query.path is not None:
        return query.path if query.take == "value" else f"{query.take} of {query.path}"
    rows = " and ".join(f"{column} is {value}" for column, value in query.where.items()) or "all rows"
    return f"{query.take} of {query.column or 'rows'} where {rows}"


def _unbound(claims: Claims, name: str, flat: Flat) -> Iterator[Unbound]:
    held = [span for ignored in claims.ignore for span in flat.spans(ignored.says)]
    for claim in (claim for claim in claims.claims if claim.document == name):
        for start, end in flat.spans(claim.says):
            place = start + flat.text[start:end].index(claim.value) if claim.value else start
            held.append((place, place + len(claim.value) if claim.value else end))
    for match in NUMBER.finditer(flat.text):
        start, end = match.span()
        if flat.code[start] or any(low <= start and end <= high for low, high in held):
            continue
        context = flat.text[max(0, start - CONTEXT) : end + CONTEXT].strip()
        yield Unbound(name, flat.lines[start], match[0], context)

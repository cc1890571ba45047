"""What the names of a label map stand for, and how sure that is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["right", "permuted", "undecided", "unlike"]
FALSE_ALARM = 1e-3  # of a right map: the chance that it is called permuted, and of a name that it is called sure


@dataclass(frozen=True, slots=True)
class Naming:
    """The verdict on a label map, what each name stands for at best, and the names this is sure of.

    right: every name surely stands for itself. permuted: those of `moved` surely stand for another. undecided: no
    permutation is certain, but `unsure` names could be exchanged. unlike: under no naming does it fit the reference.
    """

    verdict: Verdict
    found: Mapping[str, str]
    moved: tuple[str, ...]
    unsure: tuple[str, ...]
    sentence: str


def needed_log_odds(names: int) -> float:
    """Return by how much the best naming must beat the printed one, in log likelihood, to call the map permuted.

    By Markov's inequality one wrong naming beats the right one by x with a chance of exp(-x) at most, and there are
    less than names! of them.
    """
    return math.lgamma(names + 1) - math.log(FALSE_ALARM)


def judged(found: Mapping[str, str], sure: Mapping[str, bool], *, rejected: bool, what: str) -> Naming:
    """Return the verdict from the best naming, which names it is sure of, and whether the printed one is ruled out.

    `what` says what the names stand on: `rows`, `predictions`.
    """
    moved = tuple(n for n in found if rejected and found[n] != n and sure[n])
    unsure = tuple(n for n in found if not sure[n])
    if moved:
        rest = f"; {listed(unsure)} cannot be told" if unsure else ""
        sentence = f"{what} named {listed(moved)} are {listed([found[n] for n in moved])}{rest}"
        return Naming("permuted", found, moved, unsure, sentence)
    if rejected:
        sentence = f"{what} do not stand for the names they carry, but for which is not certain"
        return Naming("undecided", found, (), unsure, sentence)
    if unsure:
        sentence = f"{what} fit their names, but {listed(unsure)} could be exchanged as well"
        return Naming("undecided", {n: n for n in found}, (), unsure, sentence)
    return Naming("right", {n: n for n in found}, (), (), f"{what} fit their names")


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them."""
    return ", ".join(names)

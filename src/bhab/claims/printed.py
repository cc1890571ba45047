"""A figure as it was printed: its text, and every value that rounds to it.

A printed 0.96 stands for 0.955 to 0.965, a printed 3,607 for itself. Bounds are exact fractions, so that no check
rings because of the binary form of a decimal.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator

NUMBER = re.compile(
    r"(?P<over>over )?(?P<digits>\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.(?P<decimals>\d+))?\s*(?P<percent>%?)"
)
HALF = Fraction(1, 2)
ENDLESS = Fraction(10**15)  # above any count: the upper end of "over 22,500"

Range = tuple[Fraction, Fraction]  # the lowest and the highest value that printed figures allow


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as printed, and the lowest and highest value it may stand for, both included. Percent are shares."""

    text: str
    low: Fraction
    high: Fraction

    def meets(self, found: Range) -> bool:
        """Return whether some value in `found` would be printed like this."""
        return self.low <= found[1] and found[0] <= self.high


def printed(text: str) -> Printed:
    """Return the figure that `text` prints: `3,607`, `.9685`, `0.96`, `83.18 %`, `over 22,500`.

    Without decimals and without a percent sign it is a count, and exact. Raises ValueError for any other text.
    """
    match = NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no printed figure, expected one like 3,607 or .9685, 83.18 %")
    decimals, percent = match["decimals"] or "", bool(match["percent"])
    unit = Fraction(1, 10 ** len(decimals))
    value = Fraction(int((match["digits"].replace(",", "") + decimals) or "0")) * unit
    if match["over"]:
        return Printed(text.strip(), value, ENDLESS)
    half = unit * HALF if decimals or percent else Fraction(0)
    scale = Fraction(1, 100) if percent else Fraction(1)
    return Printed(text.strip(), (value - half) * scale, (value + half) * scale)


def as_printed(value: Fraction, like: Printed) -> str:
    """Return `value` with as many decimals as `like` has, and its percent sign."""
    percent = like.text.endswith("%")
    decimals = len(like.text.rstrip("% ").partition(".")[2])
    if like.high in {like.low, ENDLESS}:
        return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.2f}"
    return f"{float(100 * value if percent else value):.{decimals}f}{' %' * percent}"


def sum_of(cells: Iterable[Printed]) -> Range:
    """Return the range of the sum."""
    figures = list(cells)
    return sum((f.low for f in figures), Fraction(0)), sum((f.high for f in figures), Fraction(0))


def mean_of(cells: Mapping[str, Printed], weights: Mapping[str, Fraction]) -> Range:
    """Return the range of the mean, weighted by `weights`, which do not sum to 0."""
    n = sum(weights[row] for row in cells)
    low = sum((cell.low * weights[row] for row, cell in cells.items()), Fraction(0))
    high = sum((cell.high * weights[row] for row, cell in cells.items()), Fraction(0))
    return low / n, high / n


def f1_of(precision: Range, recall: Range) -> Range:
    """Return the range of the harmonic mean, which grows with both."""
    return _harmonic(precision[0], recall[0]), _harmonic(precision[1], recall[1])


def _harmonic(p: Fraction, r: Fraction) -> Fraction:
    p, r = max(p, Fraction(0)), max(r, Fraction(0))  # a printed 0.00 may not stand for less than nothing
    return 2 * p * r / (p + r) if p + r else Fraction(0)


def _validate(value: object) -> Printed:
    return value if isinstance(value, Printed) else printed(str(value))


Figure = Annotated[Printed, BeforeValidator(_validate)]  # a field of an audit: text in YAML, Printed in Python

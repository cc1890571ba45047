"""A confusion matrix beside the scores that were printed with it."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

from bhab.claims.audit import Table
from bhab.claims.findings import Compared, against

MAX_CHANCE = 1e-6  # of rows with nothing but equal mistakes, before anyone calls them made up


def confusion_checks(table: Table) -> Iterator[Compared]:
    """Yield every comparison of the table with its confusion matrix; nothing if it has none."""
    if not table.confusion:
        return
    names = list(table.confusion)
    hits = {name: Fraction(cells[place]) for place, (name, cells) in enumerate(table.confusion.items())}
    rows = {name: sum(cells) for name, cells in table.confusion.items()}
    columns = {name: sum(cells[place] for cells in table.confusion.values()) for place, name in enumerate(names)}
    for row, figure in table.by_role("support").items():
        yield against("confusion_support", table.where, row, figure, (Fraction(rows[row]), Fraction(rows[row])))
    for check, cells, sizes in (
        ("confusion_recall", table.by_role("recall"), rows),
        ("confusion_precision", table.by_role("precision"), columns),
    ):
        for row, figure in cells.items():
            share = hits[row] / sizes[row] if sizes[row] else Fraction(0)
            yield against(check, table.where, row, figure, (share, share))
    total = sum(rows.values())
    if table.accuracy is not None and total:
        share = sum(hits.values(), Fraction(0)) / total
        yield against("confusion_accuracy", table.where, "accuracy", table.accuracy, (share, share))
    yield from _equal_errors(table.where, table.confusion)


def _equal_errors(where: str, confusion: Mapping[str, tuple[int, ...]]) -> Iterator[Compared]:
    """Yield the rows whose mistakes are all one number, if chance would not do that even to a model that errs evenly.

    The chance of n mistakes to fall n / k on each of k classes is largest if all are equally likely: the multinomial
    n! / ((n / k)! ** k * k ** n). The chances of such rows are multiplied.
    """
    errors = {
        name: [cell for other, cell in enumerate(cells) if other != place]
        for place, (name, cells) in enumerate(confusion.items())
    }
    equal = {name: cells for name, cells in errors.items() if len(cells) > 1 and len(set(cells)) == 1}
    chance = sum(_log_chance(cells) for cells in equal.values())
    for name, cells in equal.items():
        if cells[0]:
            every = f"{cells[0]} for each of the {len(cells)} others"
            odds = f"by chance 1 table in 10^{int(-chance / math.log(10))}"
            yield Compared("equal_errors", where, name, every, odds, chance > math.log(MAX_CHANCE))


def _log_chance(cells: list[int]) -> float:
    n, k = sum(cells), len(cells)
    return math.lgamma(n + 1) - k * math.lgamma(cells[0] + 1) - n * math.log(k)

"""A table audited by itself: sums, shares, averages, F1, accuracy.

What is printed agrees with the range that follows from the other figures if the two overlap: so a sound table raises no
alarm, however coarsely it was rounded.
"""

import math
from collections.abc import Iterator
from fractions import Fraction

from bhab.claims.audit import Table
from bhab.claims.findings import Compared, against
from bhab.claims.printed import Range, as_printed, f1_of, mean_of, sum_of

COUNTED = ("count", "total", "support")  # roles whose cells are whole numbers
TOTAL = "total"  # the name of the row of printed totals


def table_checks(table: Table) -> Iterator[Compared]:
    """Yield every comparison that the table allows without a confusion matrix."""
    yield from _column_sums(table)
    yield from _row_sums(table)
    yield from _shares(table)
    yield from _averages(table)
    yield from _f1(table)
    yield from _accuracy(table)
    yield from _whole_hits(table)


def _column_sums(table: Table) -> Iterator[Compared]:
    for column, total in table.totals.items():
        if column in table.rows_sum:
            recorded = table.rows_sum[column]
            yield against("column_sum", table.where, column, total, (recorded.low, recorded.high))
        elif table.is_full(column) and table.columns[column] in {*COUNTED, "share"}:
            yield against("column_sum", table.where, column, total, sum_of(table.column(column).values()))


def _row_sums(table: Table) -> Iterator[Compared]:
    parts = [column for column, role in table.columns.items() if role == "count"]
    rows = {row: dict(zip(table.columns, cells, strict=True)) for row, cells in table.rows.items()}
    for whole in (column for column, role in table.columns.items() if role == "total"):
        for row, cells in (rows | {TOTAL: {column: table.totals.get(column) for column in table.columns}}).items():
            figures = [cell for part in parts if (cell := cells[part]) is not None]
            total = cells[whole]
            if parts and total is not None and len(figures) == len(parts):
                yield against("row_sum", table.where, row, total, sum_of(figures))


def _shares(table: Table) -> Iterator[Compared]:
    counts = [column for column, role in table.columns.items() if role == "count" and table.is_full(column)]
    for column in (column for column, role in table.columns.items() if role == "share"):
        cells = table.column(column)
        if table.is_full(column) and column not in table.totals:
            low, high = sum_of(cells.values())
            found = f"{float((low + high) / 2):.4g}"
            yield Compared("share_sum", table.where, column, "1 in all", found, low <= 1 <= high)
        n = sum_of(table.column(counts[0]).values())[0] if len(counts) == 1 else Fraction(0)
        for row, cell in cells.items():
            if n:
                share = table.column(counts[0])[row].low / n
                yield against("share_of_count", table.where, f"{column} of {row}", cell, (share, share))


def _averages(table: Table) -> Iterator[Compared]:
    for kind, averages in table.averages.items():
        for column, figure in averages.items():
            role, name = table.columns[column], f"{kind} {column}"
            if not table.is_full(column):
                continue
            if role == "support":
                yield against("column_sum", table.where, name, figure, sum_of(table.column(column).values()))
            else:
                found = _average(table, kind, column)
                other = _f1_of_averages(table) if (kind, role) == ("macro", "f1") else None
                if other is not None and figure.meets(other):  # both are in use (Opitz and Burst 2019)
                    found = other
                if found is not None:
                    yield against("average", table.where, name, figure, found)


def _average(table: Table, kind: str, column: str | None) -> Range | None:
    """Return the range of the average of a full column, None where it cannot be had."""
    if column is None or not table.is_full(column):
        return None
    weights = {row: Fraction(1) for row in table.rows}
    if kind == "weighted":
        support = table.of_role("support")
        if support is None or not table.is_full(support):
            return None
        weights = {row: cell.low for row, cell in table.column(support).items()}
    return mean_of(table.column(column), weights) if sum(weights.values()) else None


def _f1_of_averages(table: Table) -> Range | None:
    precision, recall = (_average(table, "macro", table.of_role(role)) for role in ("precision", "recall"))
    return f1_of(precision, recall) if precision is not None and recall is not None else None


def _f1(table: Table) -> Iterator[Compared]:
    precisions, recalls, scores = (table.by_role(role) for role in ("precision", "recall", "f1"))
    for row, figure in scores.items():
        if row in precisions and row in recalls:
            found = f1_of(*((side[row].low, side[row].high) for side in (precisions, recalls)))
            yield against("f1", table.where, row, figure, found)


def _accuracy(table: Table) -> Iterator[Compared]:
    recall, accuracy = table.of_role("recall"), table.accuracy
    if accuracy is None or recall is None or not table.is_full(recall):
        return
    weighted = _average(table, "weighted", recall)
    if weighted is not None:
        yield against("accuracy", table.where, "accuracy", accuracy, weighted)
    elif table.of_role("support") is None:  # then any mean of the recalls will do
        cells = table.column(recall).values()
        low, high = min(cell.low for cell in cells), max(cell.high for cell in cells)
        found = f"between {as_printed(low, accuracy)} and {as_printed(high, accuracy)}"
        yield Compared("accuracy", table.where, "accuracy", accuracy.text, found, accuracy.meets((low, high)))


def _whole_hits(table: Table) -> Iterator[Compared]:
    supports = table.by_role("support")
    for row, recall in table.by_role("recall").items():
        n = supports[row].low if row in supports else Fraction(0)
        if n:
            hits = round((recall.low + recall.high) / 2 * n)
            agrees = math.ceil(recall.low * n) <= math.floor(recall.high * n)
            found = f"{hits} of {n}, {float(hits / n):.4f}"
            yield Compared("whole_hits", table.where, row, f"{recall.text} of {n}", found, agrees)

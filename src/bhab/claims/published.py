"""The scores that a published work prints of its models, as text, to stand beside others."""

from collections.abc import Iterator, Mapping
from typing import Any

from bhab.claims.audit import Audit, Role, Table
from bhab.claims.printed import Printed

SCORES: tuple[Role, ...] = ("precision", "recall", "f1", "support")


def published(audit: Audit) -> dict[str, Any]:
    """Return {results: [{where, what, value, computed_on}], reports: [{where, rows, averages, accuracy}]}.

    A result is an accuracy, `computed_on` None where only its name says on what. A report has scores by class:
    `rows` and `averages` are {precision, recall, f1, support} by name, without what is not printed.
    """
    return {"results": list(_results(audit)), "reports": [_report(t) for t in audit.tables if t.rows and _roles(t)]}


def _results(audit: Audit) -> Iterator[dict[str, str | None]]:
    for model in audit.models:
        for result in model.results:
            if result.value is not None:
                value, rows = result.value.text, result.computed_on
                yield {"where": model.where, "what": result.what, "value": value, "computed_on": rows}
    for curve in audit.curves:
        yield {"where": curve.where, "what": "end of the curve", "value": curve.printed.text, "computed_on": None}


def _report(table: Table) -> dict[str, Any]:
    roles = _roles(table)
    rows = {name: dict(zip(table.columns, cells, strict=True)) for name, cells in table.rows.items()}
    return {
        "where": table.where,
        "rows": {name: _texts(cells, roles) for name, cells in rows.items()},
        "averages": {name: _texts(cells, roles) for name, cells in table.averages.items()},
        "accuracy": table.accuracy and table.accuracy.text,
    }


def _roles(table: Table) -> dict[Role, str]:
    """Return the columns that are scores, by role; none of a table that has no precision."""
    found = {role: column for role in SCORES if (column := table.of_role(role)) is not None}
    return found if "precision" in found else {}


def _texts(cells: Mapping[str, Printed | None], roles: Mapping[Role, str]) -> dict[str, str]:
    return {role: cell.text for role, column in roles.items() if (cell := cells.get(column)) is not None}

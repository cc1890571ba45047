"""What a column is, and what follows from a table's declaration: Arrow schema and data dictionary."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its Arrow type and the rules its values obey."""

    name: str
    type: pa.DataType
    doc: str
    nullable: bool = False
    unique: bool = False
    allowed: tuple[str, ...] | None = None
    bounds: tuple[float, float] | None = None  # inclusive, in the unit the name ends with
    n_bytes: int | None = None  # exact length of a binary value


Columns = tuple[Column, ...]


def arrow_schema(columns: Columns) -> pa.Schema:
    """Return the Arrow schema of a table."""
    return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in columns])


def markdown(columns: Columns) -> str:
    """Return the data dictionary of a table in Markdown, one row for each column."""
    head = ["| column | type | rule | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| `{c.name}` | {c.type} | {rule(c)} | {c.doc} |" for c in columns)])


def rule(column: Column) -> str:
    """Return the rules of `column` in words, empty if any value will do."""
    words = ["may be empty"] if column.nullable else []
    if column.unique:
        words.append("unique")
    if column.allowed is not None:
        words.append("one of " + ", ".join(column.allowed))
    if column.bounds is not None:
        words.append(f"{column.bounds[0]:g} to {column.bounds[1]:g}")
    if column.n_bytes is not None:
        words.append(f"{column.n_bytes} bytes")
    return "; ".join(words)

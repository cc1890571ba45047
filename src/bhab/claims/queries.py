"""The small language of queries: a path into JSON or YAML, an aggregate over a Parquet table. Nothing is executed."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from bhab.claims.claim import Claims, Query
from bhab.errors import ClaimError
from bhab.store import read_json, read_table

EVERY = "*"


def answer(query: Query, root: Path) -> Fraction:
    """Return the number that `query` finds under `root`. Raises ClaimError if it finds none, TableError for no file."""
    file = root / query.file
    if query.path is None:
        return _of_table(query, read_table(file))
    value: object = read_json(file) if file.suffix == ".json" else _read_yaml(file)
    found = [value]
    for key in query.path.split("."):
        found = [below for one in found for below in _step(one, key, query)]
    if query.take == "count":
        return Fraction(len(found))
    numbers = [_number(one, query) for one in found]
    if query.take == "value" and len(numbers) != 1:
        raise ClaimError(f"{query.file}: {query.path} finds {len(numbers)} values, expected one")
    return _taken(numbers, query)


def read_documents(claims: Claims, root: Path) -> dict[str, str]:
    """Return the text of every document of `claims`. Raises ClaimError if one is missing."""
    missing = [name for name in claims.documents if not (root / name).is_file()]
    if missing:
        raise ClaimError(f"{root / missing[0]}: no such file, expected a document that claims.yaml names")
    return {name: (root / name).read_text(encoding="utf-8") for name in claims.documents}


def _of_table(query: Query, table: pa.Table) -> Fraction:
    for column in [*query.where, *([query.column] if query.column else [])]:
        if column not in table.column_names:
            raise ClaimError(f"{query.file}: no column {column}, found {table.column_names}")
    for column, value in query.where.items():
        table = table.filter(pc.equal(pc.cast(table[column], pa.string()), value))
    if query.column is None:
        return Fraction(table.num_rows)
    return _taken([_number(one, query) for one in table[query.column].drop_null().to_pylist()], query)


def _taken(numbers: Sequence[Fraction], query: Query) -> Fraction:
    if query.take == "mean" and not numbers:
        raise ClaimError(f"{query.file}: nothing to take the mean of")
    return sum(numbers, Fraction(0)) / (len(numbers) if query.take == "mean" else 1)


def _step(value: object, key: str, query: Query) -> list[object]:
    """Return what lies under `key` of an object or list."""
    if key == EVERY and isinstance(value, dict | list):
        return list(value.values()) if isinstance(value, dict) else list(value)
    if isinstance(value, dict) and key in value:
        return [value[key]]
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return [value[int(key)]]
    raise ClaimError(f"{query.file}: found no {key} of {query.path}")


def _number(value: object, query: Query) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimError(f"{query.file}: {query.path or query.column} is {value!r}, expected a number")
    return Fraction(value)


def _read_yaml(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ClaimError(f"{path}: no such file") from error
    except yaml.YAMLError as error:
        raise ClaimError(f"{path}: not YAML ({error})") from error

"""Great Expectations suites, generated from the declaration of a table, and their verdict on it.

Great Expectations works on pandas. There the length in bytes stands for a binary value: that is all a suite says of
one, and the pixels stay where they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.core import ExpectationValidationResult

from bhab.errors import ContractError
from bhab.schema import Column, Columns
from bhab.schema.columns import rule

TOLD = 3  # failures named in one message; the verdict has all

Verdict = dict[str, Any]  # {"table", "n", "success", "expectations": [...]}, no date, id or path in it


def suite(name: str, columns: Columns) -> gx.ExpectationSuite:
    """Return the suite that states every rule of `columns`, in column order."""
    return gx.ExpectationSuite(name=name, expectations=[e for column in columns for e in _expectations(column)])


def _expectations(column: Column) -> Iterator[gxe.Expectation]:
    if not column.nullable:
        yield gxe.ExpectColumnValuesToNotBeNull(column=column.name)
    if column.unique:
        yield gxe.ExpectColumnValuesToBeUnique(column=column.name)
    if column.allowed is not None:
        yield gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.allowed))
    if column.bounds is not None:
        low, high = column.bounds
        yield gxe.ExpectColumnValuesToBeBetween(column=column.name, min_value=low, max_value=high)
    if column.n_bytes is not None:
        yield gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=[column.n_bytes])


def judge(table: pa.Table, name: str, columns: Columns, *, examples: int) -> Verdict:
    """Return the verdict of `suite(name, columns)` on a table of these columns, one of which is sample_id.

    Each expectation has `expectation`, `column`, `success`, `unexpected_count`, `unexpected_percent` of all rows, and
    as `examples` the first unexpected values as text. Raises ContractError for a column of another type.
    """
    for column in columns:
        found = table.schema.field(column.name).type
        if found != column.type:
            raise ContractError(f"{name}: column {column.name} is {found}, expected {column.type}")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe(name).get_batch({"dataframe": light_frame(table)})
    result = batch.validate(
        suite(name, columns),
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": examples,
            "unexpected_index_column_names": ["sample_id"],
        },
    )
    place = {column.name: number for number, column in enumerate(columns)}
    outcomes = sorted(
        (_outcome(one, table.num_rows) for one in result.results), key=lambda o: (place[o["column"]], o["expectation"])
    )
    return {"table": name, "n": table.num_rows, "success": bool(result.success), "expectations": outcomes}


def _outcome(result: ExpectationValidationResult, n: int) -> dict[str, Any]:
    column = result.expectation_config.kwargs["column"]
    count = int(result.result["unexpected_count"])
    return {
        "expectation": result.expectation_config.type,
        "column": column,
        "success": bool(result.success),
        "unexpected_count": count,
        "unexpected_percent": round(100 * count / max(1, n), 4),
        "examples": [_example(row, column) for row in result.result["partial_unexpected_index_list"]],
    }


def _example(row: Mapping[str, Any], column: str) -> str:
    """Return the unexpected value in words: `rage in 0a1b`, where 0a1b is the sample_id."""
    value = "nothing" if pd.isna(row[column]) else str(row[column])
    return value if column == "sample_id" else f"{value} in {row['sample_id']}"


def light_frame(table: pa.Table) -> pd.DataFrame:
    """Return `table` for pandas, with the length of each binary value, and True for each map, in its place."""
    light = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_binary(column.type):
            light[name] = pc.binary_length(column)
        elif pa.types.is_map(column.type):
            valid = pc.is_valid(column)
            light[name] = pc.if_else(valid, valid, None)
        else:
            light[name] = column
    frame: pd.DataFrame = pa.table(light).to_pandas()
    return frame


def sentence(verdict: Verdict, columns: Columns) -> str:
    """Return what is wrong: column, expectation, count, the rule as declared, and examples, of the first failures."""
    rules = {column.name: rule(replace(column, nullable=False)) or "a value" for column in columns}
    failed = [outcome for outcome in verdict["expectations"] if not outcome["success"]]
    told = [
        f"column {o['column']} breaks {o['expectation']} in {o['unexpected_count']} of {verdict['n']} rows "
        f"({', '.join(o['examples'])}), expected {rules[o['column']]}"
        for o in failed[:TOLD]
    ]
    more = [f"{len(failed) - TOLD} more broken expectations"] if len(failed) > TOLD else []
    return f"{verdict['table']}: " + "; ".join([*told, *more])

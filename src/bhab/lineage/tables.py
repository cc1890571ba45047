"""Where the stages put their tables, from the project's folder, and how to read of them only what is needed."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

INTERIM, PROCESSED = Path("data/interim"), Path("data/processed")
SPLITS_FILE = PROCESSED / "split" / "splits.parquet"
LABELS_FILE = INTERIM / "labels" / "labels.parquet"


def light(path: Path) -> pa.Table | None:
    """Return a table, or a folder of shards, without its binary columns; None where no stage has written it."""
    parts = sorted(path.glob("part-*.parquet")) if path.is_dir() else [path]
    if not parts or not parts[0].exists():
        return None
    schema = pq.read_schema(parts[0])
    names = [field.name for field in schema if not pa.types.is_binary(field.type)]
    return pa.concat_tables([pq.read_table(part, columns=names, memory_map=True) for part in parts])


def rows_where(table: pa.Table | None, column: str, values: Sequence[str]) -> list[dict[str, object]]:
    """Return the rows whose `column` is one of `values`; none of a table that is not there."""
    if table is None:
        return []
    found: list[dict[str, object]] = table.filter(
        pc.is_in(table[column], value_set=pa.array(values, pa.string()))
    ).to_pylist()
    return found

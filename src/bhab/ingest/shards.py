"""Batches of a source on their way to shards: what Beam's workers call.

A batch carries its number, so that a shard's parts are put together in the order of the source, whichever worker was
first. Rows travel as one table for a batch and shard: Beam's cost is by element.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby, islice
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import SourceConfig
from bhab.curation.decisions import Drop
from bhab.ingest.rows import Row, reject_row
from bhab.schema import REJECTS, Columns
from bhab.sources import Item, get_source
from bhab.store import shard_of, table_of

Batch = tuple[int, list[Item]]  # its number, its items
Part = tuple[int, pa.Table]  # number of the batch, its rows of one shard


def batches(source: SourceConfig, size: int) -> Iterator[Batch]:
    """Yield the items of a source, `size` at a time."""
    items = get_source(source.adapter)(Path(source.root), source)
    for number in count():
        batch = list(islice(items, size))
        if not batch:
            return
        yield number, batch


def by_shard(number: int, rows: Sequence[Row], columns: Columns, shards: int) -> Iterator[tuple[int, Part]]:
    """Yield the rows of batch `number` as one part for each shard they belong to."""
    placed = sorted(((shard_of(str(row["sample_id"]), shards), row) for row in rows), key=itemgetter(0))
    for shard, group in groupby(placed, key=itemgetter(0)):
        yield shard, (number, table_of([row for _, row in group], columns))


def merge(parts: Iterable[Part]) -> tuple[pa.Table, list[Row]]:
    """Return the rows of one shard by sample_id, and a reject for each row whose sample_id the source had before."""
    in_order = [table for _, table in sorted(parts, key=itemgetter(0))]
    table = pa.concat_tables(in_order).sort_by("sample_id").combine_chunks()  # a stable sort
    ids = table["sample_id"]
    if len(ids) < 2:  # noqa: PLR2004 - a pair
        return table, []
    again = pa.concat_arrays([pa.array([False]), pc.equal(ids[1:], ids[:-1]).combine_chunks()])
    rejects = [
        reject_row(row["source"], row["source_key"], Drop("key_repeated", "a key the source had before, expected once"))
        for row in table.filter(again).select(["source", "source_key"]).to_pylist()
    ]
    return table.filter(pc.invert(again)), rejects


def rejects_table(rows: Iterable[Row]) -> pa.Table:
    """Return the table of rejects in one order, whatever the order of `rows`."""
    names = [column.name for column in REJECTS]
    return table_of(sorted(rows, key=itemgetter(*names)), REJECTS)

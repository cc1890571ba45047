"""From raw items to rows of the sample tables."""

from bhab.ingest.guard import Guard
from bhab.ingest.rows import Row, rows
from bhab.ingest.shards import Batch, Part, batches, by_shard, merge, rejects_table

__all__ = ["Batch", "Guard", "Part", "Row", "batches", "by_shard", "merge", "rejects_table", "rows"]

"""Stage `ingest`: a raw source -> the table of its samples, and one row for each item that was dropped.

The work is done in bhab.ingest; here it is wired for Beam. Where it runs is section `runner` of params.yaml.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

from pipelines import _beam  # isort: skip - before Beam, which it keeps quiet
import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from bhab.config import IngestConfig, Params, SourceConfig, load_params
from bhab.errors import ParamsError
from bhab.ingest import Batch, Guard, Part, Row, batches, by_shard, merge, rejects_table, rows
from bhab.schema import SAMPLE_TABLES
from bhab.sources import get_source
from bhab.stage import run_stage
from bhab.store import SHARD, table_of, whole_folder, write_table

KEPT, REJECTED = "kept", "rejected"
SAMPLES = "samples"
REJECTS_FILE = "rejects.parquet"
BEFORE_ALL = -1  # number of the empty batch that makes every shard exist
REPORT_EVERY = 32  # batches between two lines of progress


class Decode(beam.DoFn):
    """Send a batch's rows, by shard, to the main output and its rejects to REJECTED."""

    def __init__(self, name: str, source: SourceConfig, config: IngestConfig, shards: int) -> None:
        self.name, self.source, self.config, self.shards = name, source, config, shards

    def setup(self) -> None:
        """Prepare to decode in a process of its own."""
        self.guard = Guard(self.source.modality, self.config)

    def teardown(self) -> None:
        """End that process."""
        self.guard.close()

    def process(self, element: Batch) -> Iterator[tuple[int, Part] | TaggedOutput[Literal["rejected"], list[Row]]]:
        """Decode one batch."""
        number, items = element
        kept, rejects = rows(items, self.name, self.source, self.config, self.guard.decode)
        yield from by_shard(number, kept, SAMPLE_TABLES[self.source.modality], self.shards)
        yield TaggedOutput(REJECTED, rejects)
        if number % REPORT_EVERY == REPORT_EVERY - 1:
            sys.stderr.write(f"ingest {self.name}: {(number + 1) * self.config.batch} items\n")


class WriteShard(beam.DoFn):
    """Write a shard, and send on the rejects that only a whole shard shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def process(self, element: tuple[int, Iterable[Part]]) -> Iterator[list[Row]]:
        """Write one shard."""
        shard, parts = element
        table, rejects = merge(parts)
        write_table(table, self.folder / SHARD.format(shard))
        Metrics.counter(KEPT, KEPT).inc(table.num_rows)
        yield rejects


def counted(rejects: list[Row]) -> list[Row]:
    """Return `rejects` as they are, counted by reason."""
    for row in rejects:
        Metrics.counter(REJECTED, str(row["reason"])).inc()
    return rejects


def write_rejects(groups: list[list[Row]], path: Path) -> None:
    """Write all rejects of the source as one table."""
    write_table(rejects_table(chain.from_iterable(groups)), path)


def ingest(pipeline: beam.Pipeline, name: str, params: Params, folder: Path) -> None:
    """Wire the graph that reads source `name` and fills `folder`: samples/part-*.parquet and rejects.parquet."""
    source, shards = params.sources[name], params.store.shards
    nothing = table_of([], SAMPLE_TABLES[source.modality])
    decoded = (
        pipeline
        | "source" >> beam.Create([source])
        | "read in batches" >> beam.FlatMap(batches, params.ingest.batch)
        | "spread over workers" >> beam.Reshuffle()
        | "decode" >> beam.ParDo(Decode(name, source, params.ingest, shards)).with_outputs(REJECTED, main=KEPT)
    )
    every_shard = pipeline | "every shard" >> beam.Create([(shard, (BEFORE_ALL, nothing)) for shard in range(shards)])
    repeated = (
        (decoded[KEPT], every_shard)
        | "with every shard" >> beam.Flatten()
        | "by shard" >> beam.GroupByKey()
        | "write shards" >> beam.ParDo(WriteShard(folder / SAMPLES))
    )
    (
        (decoded[REJECTED], repeated)
        | "all rejects" >> beam.Flatten()
        | "count by reason" >> beam.Map(counted)
        | "in one list" >> beam.combiners.ToList()
        | "write rejects" >> beam.Map(write_rejects, folder / REJECTS_FILE)
    )


def run(name: str, params: Params, out: Path) -> dict[str, int]:
    """Fill the folder `out`, whole or not at all, and return the counts: kept, and each reason of a reject."""
    source = params.sources[name]
    next(get_source(source.adapter)(Path(source.root), source), None)  # a bad layout shows here, not inside a worker
    with whole_folder(out) as folder:
        (folder / SAMPLES).mkdir()
        result = _beam.run(lambda pipeline: ingest(pipeline, name, params, folder), params.runner)
        counters = result.metrics().query()["counters"]
    ours = [counter for counter in counters if counter.key.metric.namespace in {KEPT, REJECTED}]
    return {counter.key.metric.name: counter.committed for counter in ours}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", required=True, help="key in section `sources` of params.yaml")
    parser.add_argument("--out", required=True, type=Path, help="folder to fill")
    parser.add_argument("--params", default=Path("params.yaml"), type=Path)
    args = parser.parse_args(argv)
    params = load_params(args.params)
    if args.source not in params.sources:
        raise ParamsError(f"{args.params}: no source {args.source!r}; sources: {', '.join(sorted(params.sources))}")
    counts = run(args.source, params, args.out)
    told = ", ".join(f"{reason} {n}" for reason, n in sorted(counts.items()))
    sys.stderr.write(f"ingest {args.source}: {told}\n")


if __name__ == "__main__":
    run_stage(main)

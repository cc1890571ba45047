"""Stage `ingest`: a raw source -> the table of its samples, and one row for each item that was dropped.

The work is done in bhab.ingest; here it is wired for Beam. Where it runs is section `runner` of params.yaml.
"""

import argparse
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

from bhab.config import IngestConfig, Params, RunnerConfig, SourceConfig, load_params
from bhab.errors import ParamsError
from bhab.ingest import Batch, Part, Row, batches, by_shard, merge, rejects_table, rows
from bhab.schema import SAMPLE_TABLES
from bhab.sources import get_source
from bhab.stage import run_stage
from bhab.store import SHARD, table_of, whole_folder, write_table

logging.getLogger().setLevel(logging.ERROR)  # Beam warns of Google's clients that nobody asked for, at its import
import apache_beam as beam  # noqa: E402 - after the line above
from apache_beam.metrics import Metrics  # noqa: E402 - likewise
from apache_beam.options.pipeline_options import PipelineOptions  # noqa: E402 - likewise
from apache_beam.pvalue import TaggedOutput  # noqa: E402 - likewise

KEPT, REJECTED = "kept", "rejected"
SAMPLES = "samples"
REJECTS_FILE = "rejects.parquet"
BEFORE_ALL = -1  # number of the empty batch that makes every shard exist
REPORT_EVERY = 32  # batches between two lines of progress
WORKER_ERRNO = re.compile(r"\[Errno (\d+)\]")


class Decode(beam.DoFn):
    """Send a batch's rows, by shard, to the main output and its rejects to REJECTED."""

    def __init__(self, name: str, source: SourceConfig, config: IngestConfig, shards: int) -> None:
        self.name, self.source, self.config, self.shards = name, source, config, shards

    def process(self, element: Batch) -> Iterator[tuple[int, Part] | TaggedOutput[Literal["rejected"], list[Row]]]:
        """Decode one batch."""
        number, items = element
        kept, rejects = rows(items, self.name, self.source, self.config)
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


def options(runner: RunnerConfig) -> PipelineOptions:
    """Return Beam's options for section `runner`. The runner is always named: Beam's default one asks the network."""
    local = ["--direct_num_workers", str(runner.workers)]
    if runner.workers > 1:
        local += ["--direct_running_mode", "multi_processing"]
    own = local if runner.name == "FnApiRunner" else []
    return PipelineOptions(["--runner", runner.name, *own, *runner.options])


def run(name: str, params: Params, out: Path) -> dict[str, int]:
    """Fill the folder `out`, whole or not at all, and return the counts: kept, and each reason of a reject."""
    source = params.sources[name]
    next(get_source(source.adapter)(Path(source.root), source), None)  # a bad layout shows here, not inside a worker
    with whole_folder(out) as folder:
        (folder / SAMPLES).mkdir()
        pipeline = beam.Pipeline(options=options(params.runner))
        ingest(pipeline, name, params, folder)
        try:
            result = pipeline.run()
            result.wait_until_finish()
        except RuntimeError as error:
            raise _cause(error) from error
        counters = result.metrics().query()["counters"]
    ours = [counter for counter in counters if counter.key.metric.namespace in {KEPT, REJECTED}]
    return {counter.key.metric.name: counter.committed for counter in ours}


def _cause(error: RuntimeError) -> Exception:
    """Return what failed in a worker: Beam tells it as text only, and a full disk must stay a full disk."""
    told = WORKER_ERRNO.findall(str(error))
    return OSError(int(told[-1]), os.strerror(int(told[-1]))) if told else error


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

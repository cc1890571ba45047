"""How the stages that use Beam run it: the one option that says where, and what a failure in a worker means."""

import logging
import os
import re
from collections.abc import Callable

from bhab.config import RunnerConfig

logging.getLogger().setLevel(logging.ERROR)  # Beam warns of Google's clients that nobody asked for, at its import
import apache_beam as beam  # noqa: E402 - after the line above
from apache_beam.options.pipeline_options import PipelineOptions  # noqa: E402 - likewise
from apache_beam.runners.runner import PipelineResult  # noqa: E402 - likewise

WORKER_ERRNO = re.compile(r"\[Errno (\d+)\]")


def run(wire: Callable[[beam.Pipeline], object], runner: RunnerConfig) -> PipelineResult:
    """Run the graph that `wire` adds to an empty pipeline, and return its result when all is done."""
    pipeline = beam.Pipeline(options=_options(runner))
    wire(pipeline)
    try:
        result = pipeline.run()
        result.wait_until_finish()
    except RuntimeError as error:
        raise _cause(error) from error
    return result


def _options(runner: RunnerConfig) -> PipelineOptions:
    """Return Beam's options for section `runner`. The runner is always named: Beam's default one asks the network."""
    local = ["--direct_num_workers", str(runner.workers)]
    if runner.workers > 1:
        local += ["--direct_running_mode", "multi_processing"]
    own = local if runner.name == "FnApiRunner" else []
    return PipelineOptions(["--runner", runner.name, *own, *runner.options])


def _cause(error: RuntimeError) -> Exception:
    """Return what failed in a worker: Beam tells it as text only, and a full disk must stay a full disk."""
    told = WORKER_ERRNO.findall(str(error))
    return OSError(int(told[-1]), os.strerror(int(told[-1]))) if told else error

"""How a stage runs as a program: a clear exit, and a record of what it cost.

The record (reports/timings/STAGE.json) is the one file with a clock in it. No stage writes it as an output and
none reads it; `bhab summary` and the report's page of costs do.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bhab.errors import clear_exit
from bhab.store import write_json

TIMINGS = Path("reports/timings")
KIB_PER_MIB = 1024


def run_stage(main: Callable[[], None]) -> None:
    """Run `main`, an expected failure as one sentence; under DVC, record wall time and peak memory."""
    with clear_exit():
        started = time.perf_counter()
        main()
        name = os.environ.get("DVC_STAGE")  # set by DVC: the stage's name in dvc.yaml
        if name:
            write_json(_cost(time.perf_counter() - started), TIMINGS / f"{name}.json")
    sys.stdout.flush()


def _cost(wall_s: float) -> dict[str, float]:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the largest child, not the sum
    return {
        "wall_s": round(wall_s, 2),
        "peak_mib": round(own / KIB_PER_MIB),
        "peak_child_mib": round(child / KIB_PER_MIB),
    }

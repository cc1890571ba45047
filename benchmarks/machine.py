"""The machine that a benchmark ran on, as its results tell it."""

import os
import platform
from pathlib import Path

INFO = Path("/proc/cpuinfo")


def machine() -> dict[str, object]:
    """Return the number of cores and the model of the processor, as far as the system tells."""
    lines = INFO.read_text(encoding="utf-8").splitlines() if INFO.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {"cores": os.cpu_count(), "model": model}

"""Make the hostile corpus and run the stage over it: python tests/fuzz/run_corpus.py FOLDER [INPUTS].

Prints one JSON object: what went in and came out of each source, what changed outside the outputs, what was left
running, how long it took, and the most memory one decoding process had. FOLDER is made anew and stays.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

# ruff: noqa: E402 - the imports need the path
ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]
import make_corpus

from bhab.config import SourceConfig, load_params
from bhab.ingest import Guard
from bhab.ingest.files import printable
from bhab.schema import REJECTS, SAMPLE_TABLES, Modality
from bhab.sources import get_source
from bhab.store import read_table
from pipelines import ingest

MARK = "BHAB_FUZZ_RUN"  # in the environment of every process that this one starts
MAX_SECONDS = 2.0  # of params.yaml's 10: some inputs are made to take for ever


def main() -> None:
    folder, inputs = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    os.environ[MARK] = mark = f"{os.getpid()}-{time.monotonic_ns()}"
    params = load_params(ROOT / "params.yaml")
    params = params.model_copy(update={"ingest": params.ingest.model_copy(update={"max_seconds": MAX_SECONDS})})
    with closing(Guard(Modality.SPEECH, params.ingest)) as guard:
        list(guard.decode([b""]))
    idle_mib = peak_child_mib()
    started = time.perf_counter()
    made = make_corpus.make(folder / "raw", inputs)
    before = listing(folder / "raw")
    told = {"make_s": round(time.perf_counter() - started, 1), "inputs": sum(made.values())}
    started = time.perf_counter()
    told["sources"] = {
        name: outcome(name, params, entry, made[name], folder)
        for name, entry in make_corpus.sources(folder / "raw").items()
    }
    told["ingest_s"] = round(time.perf_counter() - started, 1)
    told["changed"] = sorted(before ^ listing(folder / "raw"))
    told["outside"] = sorted(p.name for p in folder.iterdir() if p.name not in {"raw", "out"})
    told["left_running"] = running(mark)
    told["peak_child_mib"], told["limit_mib"] = peak_child_mib(), idle_mib + params.ingest.max_memory_mb
    sys.stdout.write(json.dumps(told) + "\n")


def outcome(name: str, params: object, entry: dict[str, object], inputs: int, folder: Path) -> dict[str, object]:
    """Run the stage over one source and return what came out."""
    source = SourceConfig.model_validate(entry)
    items = Counter(printable(item.key) for item in get_source(source.adapter)(Path(source.root), source))
    out = folder / "out" / name
    counts = ingest.run(name, params.model_copy(update={"sources": {name: source}}), out)
    kept = read_table(out / "samples", SAMPLE_TABLES[source.modality])["source_key"].to_pylist()
    rejects = read_table(out / "rejects.parquet", REJECTS)
    lost = items - Counter([*kept, *rejects["source_key"].to_pylist()])
    return {
        "inputs": inputs,
        "kept": len(kept),
        "rejects": rejects.num_rows,
        "reasons": dict(sorted(Counter(rejects["reason"].to_pylist()).items())),
        "lost": sorted(lost),
        "crashed": [row["detail"] for row in rejects.to_pylist() if row["reason"] == "decode_crashed"],
        "counted": counts,
        "longest_key": max(map(len, items), default=0),
        "longest_detail": max((len(d) for d in rejects["detail"].to_pylist()), default=0),
    }


def listing(folder: Path) -> set[str]:
    """Return one line for each file, folder and link: its path, kind, size, and when it was changed."""
    command = ["find", str(folder), "-printf", "%p\t%y\t%s\t%T@\t%l\\0"]  # Python's own walk ends at 1,000 folders
    found = subprocess.run(command, check=True, capture_output=True).stdout
    return set(found.decode("utf-8", "backslashreplace").split("\0"))


def running(mark: str) -> list[str]:
    """Return the command lines of the processes that were started here and still are."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes() and process.name != str(os.getpid()):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it ended, or is none of ours
    return found


def peak_child_mib() -> int:
    """Return the most memory any process had that was started here and has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


if __name__ == "__main__":
    main()

"""Claim: what a model of faces costs as it was trained, with int8, pruned, and both, beside eager PyTorch.

Latency is of one call, on one core, from float32 faces to logits: onnxruntime on one thread, and PyTorch in inference
mode on one. All take turns in one process, a call each, so that a busy machine is busy for all of them. Size and
accuracy lost are those that stage compress measured.

    python benchmarks/small.py --workspace workspace/real --date 2026-01-31
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from machine import machine
from numpy.typing import NDArray
from torch import nn

from bhab.schema import FACE_PX, FACES
from bhab.store import pixels, read_json, read_table, write_json
from bhab.training.checkpoint import load_fer
from bhab.training.compress import batches, session_of

RESULTS = Path(__file__).parent / "results" / "small.json"
CALLS = {1: 500, 32: 60}  # timed of each model, by how many faces it is asked about at once
WARM = 10  # calls before these
PEER = "torch"

Ask = Callable[[NDArray[np.float32]], object]
Row = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    table = read_table(args.workspace / "data/interim/faces", FACES).slice(0, max(CALLS))
    (faces,) = (
        given["faces"] for given in batches(torch.from_numpy(pixels(table["image"], (FACE_PX, FACE_PX)).copy()))
    )
    names = sorted(folder.name for folder in (args.workspace / "models/small").iterdir())
    rows = [row for name in names for row in costs(name, args.workspace, faces)]
    write_json({"date": args.date, "machine": machine(), "models": rows}, RESULTS)
    print("| model | variant | points lost | kB | kB, gzip | ms a face | p95 | ms a face of 32 | times torch |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(line(row))


def costs(name: str, workspace: Path, faces: NDArray[np.float32]) -> list[Row]:
    """Return a row for each variant of a model, whole in PyTorch first; none of a model that was not trained."""
    _, model = load_fer(workspace / "models/fer" / name)
    variants = read_json(workspace / f"reports/metrics/compress_{name}.json")["variants"]
    if model is None or not isinstance(variants, dict):
        return []
    ways = {PEER: in_torch(model)}
    for variant in variants:
        ways[variant] = in_onnx((workspace / f"models/small/{name}/{variant}.onnx").read_bytes())
    found = {n: latency({way: partial(run, faces[:n]) for way, run in ways.items()}, n) for n in CALLS}
    return [
        {"model": name, "variant": way} | variants.get(way, {}) | {f"batch_{n}": found[n][way] for n in CALLS}
        for way in ways
    ]


def in_onnx(content: bytes) -> Ask:
    """Return what asks a model in ONNX."""
    session = session_of(content)
    return lambda given: session.run(None, {"faces": given})


def in_torch(model: nn.Module) -> Ask:
    """Return what asks `model` as training does."""

    def ask(given: NDArray[np.float32]) -> object:
        with torch.inference_mode():
            return model(torch.from_numpy(given)).numpy()

    return ask


def latency(ways: Mapping[str, Callable[[], object]], n: int) -> dict[str, Row]:
    """Return milliseconds of a call about `n` faces, and of one of these, by way; `times_torch` is of medians."""
    spent: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(WARM + CALLS[n]):
        for way, run in ways.items():
            started = time.perf_counter()
            run()
            if turn >= WARM:
                spent[way].append(1000 * (time.perf_counter() - started))
    middle = {way: float(np.median(times)) for way, times in spent.items()}
    return {
        way: {
            "median_ms": round(middle[way], 3),
            "p95_ms": round(float(np.quantile(times, 0.95)), 3),
            "median_ms_a_face": round(middle[way] / n, 3),
            "times_torch": round(middle[PEER] / middle[way], 1),
        }
        for way, times in spent.items()
    }


def line(row: Row) -> str:
    """Return a row of the table that is printed."""
    lost = row.get("test", {}).get("lost")
    points = f"{100 * lost['value']:+.1f} ({100 * lost['low']:+.1f} to {100 * lost['high']:+.1f})" if lost else ""
    sizes = [f"{row[key] / 1000:,.0f}" if key in row else "" for key in ("bytes", "bytes_gzip")]
    one, many = row["batch_1"], row["batch_32"]
    times = [one["median_ms"], one["p95_ms"], many["median_ms_a_face"], one["times_torch"]]
    return "| " + " | ".join([row["model"], row["variant"], points, *sizes, *map(str, times)]) + " |"


if __name__ == "__main__":
    main()

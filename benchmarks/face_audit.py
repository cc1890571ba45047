"""Claim: the whole audit of FER2013's faces is 30 times as fast as CleanVision's default one, and finds its duplicates.

The audit is what a run does with a face: read, decode, measure, score its quality; equal and nearly equal faces, and
leakage between the published splits. Both audits run one after the other on the same images with two processes; all
files are read once before, so that neither waits for the disk. Growth is measured on faces replicated with noise, each
size in a process of its own.

    make bench DATA=DIR

or, with an interpreter that has cleanvision,

    python benchmarks/face_audit.py --faces FOLDER --peer PEER/bin/python --scratch /tmp --date 2026-01-31

FOLDER holds train/LABEL/NAME.jpg and test/LABEL/NAME.jpg.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
from machine import machine
from numpy.typing import NDArray

from bhab.config import CurateConfig, IngestConfig, load_params
from bhab.curation.decisions import Drop
from bhab.curation.duplicates import exact_duplicates, exact_figures
from bhab.curation.groups import components, first_of_equals
from bhab.curation.pairs import near_figures, near_pairs
from bhab.schema import FACE_PX, Modality
from bhab.store import pixels, write_json
from bhab.vision.decode import decode_face
from bhab.vision.measures import face_measures
from bhab.vision.near import near_faces
from bhab.vision.quality import face_quality

RESULTS = Path(__file__).parent / "results" / "face_audit.json"
PROCESSES = 2
BATCH = 512
SIZES = (8_000, 32_000, 128_000)
COPIES = 4  # so many that the largest size takes all images; the same at each size, or the pairs would grow as n^2
NOISE = 6.0  # grey levels, standard deviation
MIB = 1024  # of KiB
PEER = """
import json, os, sys, time
from cleanvision import Imagelab
started, before = time.perf_counter(), os.times()
lab = Imagelab(data_path=sys.argv[1])
lab.find_issues(n_jobs=int(sys.argv[2]))
seconds, cpu = time.perf_counter() - started, sum(os.times()[:4]) - sum(before[:4])
sets = {kind: lab.info[kind + "_duplicates"]["sets"] for kind in ("exact", "near")}
json.dump({"seconds": seconds, "cpu": cpu, "sets": sets}, open(sys.argv[3], "w"))
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Audit, let the peer audit, compare, grow, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--peer", type=Path, required=True, help="interpreter that has cleanvision")
    parser.add_argument("--scratch", type=Path, required=True, help="folder for what is passed between processes")
    parser.add_argument("--date", required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--grow", type=int, help="only this size of the measure of growth; the script calls itself so")
    args = parser.parse_args(argv)
    params = load_params(args.params)
    ingest = params.ingest.model_copy(
        update={"min_contrast": 0.0}
    )  # the peer drops nothing, so nothing is dropped here
    images = args.scratch / "face_audit.npy"
    if args.grow:
        print(json.dumps(grown(np.load(images, mmap_mode="r"), args.grow, params.curate)))
        return
    for path in listed(args.faces):
        Path(path).read_bytes()
    table, found = audit(args.faces, ingest, params.curate)
    np.save(images, pixels(table["image"], (FACE_PX, FACE_PX)))
    theirs = peer(args.peer, args.faces, args.scratch / "face_audit_peer.json")
    mine = [sys.executable, __file__, *sys.argv[1:], "--grow"]
    result = {
        "date": args.date,
        "machine": machine() | {"processes": PROCESSES},
        "audit": found,
        "cleanvision": {
            "wall_s": round(theirs["seconds"], 1),
            "cpu_s": round(theirs["cpu"], 1),
            **contained(table, found.pop("links"), theirs["sets"]),
        },
        "times_as_fast": {
            "wall": round(theirs["seconds"] / found["wall_s"]["whole"], 1),
            "cpu": round(theirs["cpu"] / found["cpu_s"], 1),  # what other work on the machine does not change
        },
        "growth": [json.loads(subprocess.check_output([*mine, str(size)])) for size in SIZES],
    }
    write_json(result, RESULTS)
    print(json.dumps(result, indent=2))


def audit(folder: Path, ingest: IngestConfig, config: CurateConfig) -> tuple[pa.Table, dict[str, object]]:
    """Return the faces and what the audit says of them: seconds of each part, and figures."""
    started, before = time.perf_counter(), os.times()
    paths = listed(folder)
    parts = [paths[i : i + BATCH] for i in range(0, len(paths), BATCH)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        table = pa.concat_tables(pool.map(decoded, parts, [ingest] * len(parts))).sort_by("sample_id")
    read = time.perf_counter()
    equal = exact_duplicates(table, Modality.FACES)
    exact = exact_figures(table, equal)
    same = time.perf_counter()
    pairs = near_pairs(
        table, Modality.FACES, lambda part: near_faces(pixels(part["image"], (FACE_PX, FACE_PX)), config)
    )
    near = near_figures(table, pairs, table)
    done = time.perf_counter()
    seconds = {"decode_and_measure": read - started, "exact": same - read, "near": done - same, "whole": done - started}
    return table, {
        "images": table.num_rows,
        "wall_s": {part: round(value, 2) for part, value in seconds.items()},
        "cpu_s": round(sum(os.times()[:4]) - sum(before[:4]), 1),  # the two processes' own included
        "exact": asdict(exact),
        "near": asdict(near),
        "links": list(zip(pairs["one_id"].to_pylist(), pairs["other_id"].to_pylist(), strict=True)),
    }


def listed(folder: Path) -> list[str]:
    """Return the paths of the faces, sorted."""
    parts = [part.path for split in ("test", "train") for part in os.scandir(folder / split)]
    return sorted(file.path for part in parts for file in os.scandir(part))


def decoded(paths: Sequence[str], config: IngestConfig) -> pa.Table:
    """Return the faces of some files with all that is measured on a single one."""
    rows = []
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 - Path.open costs as much as decoding
            face = decode_face(file.read(), config)
        if isinstance(face, Drop):
            continue
        content = face.grey.tobytes()
        split, emotion, name = path.rsplit("/", 3)[1:]
        rows.append(
            {
                "sample_id": f"{split}/{emotion}/{name}",
                "content_sha256": hashlib.sha256(content).hexdigest(),
                "source_split": split,
                "emotion": emotion,
                "image": content,
                **face_measures(face.grey, face.colour),
            }
        )
    table = pa.table({name: [row[name] for row in rows] for name in rows[0]})
    scores = face_quality(pixels(table["image"], (FACE_PX, FACE_PX)))
    return pa.table({**dict(zip(table.column_names, table.columns, strict=True)), **scores})


def peer(interpreter: Path, folder: Path, out: Path) -> dict[str, object]:
    """Return the seconds of CleanVision's default audit and its sets of duplicates, by the paths of their files."""
    subprocess.run([interpreter, "-c", PEER, folder, str(PROCESSES), out], check=True, capture_output=True)
    return dict(json.loads(out.read_text(encoding="utf-8")))


def contained(
    table: pa.Table, links: Sequence[tuple[str, str]], sets: dict[str, list[list[str]]]
) -> dict[str, dict[str, int]]:
    """Return how many of the peer's sets there are, and how many are not connected by our equal or near pairs."""
    ids = table["sample_id"].to_pylist()
    row = {name: number for number, name in enumerate(ids)}
    ties = first_of_equals(table["content_sha256"].to_pandas())
    ties += [(row[one], row[other]) for one, other in links]
    group = components(len(ids), ties)
    rows = {kind: [[row["/".join(Path(p).parts[-3:])] for p in each] for each in found] for kind, found in sets.items()}
    return {
        kind: {"sets": len(found), "missed": sum(len(set(group[each])) > 1 for each in found)}
        for kind, found in rows.items()
    }


def grown(images: NDArray[np.uint8], n: int, config: CurateConfig) -> dict[str, float]:
    """Return the cost of finding near faces among `n`: some of the images, each COPIES times with noise of its own."""
    rng = np.random.default_rng(1)
    faces = np.empty((n, FACE_PX, FACE_PX), dtype=np.uint8)
    for start in range(0, n, BATCH):
        part = images[np.arange(start, min(start + BATCH, n)) % (n // COPIES)]
        faces[start : start + BATCH] = np.clip(part + rng.normal(0, NOISE, part.shape), 0, 255).astype(np.uint8)
    before = peak_mib()
    wall, own = time.perf_counter(), time.process_time()
    found = near_faces(faces, config)
    return {
        "n": n,
        "pairs": len(found.one),
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - own, 2),
        "images_mib": round(faces.nbytes / MIB**2),
        "peak_beyond_mib": round(peak_mib() - before),
    }


def peak_mib() -> float:
    """Return the most memory this process ever held; getrusage would tell of the one that started it too."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / MIB


if __name__ == "__main__":
    main()

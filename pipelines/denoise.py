"""Stage `denoise`: speech -> the same clips trimmed and, where a guard allows, denoised; every split alike.

Nothing is fitted. The work is done in bhab.audio; here it is wired for Beam, a shard of the table an element: a row's
shard follows from its id, so a shard in is a shard out, and the workers share nothing.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipelines import _beam  # isort: skip - before Beam, which it keeps quiet
import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bhab.audio.denoise import clean_clip
from bhab.config import DenoiseConfig, Params, load_params
from bhab.schema import CLEAN_SPEECH, SPEECH, SPEECH_RATE_HZ, SPLITS, Modality
from bhab.stage import run_stage
from bhab.store import read_table, table_of, whole_folder, write_json, write_table

PASSED = "passed"


def denoise(speech: pa.Table, splits: pa.Table, config: DenoiseConfig) -> pa.Table:
    """Return CLEAN_SPEECH: those of `speech` that have a split (the others are rejects of stage `split`), in order."""
    own = splits.filter(pc.field("modality") == Modality.SPEECH).select(["sample_id", "emotion", "split"])
    told = {row["sample_id"]: row for row in own.to_pylist()}
    rows = []
    for sample_id, pcm in zip(speech["sample_id"].to_pylist(), speech["pcm"].to_pylist(), strict=True):
        if sample_id not in told:
            continue
        clip = clean_clip(np.frombuffer(pcm, "<i2"), config)
        rows.append(
            told[sample_id]
            | {
                "pcm": clip.pcm.astype("<i2").tobytes(),
                "duration_s": len(clip.pcm) / SPEECH_RATE_HZ,
                "trimmed_s": clip.trimmed_s,
                "snr_before_db": clip.snr_before_db,
                "snr_after_db": clip.snr_after_db,
                "denoised": clip.guard == PASSED,
                "guard": clip.guard,
            }
        )
    return table_of(rows, CLEAN_SPEECH)


def figures(clean: pa.Table) -> dict[str, object]:
    """Return the counts of CLEAN_SPEECH and its means, which are null if it has no row."""
    clean = clean.combine_chunks()  # the last digit of a mean depends on how its column is cut
    guards = Counter(clean["guard"].to_pylist())
    return {
        "n": clean.num_rows,
        "denoised": guards.pop(PASSED, 0),
        "kept_original": dict(guards),
        "trimmed_s": {"total": pc.sum(clean["trimmed_s"]).as_py() or 0.0, "mean": pc.mean(clean["trimmed_s"]).as_py()},
        "snr_before_db": pc.mean(clean["snr_before_db"]).as_py(),
        "snr_after_db": pc.mean(clean["snr_after_db"]).as_py(),
    }


def denoise_shard(shard: Path, splits: Path, config: DenoiseConfig, folder: Path) -> None:
    """Read one shard of SPEECH and write its CLEAN_SPEECH into `folder`, under the same name."""
    clean = denoise(read_table(shard, SPEECH), read_table(splits, SPLITS), config)
    write_table(clean, folder / shard.name)
    sys.stderr.write(f"denoise: {shard.stem}, {clean.num_rows} clips\n")


def run(speech: Path, splits: Path, params: Params, out: Path) -> None:
    """Fill the folder `out` with CLEAN_SPEECH, whole or not at all."""
    read_table(splits, SPLITS)  # a table that is missing shows here, not inside a worker
    read_table(speech, SPEECH)
    shards = sorted(speech.glob("part-*.parquet"))
    with whole_folder(out) as folder:
        _beam.run(
            lambda pipeline: (
                pipeline
                | "shards" >> beam.Create(shards)
                | "spread over workers" >> beam.Reshuffle()
                | "denoise" >> beam.Map(denoise_shard, splits, params.denoise, folder)
            ),
            params.runner,
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of stage split")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    run(args.speech, args.splits / "splits.parquet", load_params(args.params), args.out)
    write_json(figures(read_table(args.out, CLEAN_SPEECH)), args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Stage `denoise`: speech -> the same clips trimmed and, where a guard allows, denoised; every split alike.

Nothing is fitted here. The work is done in bhab.audio; this file wires it for Beam, a shard of the table an element: a
row's shard follows from its id, so a shard in is a shard out, and the workers share nothing.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines import _beam  # isort: skip - before Beam, which it keeps quiet
import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.audio.denoise import CleanClip, clean_clip, method_named
from bhab.audio.listener import read_listener
from bhab.config import DenoiseConfig, Params, load_params
from bhab.errors import TableError
from bhab.fairness.intervals import Figure, wilson
from bhab.schema import CLEAN_SPEECH, SPEECH, SPEECH_RATE_HZ, SPLITS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_json, read_table, table_of, whole_folder, write_json, write_table

PASSED = "passed"
BEST = "best"
TRIED = ("both", "own", "rnnoise")
CHANGES = ("level_change_db", "pitch_change_semitones", "speech_lost_share")
QUANTILES = {"lowest": 0.0, "p5": 0.05, "median": 0.5, "p95": 0.95, "highest": 1.0}


@dataclass(frozen=True, slots=True)
class Tools:
    """Files that earlier stages trained: what denoises, and what listens."""

    denoiser: Path  # folder of stage train_denoiser
    listener: Path  # file of stage train_listener

    def method(self, config: DenoiseConfig) -> str:
        """Return which method is used: for `best` the one that won the trial."""
        if config.method != BEST:
            return config.method
        better = read_json(self.denoiser / "card.json").get("better")
        if better not in TRIED:
            raise TableError(f"{self.denoiser / 'card.json'}: better {better!r}, expected one of {', '.join(TRIED)}")
        return str(better)


def denoise(speech: pa.Table, splits: pa.Table, tools: Tools, config: DenoiseConfig) -> pa.Table:
    """Return CLEAN_SPEECH: those of `speech` that have a split (the others are rejects of stage `split`), in order."""
    method = method_named(tools.method(config), tools.denoiser / "denoiser.onnx")
    listener = read_listener(tools.listener)
    own = splits.filter(pc.field("modality") == Modality.SPEECH).select(["sample_id", "emotion", "split"])
    told = {row["sample_id"]: row for row in own.to_pylist()}
    pairs = zip(speech["sample_id"].to_pylist(), speech["pcm"].to_pylist(), strict=True)
    clips = [
        (told[key], clean_clip(np.frombuffer(pcm, "<i2"), method, listener, config))
        for key, pcm in pairs
        if key in told
    ]
    return table_of([row | columns(clip) for row, clip in clips], CLEAN_SPEECH)


def columns(clip: CleanClip) -> dict[str, object]:
    """Return what CLEAN_SPEECH says of one clip beside its label and split."""
    change = clip.change
    return {
        "pcm": clip.pcm.astype("<i2").tobytes(),
        "duration_s": len(clip.pcm) / SPEECH_RATE_HZ,
        "trimmed_s": clip.trimmed_s,
        "snr_before_db": clip.snr_before_db,
        "snr_after_db": clip.snr_after_db,
        "level_change_db": change and change.level_db,
        "pitch_change_semitones": change and change.pitch_semitones,
        "speech_lost_share": change and change.speech_lost,
        "heard_before": change and change.heard_before,
        "heard_after": change and change.heard_after,
        "denoised": clip.guard == PASSED,
        "guard": clip.guard,
    }


def figures(clean: pa.Table, method: str) -> dict[str, object]:
    """Return the counts of CLEAN_SPEECH and its means, which are null if it has no row."""
    clean = clean.combine_chunks()  # the last digit of a mean depends on how its column is cut
    guards = Counter(clean["guard"].to_pylist())
    return {
        "n": clean.num_rows,
        "method": method,
        "denoised": guards.pop(PASSED, 0),
        "kept_original": dict(guards),
        "trimmed_s": {"total": pc.sum(clean["trimmed_s"]).as_py() or 0.0, "mean": pc.mean(clean["trimmed_s"]).as_py()},
        "snr_before_db": pc.mean(clean["snr_before_db"]).as_py(),
        "snr_after_db": pc.mean(clean["snr_after_db"]).as_py(),
        "changes": {name: spread(clean[name].drop_null().to_numpy()) for name in CHANGES},
        "listener": listener_figures(clean),
    }


def spread(values: NDArray[np.float64]) -> dict[str, float] | None:
    """Return QUANTILES of a change over all clips on which a method was tried; None without any."""
    if not len(values):
        return None
    return {name: float(np.quantile(values, share)) for name, share in QUANTILES.items()}


def listener_figures(clean: pa.Table) -> dict[str, object]:
    """Return how often the listener changed its mind on held-out clips, and how often it was right before and after.

    `tried`: all on which a method was tried; `kept`: of these, the ones that the guard let pass.
    """
    asked = clean.filter((pc.field("split") != Split.TRAIN) & pc.field("heard_before").is_valid())
    passed = asked.filter(pc.field("denoised"))
    labelled = asked.filter(pc.field("emotion").is_valid())
    return {
        "changed_tried": asdict(_share(pc.not_equal(asked["heard_before"], asked["heard_after"]))),
        "changed_kept": asdict(_share(pc.not_equal(passed["heard_before"], passed["heard_after"]))),
        "right_before": asdict(_share(pc.equal(labelled["heard_before"], labelled["emotion"]))),
        "right_after": asdict(_share(pc.equal(labelled["heard_after"], labelled["emotion"]))),
    }


def _share(flags: pa.ChunkedArray) -> Figure:
    return wilson(int(pc.sum(flags).as_py() or 0), len(flags))


def denoise_shard(shard: Path, splits: Path, tools: Tools, config: DenoiseConfig, folder: Path) -> None:
    """Read one shard of SPEECH and write its CLEAN_SPEECH into `folder`, under the same name."""
    clean = denoise(read_table(shard, SPEECH), read_table(splits, SPLITS), tools, config)
    write_table(clean, folder / shard.name)
    sys.stderr.write(f"denoise: {shard.stem}, {clean.num_rows} clips\n")


def run(speech: Path, splits: Path, tools: Tools, params: Params, out: Path) -> None:
    """Fill the folder `out` with CLEAN_SPEECH, whole or not at all."""
    read_table(splits, SPLITS)  # a table that is missing shows here, not inside a worker
    read_table(speech, SPEECH)
    tools.method(params.denoise)
    read_listener(tools.listener)
    shards = sorted(speech.glob("part-*.parquet"))
    with whole_folder(out) as folder:
        _beam.run(
            lambda pipeline: (
                pipeline
                | "shards" >> beam.Create(shards)
                | "spread over workers" >> beam.Reshuffle()
                | "denoise" >> beam.Map(denoise_shard, splits, tools, params.denoise, folder)
            ),
            params.runner,
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of stage split")
    parser.add_argument("--denoiser", type=Path, required=True, help="folder of stage train_denoiser")
    parser.add_argument("--listener", type=Path, required=True, help="file of stage train_listener")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params, tools = load_params(args.params), Tools(args.denoiser, args.listener)
    run(args.speech, args.splits / "splits.parquet", tools, params, args.out)
    write_json(figures(read_table(args.out, CLEAN_SPEECH), tools.method(params.denoise)), args.metrics)


if __name__ == "__main__":
    run_stage(main)

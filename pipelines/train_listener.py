"""Stage `train_listener`: training clips, trimmed -> a small model of how emotions sound, which the guard asks.

It is asked of each clip before and after denoising (stage `denoise`): a method that makes a sad voice sound neutral
has done harm, whatever it did to the noise.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bhab.audio.listener import Listener, fit_listener
from bhab.audio.trim import trim
from bhab.config import DenoiseConfig, load_params
from bhab.curation.labels import places
from bhab.progress import progress
from bhab.schema import SPEECH, SPLITS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_table, take_ids, write_json


def train_listener(speech: pa.Table, splits: pa.Table, config: DenoiseConfig) -> Listener:
    """Return what is learned from the labelled training clips, in the order of sample_id."""
    wanted = (pc.field("modality") == Modality.SPEECH) & (pc.field("split") == Split.TRAIN)
    own = splits.filter(wanted & pc.field("emotion").is_valid()).sort_by("sample_id")
    clips = take_ids(speech, own["sample_id"].to_pylist())["pcm"].to_pylist()
    trimmed = [trim(np.frombuffer(pcm, "<i2"), config.trim_margin_s) for pcm in progress(clips, len(clips), "trimming")]
    return fit_listener(trimmed, places(own["emotion"]))


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of stage split")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    listener = train_listener(
        read_table(args.speech, SPEECH),
        read_table(args.splits / "splits.parquet", SPLITS),
        load_params(args.params).denoise,
    )
    write_json(listener.model_dump(), args.out)


if __name__ == "__main__":
    run_stage(main)

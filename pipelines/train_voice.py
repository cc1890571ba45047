"""Stage `train_voice`: clips of one speaker -> Tacotron 2 and WaveGlow, weights, cards, history."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bhab.config import load_params
from bhab.schema import VOICE_CLIPS
from bhab.stage import run_stage
from bhab.store import read_table
from bhab.training.voice_model import train, write_voice


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    write_voice(train(read_table(args.clips, VOICE_CLIPS), load_params(args.params).train_voice), args.out)


if __name__ == "__main__":
    run_stage(main)

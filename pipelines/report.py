"""Stage `report`: what other stages found -> one offline site."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bhab.config import load_params
from bhab.report.inputs import Inputs
from bhab.report.site import write_site
from bhab.stage import run_stage
from bhab.store import whole_folder

FOLDERS = (
    "metrics",
    "figures",
    "validation",
    "gates",
    "audio",
    "voice",
    "tables",
    "curation",
    "suspects",
    "splits",
    "speech",
    "predictions",
    "models",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in FOLDERS:
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    inputs = Inputs(sources=params.sources, **{name: getattr(args, name) for name in FOLDERS})
    with whole_folder(args.out) as site:
        write_site(inputs, params.report, site)


if __name__ == "__main__":
    run_stage(main)

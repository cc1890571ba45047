"""Stage `synthesize`: params -> the embedded corpus in its publishers' layouts, and the list of its planted faults."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bhab.config import SynthesizeConfig, load_params
from bhab.schema import Modality
from bhab.stage import run_stage
from bhab.store import whole_folder, write_json
from bhab.synthetic.faces import write_faces
from bhab.synthetic.scoring import SOURCES
from bhab.synthetic.speech import write_speech
from bhab.synthetic.texts import write_texts

WRITERS = {Modality.FACES: write_faces, Modality.TEXTS: write_texts, Modality.SPEECH: write_speech}


def synthesize(out: Path, config: SynthesizeConfig) -> None:
    """Write a folder for each modality and faults.json below the folder `out`."""
    faults = []
    for modality, write in WRITERS.items():
        root = out / modality
        root.mkdir()
        faults += write(root, config)
    rows = [{"source": SOURCES[fault.modality], **asdict(fault)} for fault in faults]
    rows.sort(key=lambda row: (row["kind"], row["modality"], row["keys"]))
    write_json({"faults": rows}, out / "faults.json")


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).synthesize
    with whole_folder(args.out) as out:
        synthesize(out, config)


if __name__ == "__main__":
    run_stage(main)

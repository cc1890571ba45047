"""A tiny copy of the project, run once through DVC, that the end-to-end tests look at."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bhab.workspace import merge

ROOT = Path(__file__).parents[2]
TINY = {
    "store": {"shards": 2},
    "synthesize": {"scale": 0.02, "speakers": 6, "faults": 2},
    "probe": {"epochs": 1, "networks": 1},
    "augment": {"children": 1},
    "replies": {"pairs": 350},
    "tokenize": {"vocabulary": 400},
    "embed": {"dimensions": 8, "epochs": 1},
    "train_fer": {
        "models": ["light_cnn", "bhab_net"],
        "recipes": {name: {"epochs": 1} for name in ("light_cnn", "bhab_net")},
    },
    "compress": {"calibration_faces": 16},
    "ensemble": {"members": ["light_cnn", "bhab_net"], "components": 16, "boosting_rounds": 2},
    "train_feedback": {"threads": 1, "epochs": 1, "hidden": 16},
    "train_denoiser": {"steps": 2, "made_noises": 8, "trials": 2},
    "evaluate": {"resamples": 100},
    "voice_corpus": {"texts": 6, "manners": 1},
    "train_voice": {
        "processes": 1,
        "tacotron2": {"epochs": 1, "embedding": 16, "prenet": 8, "decoder": 16, "postnet": 8},
        "waveglow": {"steps": 20, "flows": 2, "channels": 8},
    },
    "evaluate_voice": {"resamples": 100, "clips": 2},
}


def copy_project(folder: Path) -> Path:
    """Copy what git tracks, or would, to `folder`, with tiny params and a DVC of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith((".dvc/", "dvc.lock", "reports/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    change_params(folder, TINY)
    (folder / ".dvc").mkdir()
    (folder / ".dvc/config").write_text("[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n")
    return folder


def change_params(folder: Path, changes: dict[str, object]) -> None:
    """Merge `changes` into params.yaml."""
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(merge(yaml.safe_load(path.read_text(encoding="utf-8")), changes), sort_keys=False))


def dvc(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run DVC in `folder`, its own copy of the code first on the path."""
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(folder / "src"),
    }
    return subprocess.run(["dvc", *words], cwd=folder, check=False, capture_output=True, text=True, env=env)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a finished tiny run. Tests may change params in it if they put them back."""
    folder = copy_project(tmp_path_factory.mktemp("tiny") / "project")
    done = dvc(folder, "repro")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder

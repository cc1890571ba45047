"""A training that is killed and run again ends with the weights of one that was not."""

import os
import signal
import subprocess
import sys
import time

from conftest import change_params, dvc

EPOCHS = 6


def weights(folder):
    return (folder / "models/fer/bhab_net/weights.safetensors").read_bytes()


def killed_after(epochs, folder):
    """Run the stage and kill all of it, DVC included, when so many epochs are done."""
    env = os.environ | {"PYTHONPATH": str(folder / "src")}
    argv = [sys.executable, "-m", "dvc", "repro", "--single-item", "train_fer@bhab_net"]
    process = subprocess.Popen(
        argv, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0
    )
    curves = folder / ".training/bhab_net/history.tsv"
    while process.poll() is None and not (curves.exists() and len(curves.read_text().splitlines()) > epochs):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_training_killed_in_its_middle_goes_on_to_the_same_weights(tiny):
    before, lock = (tiny / "params.yaml").read_text(), (tiny / "dvc.lock").read_text()
    try:
        change_params(tiny, {"train_fer": {"recipes": {"bhab_net": {"epochs": EPOCHS}}}})
        (tiny / ".training/bhab_net/history.tsv").unlink()
        killed_after(2, tiny)
        assert not (tiny / "models/fer/bhab_net").exists()
        risen = dvc(tiny, "repro", "--single-item", "train_fer@bhab_net")
        assert risen.returncode == 0, risen.stderr
        assert f"training bhab_net: 1 of {EPOCHS - 2}" in risen.stderr + risen.stdout
        resumed = weights(tiny)
        whole = dvc(tiny, "repro", "--single-item", "--force", "--no-run-cache", "train_fer@bhab_net")
        assert f"training bhab_net: {EPOCHS} of {EPOCHS}" in whole.stderr + whole.stdout
        assert weights(tiny) == resumed
    finally:
        (tiny / "params.yaml").write_text(before)
        (tiny / "dvc.lock").write_text(lock)
        assert dvc(tiny, "checkout").returncode == 0

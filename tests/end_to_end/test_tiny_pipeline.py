"""The whole pipeline on a tiny corpus: same bytes elsewhere, no needless work, nothing lost."""

import importlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from conftest import change_params, copy_project, dvc

from bhab.schema import REJECTS, SAMPLE_TABLES, SPLITS
from bhab.store import read_table

OUTPUTS = (
    "data",
    "models",
    "reports/metrics",
    "reports/figures",
    "reports/validation",
    "reports/audio",
    "reports/voice",
    "reports/site",
)

CHECKED = {
    "exact_duplicate",
    "cross_split_duplicate",
    "corrupt",
    "wrong_label_name",
    "wrong_sample_rate",
    "silent",
    "clipped",
    "blank",
}


def outputs(folder: Path) -> dict[str, bytes]:
    paths = (p for top in OUTPUTS for p in (folder / top).rglob("*"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(paths) if p.is_file()}


def stages_to_run(folder: Path) -> set[str]:
    done = dvc(folder, "repro", "--dry")
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"^Running stage '([^']+)'", done.stdout, re.M))


def in_order(lock: dict[str, dict[str, object]]) -> list[str]:
    """Return the commands of a dvc.lock, each after all whose outputs it reads."""
    made = {o["path"]: name for name, stage in lock.items() for o in stage.get("outs", [])}
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for dep in lock[name].get("deps", []):
            for path, maker in made.items():
                if maker != name and (path + "/").startswith(dep["path"] + "/") | (dep["path"] + "/").startswith(
                    path + "/"
                ):
                    visit(maker)
        order.append(name)

    for name in lock:
        visit(name)
    return [str(lock[name]["cmd"]) for name in order]


def test_another_folder_and_two_workers_give_the_same_bytes(tiny, tmp_path, monkeypatch):
    other = copy_project(tmp_path / "elsewhere")
    change_params(other, {"runner": {"workers": 2}})
    monkeypatch.chdir(other)
    for command in in_order(yaml.safe_load((tiny / "dvc.lock").read_text())["stages"]):
        python, flag, module, *argv = shlex.split(command)
        assert (python, flag) == ("python", "-m")
        importlib.import_module(module).main(argv)
    first, second = outputs(tiny), outputs(other)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_a_second_run_runs_nothing(tiny):
    assert stages_to_run(tiny) == set()


@pytest.mark.parametrize(
    ("change", "first", "untouched"),
    [
        pytest.param(
            {"embed": {"window": 3}},
            "embed",
            {"ingest@synthetic_faces", "curate", "split", "tokenize", "augment", "train_fer@light_cnn", "denoise"},
            id="word vectors",
        ),
        pytest.param(
            {"augment": {"rotation_deg": 5}},
            "augment",
            {"split", "tokenize", "embed", "denoise", "train_feedback", "speak", "balance"},
            id="augmentation",
        ),
        pytest.param(
            {"replies": {"pairs": 200}}, "replies", {"split", "denoise", "train_fer@light_cnn", "augment"}, id="replies"
        ),
        pytest.param(
            {"train_fer": {"recipes": {"bhab_net": {"batch": 16}}}},
            "train_fer@bhab_net",
            {"train_fer@light_cnn", "evaluate_fer@light_cnn", "augment"},
            id="the recipe of one model",
        ),
        pytest.param({"runner": {"workers": 2}}, None, {"ingest@synthetic_faces", "denoise"}, id="how it is run"),
        pytest.param(
            {"speak": {"words_per_minute": 120}}, "speak", {"train_feedback", "evaluate_feedback"}, id="voice"
        ),
    ],
)
def test_one_number_reruns_only_what_depends_on_it(tiny, change, first, untouched):
    before = (tiny / "params.yaml").read_text()
    try:
        change_params(tiny, change)
        running = stages_to_run(tiny)
    finally:
        (tiny / "params.yaml").write_text(before)
    assert running & untouched == set()
    assert (first in running) if first else running == set()


def test_every_item_is_kept_or_rejected_with_a_reason(tiny):
    counts = json.loads((tiny / "reports/metrics/counts.json").read_text())["sources"]
    kept = {m: read_table(tiny / "data/interim" / m, c).num_rows for m, c in SAMPLE_TABLES.items()}
    assert sum(s["kept"] for s in counts.values()) == sum(kept.values())
    rejects = read_table(tiny / "data/interim/rejects.parquet", REJECTS)
    assert sum(n for s in counts.values() for n in s["rejects"].values()) == rejects.num_rows
    later = read_table(tiny / "data/processed/split/rejects.parquet", REJECTS)
    splits = read_table(tiny / "data/processed/split/splits.parquet", SPLITS)
    assert splits.num_rows + later.num_rows == sum(kept.values())
    raw_faces = (tiny / "data/raw/synthetic/faces/fer2013.csv").read_text().count("\n") - 1
    assert raw_faces == counts["synthetic_faces"]["kept"] + sum(counts["synthetic_faces"]["rejects"].values())


def test_no_group_is_both_trained_and_tested_on(tiny):
    splits = read_table(tiny / "data/processed/split/splits.parquet", SPLITS)
    by_group = splits.group_by(["modality", "group_id"]).aggregate([("split", "count_distinct")])
    assert set(by_group["split_count_distinct"].to_pylist()) == {1}
    assert splits["leaked"].to_pylist().count(True) == 0


def test_every_planted_fault_is_found_and_no_alarm_is_false(tiny):
    faults = json.loads((tiny / "reports/metrics/faults.json").read_text())["faults"]
    assert {f["kind"] for f in faults} >= CHECKED
    assert [f for f in faults if f["kind"] in CHECKED and (f["recall"], f["precision"]) != (1.0, 1.0)] == []


def test_near_duplicates_of_every_modality_are_found(tiny):
    faults = json.loads((tiny / "reports/metrics/faults.json").read_text())["faults"]
    near = {f["modality"]: f["recall"] for f in faults if f["kind"] == "near_duplicate"}
    assert set(near) == {"faces", "texts", "speech"}
    assert min(near.values()) > 0.85  # 8 to 12 of each: one may be missed


def test_one_more_face_changes_one_shard_of_its_table(tiny, tmp_path):
    folder = copy_project(tmp_path / "one_more")
    (folder / "data/raw").mkdir(parents=True)
    done = subprocess.run(["cp", "-r", tiny / "data/raw/synthetic", folder / "data/raw/"], check=True)
    assert done.returncode == 0
    csv = folder / "data/raw/synthetic/faces/fer2013.csv"
    good = next(line for line in csv.read_text().splitlines()[1:] if len(line.split()) == 48 * 48)
    label, values, usage = good.split(",")
    with csv.open("a") as file:
        file.write(f"{label},{' '.join(reversed(values.split()))},{usage}\n")
    command = [sys.executable, "-m", "pipelines.ingest", "--source", "synthetic_faces"]
    subprocess.run([*command, "--out", "data/interim/ingest/synthetic_faces"], cwd=folder, check=True)
    shards = "data/interim/ingest/synthetic_faces/samples"
    names = sorted(p.name for p in (tiny / shards).iterdir())
    changed = [n for n in names if (tiny / shards / n).read_bytes() != (folder / shards / n).read_bytes()]
    assert len(changed) == 1


@pytest.mark.parametrize("stage", ["synthesize", "ingest", "denoise"])
def test_ctrl_c_leaves_nothing_half_written(tiny, tmp_path, stage):
    lock = yaml.safe_load((tiny / "dvc.lock").read_text())["stages"]
    command = next(s["cmd"] for name, s in lock.items() if name.split("@")[0] == stage)
    argv = [sys.executable, *shlex.split(command)[1:]]
    out = tmp_path / "made" / "out"
    argv[argv.index("--out") + 1] = str(out)
    env = os.environ | {"PYTHONPATH": str(tiny / "src")}
    process = subprocess.Popen(
        argv,
        cwd=tiny,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    while not out.with_name(".out.partial").exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, list(out.parent.iterdir())) == (130, []), said
    assert said.splitlines()[-1].startswith("bhab: stopped by Ctrl-C")

"""dvc.yaml, params.yaml, README and the code say the same thing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bhab.cli import app
from bhab.config import Params, load_params

ROOT = Path(__file__).parents[3]
STAGES = {
    name: entry.get("do", entry)
    for name, entry in yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"].items()
}
OVERLAYS = sorted(ROOT.glob("params-*.yaml"))


def test_a_stage_depends_on_all_code_it_imports_and_on_no_other():
    done = subprocess.run([sys.executable, "tools/code_deps.py"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_runs_the_file_of_its_name_or_says_what_else_it_is_run_for(stage):
    file = re.match(r"python -m pipelines\.(\w+) ", STAGES[stage]["cmd"])[1]
    assert (ROOT / "pipelines" / f"{file}.py").is_file()
    assert stage in {file, f"{file.removesuffix('_fer')}_ensemble"}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_sections_that_exist(stage):
    sections = {str(p).split(".")[0] for p in STAGES[stage].get("params", [])}
    assert sections - {f.alias or n for n, f in Params.model_fields.items()} == set()


@pytest.mark.parametrize("stage", STAGES)
def test_every_path_on_the_command_line_is_a_dependency_or_an_output(stage):
    entry = STAGES[stage]
    known = [str(d) for d in entry["deps"]]
    known += [o if isinstance(o, str) else next(iter(o)) for o in [*entry.get("outs", []), *entry.get("metrics", [])]]
    words = set(re.findall(r"(?<=\s)(?:data|models|reports|annotations)/\S+", entry["cmd"]))
    unknown = {w for w in words if not any(k == w or k.startswith(w + "/") or w.startswith(k + "/") for k in known)}
    assert unknown - {"data/interim"} == set()  # data/interim: its tables are listed one by one


def test_no_stage_depends_on_how_it_is_run():
    assert [s for s, e in STAGES.items() if "runner" in map(str, e.get("params", []))] == []


def test_every_section_is_read_by_a_stage():
    read = {str(p).split(".")[0] for e in STAGES.values() for p in e.get("params", [])}
    assert {f.alias or n for n, f in Params.model_fields.items()} - read == {"runner", "live"}


def test_params_yaml_fits_and_says_what_runs():
    params = load_params(ROOT / "params.yaml")
    assert list(params.sources) == ["synthetic_faces", "synthetic_texts", "synthetic_speech"]


def test_documents_name_only_commands_that_exist():
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    text = "\n".join(p.read_text(encoding="utf-8") for p in documents)
    code = "\n".join(a or b for a, b in re.findall(r"^```\w*\n(.*?)^```|`([^`\n]+)`", text, re.M | re.S))
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", code))
    assert named >= {"repro", "test", "check", "label-studio", "repro-real"}
    assert named - targets == set()
    assert set(re.findall(r"dvc repro ([a-z_]+)", code)) - set(STAGES) == set()
    commands = {c.name or c.callback.__name__ for c in app.registered_commands} | {
        g.name for g in app.registered_groups
    }
    assert set(re.findall(r"^(?:.venv/bin/)?bhab ([a-z]+) \S", code, re.M)) - commands == set()

import json

import pytest

from bhab.errors import TableError
from bhab.stage import run_stage


def test_a_stage_under_dvc_leaves_what_it_cost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_STAGE", "train_fer@light_cnn")
    run_stage(lambda: None)
    cost = json.loads((tmp_path / "reports/timings/train_fer@light_cnn.json").read_text())
    assert sorted(cost) == ["peak_child_mib", "peak_mib", "wall_s"]
    assert cost["peak_mib"] > 0


def test_a_stage_run_by_hand_leaves_no_record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_STAGE", raising=False)
    run_stage(lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_a_stage_that_fails_leaves_no_record(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_STAGE", "split")

    def main() -> None:
        raise TableError("data/interim/faces: no such table")

    with pytest.raises(SystemExit):
        run_stage(main)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == "bhab: data/interim/faces: no such table\n"

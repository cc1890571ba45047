import json

import pytest
from typer.testing import CliRunner

from bhab.cli import app
from bhab.cli.summary import timings_script
from bhab.store import write_json, write_text

MODEL = {
    "test": {"accuracy": {"value": 0.581, "low": 0.552, "high": 0.61, "n": 1333}},
    "majority_share": 0.25,
}


def cost(wall_s, own=200, child=0):
    return {"wall_s": wall_s, "peak_mib": own, "peak_child_mib": child}


def summary(reports):
    done = CliRunner().invoke(app, ["summary", "--reports", str(reports)], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


def test_before_the_first_run_one_sentence_says_what_to_do(tmp_path):
    assert summary(tmp_path) == f"{tmp_path}: nothing was run here yet; `dvc repro` runs every stage\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("accuracy of light_cnn", id="a figure has its name"),
        pytest.param("58.1\u00a0%", id="the figure"),
        pytest.param("interval 55.2 to 61.0, n 1,333", id="its interval and count"),
        pytest.param("train_fer@light_cnn", id="the slowest stage"),
        pytest.param("all 2 stages, highest peak", id="the sum of costs"),
        pytest.param("31.5", id="wall time in all"),
        pytest.param("900", id="the higher of own and child's memory"),
        pytest.param("Report: not written yet", id="no report yet"),
    ],
)
def test_after_a_run_it_shows(tmp_path, said):
    write_json(MODEL, tmp_path / "metrics/fer_light_cnn.json")
    write_json(cost(30.5), tmp_path / "timings/train_fer@light_cnn.json")
    write_json(cost(1.0, child=900), tmp_path / "timings/split.json")
    assert said in summary(tmp_path)


def test_it_names_the_report(tmp_path):
    write_json(MODEL, tmp_path / "metrics/fer_light_cnn.json")
    write_text("", tmp_path / "site/index.html")
    assert f"Report: {tmp_path / 'site/index.html'}\n" in summary(tmp_path)


def test_the_page_of_costs_gets_its_script(tmp_path):
    write_json(cost(30.5), tmp_path / "timings/split.json")
    summary(tmp_path)
    assert (tmp_path / "timings.js").read_text(encoding="utf-8") == timings_script({"split": cost(30.5)})


def test_the_script_is_one_assignment_of_json():
    head, _, value = timings_script({"split": cost(1.0)}).partition(" = ")
    assert (head, json.loads(value.removesuffix(";\n"))) == ("window.BHAB_TIMINGS", {"split": cost(1.0)})

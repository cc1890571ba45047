from pathlib import Path

import pytest
import yaml

from bhab.models.fer import FER
from bhab.schema import EMOTIONS, PREDICTIONS
from bhab.store import read_json, read_table, write_shards, write_table
from bhab.training.checkpoint import Card, Trained, write_model
from bhab.training.compress import ask_onnx
from bhab.training.faces import faces_of
from bhab.training.seed import repeatable
from pipelines import ensemble, evaluate_fer

PARAMS = Path(__file__).parents[3] / "params.yaml"
SMALL = {"members": ["bhab_net", "light_cnn"], "components": 16, "boosting_rounds": 3, "boosting_depth": 2}
CLASSIC = [f"{kind} on {view}" for view in ("texture", "embedding") for kind in ("svm", "logistic", "boosting")]


@pytest.fixture
def inputs(tmp_path, corpus, fer_config):
    """Faces, splits, params that make the stage short, and two networks as they are before they learn."""
    write_shards(corpus.faces, tmp_path / "faces", 2)
    write_table(corpus.splits, tmp_path / "split/splits.parquet")
    params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    params["ensemble"] |= SMALL
    params["evaluate"]["resamples"] = 100
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    for name in SMALL["members"]:
        train = fer_config(name, width=0.25)
        repeatable(1, 1)
        card = Card(model=name, params=train.model_dump(mode="json"), input={"dtype": "float32"}, trained_on=28)
        write_model(Trained(card, FER[name](train.recipes[name]), []), tmp_path / "fer" / name)
    return tmp_path


def run(stage, inputs, **paths):
    paths |= {"faces": "faces", "splits": "split", "params": "params.yaml"}
    stage.main([part for flag, path in paths.items() for part in (f"--{flag}", str(inputs / path))])


def made(inputs, run_name="one"):
    run(ensemble, inputs, models="fer", out=f"{run_name}/fer", onnx=f"{run_name}/onnx", metrics=f"{run_name}/it.json")
    return read_json(inputs / run_name / "it.json")


def tree(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_an_ensemble_is_made_to_the_same_bytes_judged_as_any_model_and_goes_into_onnx(inputs, corpus):
    listened = made(inputs)
    made(inputs, "two")
    assert tree(inputs / "one") == tree(inputs / "two")
    assert (listened["why"], listened["n"]) == (None, 14)
    assert [row["model"] for row in listened["models"]] == [*SMALL["members"], *CLASSIC]
    assert min(row["weight"] for row in listened["models"]) >= 0
    card = read_json(inputs / "one/fer/card.json")
    assert (card["model"], card["trained_on"], card["epochs"], card["emotions"]) == ("ensemble", 28, 0, list(EMOTIONS))

    run(evaluate_fer, inputs, model="one/fer", out="said.parquet", figures="figures", metrics="judged.json")
    said = read_table(inputs / "said.parquet", PREDICTIONS)
    assert set(said["model"].to_pylist()) == {"ensemble"}
    judged = read_json(inputs / "judged.json")
    assert (judged["model"], judged["test"]["n"], judged["eval_mode"]["equal"]) == ("ensemble", 14, True)
    assert sorted(tree(inputs / "figures")) == ["confusion.svg", "reliability.svg"]

    content = (inputs / "one/onnx/float32.onnx").read_bytes()
    answers = ask_onnx(content, faces_of(corpus.faces, said).images).argmax(axis=1)
    assert [EMOTIONS[place] for place in answers] == said["predicted"].to_pylist()


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        pytest.param("light_cnn", "1 of 2 members, 7 emotions in training, 14 validation faces; ", id="a member"),
        pytest.param("validation", "2 of 2 members, 7 emotions in training, 0 validation faces; ", id="validation"),
        pytest.param("train", "2 of 2 members, 0 emotions in training, 14 validation faces; ", id="training"),
    ],
)
def test_without_what_it_needs_there_is_no_ensemble_and_its_card_says_why(inputs, corpus, missing, why):
    if missing == "light_cnn":
        card = Card(model="light_cnn", params={}, input={}, why="no faces")
        write_model(Trained(card, None, []), inputs / "fer/light_cnn")
    else:
        rows = [split != missing for split in corpus.splits["split"].to_pylist()]
        write_table(corpus.splits.filter(rows), inputs / "split/splits.parquet")
    listened = made(inputs)
    assert listened["models"] == []
    assert listened["why"] == f"{why}expected all, 3 or more, and some"
    assert sorted(tree(inputs / "one/onnx")) == ["card.json"]
    run(evaluate_fer, inputs, model="one/fer", out="said.parquet", figures="figures", metrics="judged.json")
    assert read_json(inputs / "judged.json")["why"] == listened["why"]
    assert len(read_table(inputs / "said.parquet", PREDICTIONS)) == 0

from pathlib import Path

import pyarrow.compute as pc
import pytest
import yaml

from bhab.config import CompressConfig
from bhab.models.fer import FER
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS
from bhab.store import read_json, write_json, write_shards, write_table
from bhab.training.checkpoint import Card, Trained, write_model
from bhab.training.seed import repeatable
from pipelines import compress, publish

PARAMS = Path(__file__).parents[3] / "params.yaml"
SMALL = CompressConfig(calibration_faces=8, sparsity=0.5, epochs=1, learning_rate_share=0.1)
VARIANTS = ["float32", "int8", "pruned", "pruned_int8"]
DESCRIBED = {"counts": {"sources": {}, "tables": {}}, "split": {}, "curation": {}}


@pytest.fixture
def inputs(tmp_path, corpus, fer_config):
    """Faces, splits, params that make the stage short, a model that was trained, and one that was not."""
    write_shards(corpus.faces, tmp_path / "faces", 2)
    write_table(corpus.splits, tmp_path / "split/splits.parquet")
    params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    params["compress"], params["evaluate"]["resamples"] = SMALL.model_dump(), 100
    params["train_fer"]["models"] = ["bhab_net", "light_cnn"]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    train = fer_config("bhab_net", width=0.25)
    repeatable(1, 1)
    card = Card(model="bhab_net", params=train.model_dump(mode="json"), input={}, trained_on=28)
    write_model(Trained(card, FER["bhab_net"](train.recipes["bhab_net"]), []), tmp_path / "fer/bhab_net")
    write_model(
        Trained(Card(model="light_cnn", params={}, input={}, why="no faces"), None, []), tmp_path / "fer/light_cnn"
    )
    return tmp_path


def made_small(inputs, name, run="one"):
    paths = {"model": f"fer/{name}", "faces": "faces", "splits": "split", "params": "params.yaml"}
    paths |= {"out": f"{run}/{name}", "metrics": f"{run}/{name}.json"}
    compress.main([part for flag, path in paths.items() for part in (f"--{flag}", str(inputs / path))])
    return read_json(inputs / run / name / "card.json"), read_json(inputs / run / f"{name}.json")


def tree(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_model_has_four_variants_to_the_same_bytes_and_they_go_out(inputs, corpus):
    card, metrics = made_small(inputs, "bhab_net")
    made_small(inputs, "bhab_net", run="two")
    written = tree(inputs / "one")
    assert tree(inputs / "two") == written
    assert list(card["variants"]) == list(metrics["variants"]) == VARIANTS
    assert (card["emotions"], card["why"], card["params"]) == (list(EMOTIONS), None, SMALL.model_dump())
    test = corpus.splits.filter(pc.equal(corpus.splits["split"], "test"))["sample_id"].to_pylist()
    assert (metrics["split"], metrics["rows_sha256"]) == ("test", rows_sha256(test))
    for name, found in metrics["variants"].items():
        assert found["bytes"] == len(written[f"bhab_net/{name}.onnx"])
        assert (found["test"]["n"], found["validation"]["n"]) == (14, 14)
    whole, sparse = (metrics["variants"][name] for name in ("float32", "pruned"))
    assert (whole["test"]["lost"]["value"], whole["test"]["same"]["value"]) == (0.0, 1.0)
    assert sparse["bytes_gzip"] < 0.7 * whole["bytes_gzip"]

    made_small(inputs, "light_cnn")
    write_json({"emotions": list(EMOTIONS)}, inputs / "one/ensemble/card.json")
    for name, content in DESCRIBED.items():
        write_json(content, inputs / f"metrics/{name}.json")
    paths = {
        "metrics": "metrics",
        "models": "one",
        "croissant": "croissant.json",
        "out": "card",
        "params": "params.yaml",
    }
    flags = [part for flag, path in paths.items() for part in (f"--{flag}", str(inputs / path))]
    publish.main(["--tables", "data/interim", *flags])
    sent = tree(inputs / "card")
    assert sorted(sent) == [
        *sorted(f"bhab_net/{name}" for name in ("card.json", *(f"{v}.onnx" for v in VARIANTS))),
        "datasheet.md",
        "ensemble/card.json",
        "light_cnn/card.json",
    ]
    assert sent["bhab_net/int8.onnx"] == written["bhab_net/int8.onnx"]


def test_a_model_that_was_not_trained_has_a_card_that_says_why(inputs):
    card, metrics = made_small(inputs, "light_cnn")
    assert (card["why"], card["variants"], card["weights_sha256"]) == ("no faces", {}, None)
    assert (metrics["why"], metrics["variants"]) == ("no faces", {})
    assert sorted(tree(inputs / "one")) == ["light_cnn.json", "light_cnn/card.json"]


def test_without_held_out_faces_nothing_is_lost_and_nothing_scored(inputs, corpus):
    write_table(corpus.splits.filter(pc.not_equal(corpus.splits["split"], "test")), inputs / "split/splits.parquet")
    _, metrics = made_small(inputs, "bhab_net")
    assert [found["test"] for found in metrics["variants"].values()] == [
        {"n": 0, "accuracy": None, "lost": None, "same": None}
    ] * 4

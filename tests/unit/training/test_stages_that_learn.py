from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from safetensors.numpy import save_file

from bhab.errors import ParamsError, TableError
from bhab.models.fer import FER
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, PREDICTIONS, Split
from bhab.store import read_json, read_table, write_json, write_shards, write_table
from bhab.text.vocabulary import Vocabulary, save
from bhab.training.answers import of_test
from bhab.training.checkpoint import Card
from bhab.training.faces import labelled
from bhab.training.feedback import load_feedback
from bhab.training.fer import recipe_of
from bhab.training.predict import predict
from bhab.training.scores import Score
from pipelines import evaluate_feedback, evaluate_fer, train_feedback, train_fer

PARAMS = Path(__file__).parents[3] / "params.yaml"


def tree(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def inputs(tmp_path, corpus, replies, vocabulary):
    """A folder with all inputs of the four stages, and params that make them short."""
    write_shards(corpus.faces, tmp_path / "faces", 2)
    write_table(corpus.splits, tmp_path / "split" / "splits.parquet")
    write_shards(corpus.augmented, tmp_path / "augmented", 2)
    write_table(replies, tmp_path / "replies" / "replies.parquet")
    save(vocabulary, tmp_path / "vocabulary.json")
    (tmp_path / "vectors").mkdir()
    write_json({"vocabulary_sha256": vocabulary.digest()}, tmp_path / "vectors" / "card.json")
    vectors = np.random.default_rng(1).normal(size=(len(vocabulary), 8)).astype(np.float32)
    save_file({"vectors": vectors}, tmp_path / "vectors" / "vectors.safetensors")
    params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    for recipe in params["train_fer"]["recipes"].values():
        recipe |= {"epochs": 1, "batch": 8}
    params["train_feedback"] |= {"threads": 1, "epochs": 8, "batch": 8, "hidden": 16, "learning_rate": 0.02}
    params["evaluate"] |= {"resamples": 100, "sentences": 2}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    return tmp_path


def flags(root, out, **values):
    paths = [part for name, value in values.items() for part in (f"--{name}", str(root / value))]
    return [*paths, "--params", str(root / "params.yaml"), "--out", str(out)]


def learn_and_judge_faces(inputs, out, name):
    common = {"faces": "faces", "splits": "split"}
    kept = ["--kept", str(inputs / "kept")]
    train_fer.main([*flags(inputs, out / "model", augmented="augmented", **common), "--model", name, *kept])
    files = ["--figures", str(out / "figures"), "--metrics", str(out / "metrics.json"), "--model", str(out / "model")]
    evaluate_fer.main([*flags(inputs, out / "predictions.parquet", **common), *files])


def learn_and_judge_replies(inputs, out):
    common = {"replies": "replies", "vocabulary": "vocabulary.json", "subwords": "subwords.model"}
    train_feedback.main(flags(inputs, out / "model", vectors="vectors", **common))
    judged = flags(inputs, out / "metrics.json", **common)[:-2]
    files = ["--figures", str(out / "figures"), "--metrics", str(out / "metrics.json"), "--model", str(out / "model")]
    evaluate_feedback.main([*judged, *files])


@pytest.mark.parametrize("name", ["light_cnn", "bhab_net"])
def test_a_model_of_faces_is_trained_and_judged_to_the_same_bytes(inputs, name, corpus):
    for run in "one", "two":
        learn_and_judge_faces(inputs, inputs / run, name)
    written = tree(inputs / "one")
    assert written == tree(inputs / "two")
    assert sorted(written) == [
        "figures/confusion.svg",
        "figures/curves.svg",
        "figures/reliability.svg",
        "metrics.json",
        "model/card.json",
        "model/history.parquet",
        "model/weights.safetensors",
        "predictions.parquet",
    ]
    predictions = read_table(inputs / "one" / "predictions.parquet", PREDICTIONS)
    held = labelled(corpus.splits, Split.VALIDATION, Split.TEST)
    assert predictions["sample_id"].to_pylist() == held["sample_id"].to_pylist()
    metrics = read_json(inputs / "one" / "metrics.json")
    assert metrics["test"]["n"] == 14
    assert metrics["confusion"]["labels"] == [row["emotion"] for row in metrics["per_class"]] == list(EMOTIONS)
    assert [sum(row) for row in metrics["confusion"]["rows"]] == [2] * 7
    assert metrics["test_without_leaked"] is None
    test = [
        sample
        for sample, split in zip(*held.select(["sample_id", "split"]).columns, strict=True)
        if str(split) == "test"
    ]
    assert (metrics["split"], metrics["rows_sha256"]) == ("test", rows_sha256(map(str, test)))
    assert metrics["eval_mode"] == {"n": 28, "equal": True, "largest_difference": 0.0}


def test_the_feedback_model_is_trained_and_judged_to_the_same_bytes(inputs, replies):
    for run in "one", "two":
        learn_and_judge_replies(inputs, inputs / run)
    assert tree(inputs / "one") == tree(inputs / "two")
    metrics = read_json(inputs / "one" / "metrics.json")
    assert (metrics["n"], metrics["next_token_accuracy"]["n"]) == (21, metrics["n_templates"])
    assert metrics["next_token_accuracy"]["value"] > 0.7  # what these replies leave to chance is 1 word of 7
    of_test = replies.filter(pc.equal(replies["split"], "test"))["sample_id"].to_pylist()
    assert (metrics["split"], metrics["rows_sha256"]) == ("test", rows_sha256(of_test))
    assert metrics["eval_mode"] == {"n": 21, "equal": True, "largest_difference": 0.0}
    assert {emotion: len(said) for emotion, said in metrics["sentences"].items()} == dict.fromkeys(EMOTIONS, 2)
    assert [said[0] for said in metrics["contexts"].values()] == [None] * 7
    assert metrics["generated"]["n"] == 21
    assert sorted(metrics["checkers"]["caught"]) == [
        "cut_short",
        "neighbours_exchanged",
        "word_doubled",
        "word_left_out",
    ]


@pytest.mark.parametrize(
    "empty",
    [
        pytest.param(("train", "validation", "test"), id="an empty modality"),
        pytest.param(("validation",), id="no validation, which says when to stop"),
        pytest.param(("train",), id="nothing to learn from"),
    ],
)
def test_without_data_nothing_is_trained_and_nothing_is_scored(inputs, corpus, replies, empty):
    keep = [split.value for split in Split if split.value not in empty]
    for name, table in ("split/splits.parquet", corpus.splits), ("replies/replies.parquet", replies):
        write_table(table.filter(pc.is_in(table["split"], pa.array(keep, pa.string()))), inputs / name)
    write_shards(corpus.augmented.slice(0, 0), inputs / "augmented", 2)
    learn_and_judge_faces(inputs, inputs / "faces_out", "light_cnn")
    learn_and_judge_replies(inputs, inputs / "replies_out")
    for out in inputs / "faces_out", inputs / "replies_out":
        card = read_json(out / "model" / "card.json")
        assert card["trained_on"] == 0
        assert "expected some" in card["why"]
        assert not (out / "model" / "weights.safetensors").exists()
    assert read_json(inputs / "faces_out" / "metrics.json")["test"] == asdict(Score(0, 0))
    metrics = read_json(inputs / "replies_out" / "metrics.json")
    assert (metrics["n"], metrics["eval_mode"], metrics["sentences"]) == (0, None, {})


def test_a_leaked_face_counts_in_one_score_and_not_in_the_other(fer_config, evaluate_config, corpus):
    model = FER["light_cnn"](fer_config().recipes["light_cnn"])
    predictions = predict("light_cnn", model, corpus.faces, corpus.splits)
    test = np.flatnonzero([split == "test" for split in predictions["split"].to_pylist()])
    leaked = np.isin(np.arange(len(predictions)), test[:3])
    changed = predictions.drop_columns("leaked").append_column("leaked", pa.array(leaked))
    card, answers = Card(model="light_cnn", params={}, input={}), of_test(changed, corpus.splits)
    metrics = evaluate_fer.evaluate_fer(card, answers, None, evaluate_config)
    assert (metrics["test"]["n"], metrics["test_without_leaked"]["n"]) == (14, 11)
    assert [sum(row["support"] for row in metrics[f"per_class{part}"]) for part in ("", "_without_leaked")] == [14, 11]


@pytest.mark.parametrize("name", ["resnet", "rnn"])
def test_a_model_without_a_recipe_is_named_with_those_that_have_one(name, fer_config):
    with pytest.raises(ParamsError, match=rf"no model '{name}' with a recipe, expected one of \['light_cnn'\]"):
        recipe_of(name, fer_config())


def test_a_model_of_another_vocabulary_is_refused(inputs, vocabulary):
    learn_and_judge_replies(inputs, inputs / "one")
    turned = Vocabulary((*vocabulary.words[:4], *vocabulary.words[:3:-1]))
    with pytest.raises(TableError, match="the vocabulary of 33 words is not the one it was trained with"):
        load_feedback(inputs / "one" / "model", turned)

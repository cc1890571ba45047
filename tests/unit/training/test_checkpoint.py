import pytest
import torch
from safetensors.torch import save

from bhab.errors import LabelMapError, TableError
from bhab.models.fer import FER
from bhab.schema import HISTORY
from bhab.store import read_json, read_table, write_json
from bhab.training.checkpoint import Card, Trained, load_fer, write_model
from bhab.training.history import Epoch

EPOCH = Epoch(1, 0.001, 1.9, 0.2, 1.8, 0.25)


@pytest.fixture
def folder(tmp_path, fer_config):
    torch.set_num_threads(1)
    config = fer_config()
    card = Card(
        model="light_cnn", params=config.model_dump(mode="json"), input={}, n_parameters=1, trained_on=9, epochs=1
    )
    write_model(Trained(card, FER["light_cnn"](config.recipes["light_cnn"]), [EPOCH]), tmp_path / "model")
    return tmp_path / "model"


def change_card(folder, **changed):
    write_json(read_json(folder / "card.json") | changed, folder / "card.json")


def test_a_model_comes_back_as_it_was_written(folder, fer_config):
    _, model = load_fer(folder)
    copy = folder.parent / "copy"
    write_model(Trained(load_fer(folder)[0], model, [EPOCH]), copy)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["card.json", "history.parquet", "weights.safetensors"]
    assert [(folder / n).read_bytes() for n in names] == [(copy / n).read_bytes() for n in names]
    assert read_table(folder / "history.parquet", HISTORY).num_rows == 1
    assert not model.training


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        pytest.param(
            {"emotions": ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]},
            LabelMapError,
            "expected .'angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'",
            id="the emotions in the order of FER2013",
        ),
        pytest.param({"emotions": None}, LabelMapError, "class names None", id="no emotions"),
        pytest.param(
            {"model": "resnet"}, TableError, "model 'resnet', expected one with a recipe", id="a model we do not have"
        ),
        pytest.param({"model": "rnn"}, TableError, "model 'rnn', expected one with a recipe", id="no recipe of it"),
        pytest.param({"params": {"seed": 1}}, TableError, "models: Field required", id="params of another version"),
        pytest.param({"epochs": "many"}, TableError, "epochs: Input should be", id="epochs in words"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(folder, changed, error, message):
    change_card(folder, **changed)
    with pytest.raises(error, match=message):
        load_fer(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "no such file", id="missing"),
        pytest.param(b"", "not the weights", id="empty"),
        pytest.param(save({"head.bias": torch.zeros(7)}), "not the weights of LightCnn", id="of another model"),
        pytest.param(b"\x80\x04\x95 a pickle", "not the weights", id="a pickle"),
    ],
)
def test_weights_that_are_none_are_refused(folder, content, message):
    weights = folder / "weights.safetensors"
    weights.unlink()
    if content is not None:
        weights.write_bytes(content)
    with pytest.raises(TableError, match=message):
        load_fer(folder)


def test_a_card_that_says_why_has_no_model(folder):
    change_card(folder, why="0 training and 0 validation faces, expected some of both")
    assert load_fer(folder)[1] is None

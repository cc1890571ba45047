import pytest
import torch

from bhab.config import TrainFerConfig
from bhab.models import FER
from bhab.training.seed import repeatable

CONFIG = TrainFerConfig(
    models=("light_cnn",),
    seed=1,
    threads=1,
    precision="float32",
    epochs=1,
    batch=8,
    learning_rate=0.001,
    dropout=0.25,
    plateau_patience=2,
    plateau_factor=0.5,
    stop_patience=5,
)


@pytest.fixture(autouse=True)
def one_thread():
    repeatable(1, 1)


@pytest.mark.parametrize("name", sorted(FER))
@pytest.mark.parametrize("rows", [pytest.param(1, id="one face"), pytest.param(5, id="a batch of five")])
def test_a_model_gives_seven_logits_for_each_face(name, rows):
    assert FER[name](CONFIG).eval()(torch.rand(rows, 1, 48, 48)).shape == (rows, 7)


@pytest.mark.parametrize("name", sorted(FER))
def test_an_answer_does_not_depend_on_the_other_faces_of_the_batch(name):
    model, faces = FER[name](CONFIG).eval(), torch.rand(4, 1, 48, 48)
    with torch.inference_mode():
        torch.testing.assert_close(model(faces)[2:3], model(faces[2:3]))


@pytest.mark.parametrize("name", sorted(FER))
def test_dropout_is_on_in_training_and_off_in_evaluation(name):
    model, faces = FER[name](CONFIG), torch.rand(4, 1, 48, 48)
    model.train()
    assert not torch.equal(model(faces), model(faces))
    model.eval()
    assert torch.equal(model(faces), model(faces))


def kinds(model):
    return [type(module).__name__ for module in model.modules() if not list(module.children())]


def test_light_cnn_has_the_layers_of_the_paper_in_their_order():
    block = ["Conv2d", "ReLU", "MaxPool2d", "Dropout"]
    assert kinds(FER["light_cnn"](CONFIG)) == [*block * 3, "Linear", "Linear"]


def test_best_fer_is_dilated_and_recurrent():
    model = FER["best_fer"](CONFIG)
    dilations = [m.dilation[0] for m in model.modules() if isinstance(m, torch.nn.Conv2d)]
    assert dilations == [1, 1, 2, 1, 2]
    assert kinds(model).count("GRU") == 1

import pytest
import torch
from transformers import MobileNetV2ForImageClassification, ResNetForImageClassification

from bhab.config import FerRecipe
from bhab.errors import ParamsError
from bhab.models.fer import FER
from bhab.training.seed import repeatable

RECIPE = FerRecipe(
    epochs=1,
    batch=8,
    children="none",
    optimiser="sgd",
    learning_rate=0.1,
    schedule="one_cycle",
    dropout=0.25,
)
PHOTOGRAPHS = [("resnet50", ResNetForImageClassification), ("mobilenet_v2", MobileNetV2ForImageClassification)]


@pytest.fixture(autouse=True)
def one_thread():
    repeatable(1, 1)


@pytest.mark.parametrize("name", sorted(FER))
@pytest.mark.parametrize("rows", [pytest.param(1, id="one face"), pytest.param(5, id="a batch of five")])
def test_a_model_gives_seven_logits_for_each_face(name, rows):
    assert FER[name](RECIPE).eval()(torch.rand(rows, 1, 48, 48)).shape == (rows, 7)


@pytest.mark.parametrize("name", sorted(FER))
def test_an_answer_does_not_depend_on_the_other_faces_of_the_batch(name):
    model, faces = FER[name](RECIPE).eval(), torch.rand(4, 1, 48, 48)
    with torch.inference_mode():
        torch.testing.assert_close(model(faces)[2:3], model(faces[2:3]))


@pytest.mark.parametrize("name", sorted(FER.keys() - {"resnet50"}))
def test_dropout_is_on_in_training_and_off_in_evaluation(name):
    model, faces = FER[name](RECIPE), torch.rand(4, 1, 48, 48)
    model.train()
    assert not torch.equal(model(faces), model(faces))
    model.eval()
    assert torch.equal(model(faces), model(faces))


def kinds(model):
    return [type(module).__name__ for module in model.modules() if not list(module.children())]


def test_light_cnn_has_the_layers_of_the_paper_in_their_order():
    block = ["Conv2d", "ReLU", "MaxPool2d", "Dropout"]
    assert kinds(FER["light_cnn"](RECIPE)) == [*block * 3, "Linear", "Linear"]


def test_best_fer_is_dilated_and_recurrent():
    model = FER["best_fer"](RECIPE)
    dilations = [m.dilation[0] for m in model.modules() if isinstance(m, torch.nn.Conv2d)]
    assert dilations == [1, 1, 2, 1, 2]
    assert kinds(model).count("GRU") == 1


def test_the_rnn_reads_rows_and_nothing_else():
    assert {"Conv2d", "MaxPool2d"}.isdisjoint(kinds(FER["rnn"](RECIPE)))


def test_bhab_net_says_the_same_of_a_face_and_its_mirror_image_in_any_light():
    model, faces = FER["bhab_net"](RECIPE).eval(), torch.rand(4, 1, 48, 48)
    with torch.inference_mode():
        said = model(faces)
        torch.testing.assert_close(model(faces.flip(dims=(3,))), said)
        torch.testing.assert_close(model(0.2 + 0.5 * faces), said, atol=1e-4, rtol=1e-4)
        assert torch.isfinite(model(torch.zeros(1, 1, 48, 48))).all()


@pytest.mark.parametrize(
    ("name", "side"),
    [
        pytest.param("resnet50", 6, id="resnet50"),
        pytest.param("mobilenet_v2", 3, id="mobilenet_v2, for 6 takes too long to train"),
    ],
)
def test_a_small_face_keeps_a_map_that_is_worth_pooling(name, side):
    sides = []
    network = FER[name](RECIPE).network
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.register_forward_hook(lambda _module, _given, made: sides.append(made.shape[-1]))
    network.eval()(torch.rand(1, 3, 48, 48))
    assert sides[-1] == side


@pytest.mark.parametrize(("name", "kind"), PHOTOGRAPHS)
def test_weights_to_start_from_fill_all_but_the_head(name, kind, tmp_path):
    published = kind(FER[name](RECIPE).network.config.__class__(num_labels=1000))
    published.save_pretrained(tmp_path)
    started = FER[name](RECIPE.model_copy(update={"pretrained": str(tmp_path)})).network
    old, new = published.state_dict(), started.state_dict()
    assert {key for key in old if not torch.equal(old[key], new[key])} == {
        key for key in old if key.startswith("classifier.")
    }


def test_weights_that_cannot_be_had_are_named(tmp_path):
    with pytest.raises(ParamsError, match=f"pretrained: {tmp_path}: no weights to be had, expected a folder"):
        FER["resnet50"](RECIPE.model_copy(update={"pretrained": str(tmp_path)}))

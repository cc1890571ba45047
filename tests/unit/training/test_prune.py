import pytest
import torch
from torch import nn

from bhab.config import CompressConfig
from bhab.models.fer import FER
from bhab.schema import Split
from bhab.training.faces import faces_of, labelled
from bhab.training.prune import drop_smallest, pruned

CONFIG = CompressConfig(calibration_faces=8, sparsity=0.75, epochs=2, learning_rate_share=0.5)


def made():
    """Two layers with weights 1 to 8, and biases of less magnitude than any."""
    layers = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
    with torch.no_grad():
        for layer, first in ((layers[0], 1.0), (layers[2], 5.0)):
            layer.weight.copy_(torch.tensor([[first, -first - 1], [first + 2, -first - 3]]))
            layer.bias.fill_(0.1)
    return layers


@pytest.mark.parametrize(
    ("sparsity", "left"),
    [
        pytest.param(0.0, [[1, -2, 3, -4], [5, -6, 7, -8]], id="nothing is dropped"),
        pytest.param(0.24, [[0, -2, 3, -4], [5, -6, 7, -8]], id="not more than the share"),
        pytest.param(0.25, [[0, 0, 3, -4], [5, -6, 7, -8]], id="the least magnitudes, whatever their sign"),
        pytest.param(0.625, [[0, 0, 3, -4], [0, 0, 0, -8]], id="over all layers, by the spread of each"),
    ],
)
def test_the_smallest_weights_are_dropped(sparsity, left):
    layers = made()
    drop_smallest(layers, sparsity)
    assert [layers[at].weight.flatten().tolist() for at in (0, 2)] == left
    assert [layers[at].bias.tolist() for at in (0, 2)] == [[pytest.approx(0.1)] * 2] * 2
    assert layers[1].weight.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        pytest.param("bhab_net", {"optimiser": "sgd", "width": 0.25, "weight_decay": 0.01}, id="sgd with decay"),
        pytest.param("rnn", {"optimiser": "adam"}, id="adam, recurrent"),
    ],
)
def test_what_was_dropped_stays_dropped_while_the_rest_learns(name, changed, fer_config, corpus):
    train = fer_config(name, **changed | {"schedule": "one_cycle", "stop_patience": None, "learning_rate": 0.01})
    taught, watched = (faces_of(corpus.faces, labelled(corpus.splits, s)) for s in (Split.TRAIN, Split.VALIDATION))
    torch.manual_seed(0)  # noqa: TID251 - the weights before training are of no weight here
    model = FER[name](train.recipes[name])
    before = {key: value.clone() for key, value in model.state_dict().items()}
    cut = FER[name](train.recipes[name])
    cut.load_state_dict(before)
    drop_smallest(cut, CONFIG.sparsity)
    small = pruned(model, taught, watched, train, CONFIG)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    kept = n = moved = 0
    for one, other in zip(cut.parameters(), small.parameters(), strict=True):
        if one.ndim > 1:
            assert torch.equal(one == 0, other == 0)
            kept, n = kept + int((other != 0).sum()), n + other.numel()
            moved += int((other != one).sum())
    assert kept / n == pytest.approx(0.25, abs=1e-4)
    assert moved > 0.9 * kept

import numpy as np
import pytest
import torch

from bhab.models import FER
from bhab.schema import EMOTIONS, Split
from bhab.training.faces import Faces, held_out, labelled, training
from bhab.training.fer import ask, fit
from bhab.training.history import BestWeights
from bhab.training.seed import repeatable


def taught(name, corpus, config):
    repeatable(config.seed, config.threads)
    model = FER[name](config)
    train = training(corpus.faces, labelled(corpus.splits, Split.TRAIN), corpus.augmented)
    validation = held_out(corpus.faces, labelled(corpus.splits, Split.VALIDATION))
    history = list(fit(model, train, validation, config, np.random.default_rng(config.seed)))
    return model, train, history


@pytest.mark.parametrize("name", sorted(FER))
@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_a_model_learns_a_few_faces_by_heart(name, precision, corpus, fer_config):
    config = fer_config(epochs=12, precision=precision, learning_rate=0.002, stop_patience=12)
    model, train, _ = taught(name, corpus, config)
    faces = train.originals(len(train.labels))
    assert ask(model, faces.images).argmax(dim=1).tolist() == faces.labels.tolist()


@pytest.mark.parametrize("name", sorted(FER))
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(name, corpus, fer_config):
    (one, _, first), (same, _, again) = (taught(name, corpus, fer_config(epochs=1)) for _ in range(2))
    other, _, _ = taught(name, corpus, fer_config(epochs=1, seed=2))
    assert first == again
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_training_ends_when_validation_gets_no_better_and_keeps_the_best(corpus, fer_config):
    config = fer_config(epochs=12, learning_rate=0.002, stop_patience=3, plateau_patience=0)
    repeatable(config.seed, config.threads)
    model = FER["light_cnn"](config)
    train = training(corpus.faces, labelled(corpus.splits, Split.TRAIN), corpus.augmented)
    right = held_out(corpus.faces, labelled(corpus.splits, Split.VALIDATION))
    wrong = Faces(right.images, (right.labels + 1) % 7)  # the more is learnt, the worse it gets
    history = list(fit(model, train, wrong, config, np.random.default_rng(1)))
    losses = [epoch.validation_loss for epoch in history]
    best = losses.index(min(losses))
    assert [epoch.epoch for epoch in history] == list(range(1, best + 1 + 3 + 1))
    assert [epoch.learning_rate for epoch in history[best:]] == pytest.approx([0.002, 0.002, 0.001, 0.0005])
    kept = torch.nn.functional.cross_entropy(ask(model, wrong.images), wrong.labels)
    assert float(kept) == pytest.approx(min(losses))


def test_asked_of_no_faces_a_model_gives_no_logits(fer_config):
    none = torch.zeros(0, 48, 48, dtype=torch.uint8)
    assert ask(FER["light_cnn"](fer_config()), none).shape == (0, len(EMOTIONS))


def test_a_loss_that_is_not_a_number_is_never_the_best():
    model, best = torch.nn.Linear(1, 1), BestWeights()
    best.see(2.0, model)
    kept = model.weight.clone()
    with torch.no_grad():
        model.weight.fill_(9.0)
    best.see(float("nan"), model)
    best.restore(model)
    assert best.stale == 1
    assert torch.equal(model.weight, kept)

from dataclasses import asdict

import pyarrow.compute as pc
import pytest
import torch
from torch import nn
from torch.nn.functional import dropout

from bhab.models.feedback import Feedback
from bhab.models.fer import FER
from bhab.quality.results import eval_mode
from bhab.schema import Split
from bhab.text.spelling import spellings
from bhab.text.units import Units
from bhab.training.feedback import ask
from bhab.training.predict import predict
from bhab.training.replies import in_split, replies_of
from bhab.training.twice import Twice, ask_faces_twice, ask_replies_twice


class DropoutOn(nn.Module):
    """What the paper's notebooks did: dropout that evaluation mode does not switch off."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, faces):
        return self.model(dropout(faces, 0.25, training=True))


class BatchNormOn(nn.Module):
    """Batch normalisation by the batch at hand, whatever mode the model is put in."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def train(self, mode=True):  # noqa: FBT002 - PyTorch's own signature
        super().train(mode)
        for part in self.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.training = True
        return self

    def forward(self, faces):
        return self.model(faces)


@pytest.fixture(scope="module")
def held_out(corpus_of):
    """More faces than one batch of the second question holds."""
    corpus = corpus_of(train=1, validation=8, test=8)
    assert pc.sum(pc.not_equal(corpus.splits["split"], "train")).as_py() == 112
    return corpus


def twice(model, corpus):
    torch.manual_seed(1)  # noqa: TID251 - the model under test draws
    predictions = predict("m", model, corpus.faces, corpus.splits)
    return ask_faces_twice(model, corpus.faces, predictions)


@pytest.mark.parametrize("name", sorted(FER.keys() - {"resnet50"}))  # 112 faces take it a minute
def test_a_model_in_evaluation_mode_says_the_same_twice(name, recipe, held_out):
    assert twice(FER[name](recipe()), held_out) == Twice(112, equal=True, largest_difference=0.0)


@pytest.mark.parametrize(
    ("name", "wrong", "equal"),
    [
        pytest.param("light_cnn", DropoutOn, False, id="dropout is on: never the same answer"),
        pytest.param("best_fer", BatchNormOn, True, id="batch statistics: the same answer only in the same batch"),
    ],
)
def test_a_model_left_in_training_mode_is_found(name, wrong, equal, recipe, held_out):
    found = twice(wrong(FER[name](recipe(dropout=0.0))), held_out)
    assert (found.n, found.equal) == (112, equal)
    assert found.largest_difference > 0.001
    assert not eval_mode({"fer_m.json": asdict(found)}).passed


def test_without_a_model_nothing_is_asked(held_out):
    assert ask_faces_twice(None, held_out.faces, predict("m", None, held_out.faces, held_out.splits)) is None


def test_the_feedback_model_says_the_same_twice(replies, vocabulary, feedback_config):
    asked = replies_of(in_split(replies, Split.TEST), Units(vocabulary))
    model = Feedback(feedback_config, torch.from_numpy(spellings(vocabulary.words)), 8)
    assert ask_replies_twice(model, asked) == Twice(21, equal=True, largest_difference=0.0)
    assert ask_replies_twice(model, asked.rows(slice(0))) == Twice(0, equal=True, largest_difference=0.0)
    model.eval = lambda: model.train()  # what a subclass could do
    torch.manual_seed(1)  # noqa: TID251 - the model under test draws
    assert ask(model, asked).loss != ask(model, asked).loss
    assert ask_replies_twice(model, asked).equal is False

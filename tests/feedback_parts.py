"""A feedback model that was never trained, but is whole."""

from pathlib import Path

import torch

from bhab.config import load_params
from bhab.models.feedback import Feedback
from bhab.text.spelling import spellings
from bhab.text.vocabulary import SPECIAL_WORDS, Vocabulary, save
from bhab.training.checkpoint import Card, Trained, write_model

PARAMS = Path(__file__).parents[1] / "params.yaml"
WORDS = Vocabulary((*SPECIAL_WORDS, "\u0986\u09b9\u09be", "\u09ac\u09b8\u09cb", "\u0964"))


def write_feedback(folder):
    """Write the model and its vocabulary into `folder`, as the stages do."""
    config = load_params(PARAMS).train_feedback.model_copy(update={"hidden": 8})
    torch.manual_seed(1)  # noqa: TID251 - the model under test draws its weights
    model = Feedback(config, torch.from_numpy(spellings(WORDS.words)), 4)
    shape = {"vocabulary_sha256": WORDS.digest(), "dimensions": 4}
    card = Card(model="feedback", params=config.model_dump(mode="json"), input=shape, trained_on=1)
    write_model(Trained(card, model, []), folder / "feedback")
    save(WORDS, folder / "vocabulary.json")
    return folder

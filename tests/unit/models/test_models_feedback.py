import pytest
import torch

from bhab.config import TrainFeedbackConfig
from bhab.models.feedback import Feedback
from bhab.training.seed import repeatable

WORDS = 30


@pytest.fixture
def model():
    repeatable(1, 1)
    config = TrainFeedbackConfig(
        seed=1,
        threads=1,
        epochs=1,
        batch=4,
        learning_rate=0.01,
        hidden=16,
        dropout=0.25,
        unknown_share=0.1,
        stop_patience=2,
    )
    spelling = torch.arange(WORDS).unsqueeze(1) % 5
    return Feedback(config, spelling, dimensions=8).eval()


@pytest.mark.parametrize(
    ("rows", "context", "steps"),
    [
        pytest.param(1, 1, 1, id="one reply, one word, one step"),
        pytest.param(4, 3, 21, id="a batch of full replies"),
        pytest.param(2, 8, 5, id="a long context"),
    ],
)
def test_every_step_has_a_logit_for_every_word(model, rows, context, steps):
    emotions = torch.zeros(rows, dtype=torch.long)
    shown = torch.randint(4, WORDS, (rows, context))
    previous = torch.randint(4, WORDS, (rows, steps))
    assert model(emotions, shown, previous).shape == (rows, steps, WORDS)


def ask(model, *, emotion=0, context=(5, 6, 7), previous=(2, 8, 9)):
    with torch.inference_mode():
        return model(torch.tensor([emotion]), torch.tensor([context]), torch.tensor([previous]))[0]  # (steps, words)


@pytest.mark.parametrize(
    "changed",
    [pytest.param({"emotion": 3}, id="another emotion"), pytest.param({"context": (5, 6, 11)}, id="another word said")],
)
def test_the_first_word_depends_on(model, changed):
    assert not torch.allclose(ask(model)[0], ask(model, **changed)[0])


def test_a_word_depends_on_those_before_it_and_never_on_those_after_it(model):
    one, other = ask(model, previous=(2, 8, 9)), ask(model, previous=(2, 12, 9))
    torch.testing.assert_close(one[0], other[0])
    assert not torch.allclose(one[1], other[1])
    assert not torch.allclose(one[2], other[2])


def test_where_nothing_was_said_nothing_is_heard(model):
    contexts = torch.tensor([[0, 0, 0], [5, 6, 0]])
    memory, _ = model.encode(torch.tensor([1, 1]), contexts, model.vectors())
    assert memory.silent[:, :, 0].tolist() == [[False, True, True], [False, False, True]]
    assert torch.isfinite(ask(model, context=(0, 0, 0))).all()

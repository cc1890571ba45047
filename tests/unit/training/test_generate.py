import pytest
import torch

from bhab.errors import ReplyError
from bhab.models.feedback import Feedback, Memory, State
from bhab.text.spelling import spellings
from bhab.text.units import Units
from bhab.text.vocabulary import END, MAX_WORDS, PAD, SPECIAL_WORDS, START, UNKNOWN, Vocabulary
from bhab.training.generate import generate, reply, sentence
from bhab.training.replies import contexts_of

DANDA = "\u0964"
STOP = 8  # its id here
WORDS = Vocabulary((*SPECIAL_WORDS, "a", "b", "c", "d", DANDA))


class Parrot:
    """A model that likes certain words best at every step, whatever was said."""

    def __init__(self, favourites):
        self.liked = torch.full((len(WORDS),), -20.0)
        self.liked[list(favourites)] = torch.arange(len(favourites), 0, -1.0)

    def eval(self):
        return self

    def vectors(self):
        return torch.zeros(len(WORDS), 1)

    def encode(self, emotions, contexts, vectors):
        rows = torch.zeros(len(emotions), 1, 1)
        return Memory(rows, rows, rows), State(rows, rows)

    def step(self, words, memory, state):
        return words, state

    def logits(self, meant, vectors):
        return self.liked.expand(len(meant), -1)


def ask(model, vocabulary=WORDS, beam=1, n=1):
    return generate(
        model, torch.zeros(n, dtype=torch.int64), contexts_of([None] * n, Units(vocabulary)), vocabulary, beam
    )


@pytest.mark.parametrize(
    ("favourites", "said"),
    [
        pytest.param([PAD, UNKNOWN, START, END, STOP], [STOP] * 3, id="no special token is said, no END too early"),
        pytest.param([END, 5, STOP], [5, 5, 5, STOP], id="an end comes behind a mark, and 5 5 5 only once"),
    ],
)
def test_the_most_probable_allowed_word_is_said(favourites, said):
    assert ask(Parrot(favourites)) == [said]


@pytest.mark.parametrize("beam", [1, 2, 5])
def test_no_three_words_come_again_and_a_reply_has_an_end(beam):
    (said,) = ask(Parrot([4, 5]), beam=beam)
    assert len(said) <= MAX_WORDS
    rows = [tuple(said[i : i + 3]) for i in range(len(said) - 2)]
    assert len(set(rows[:8])) == 8  # of five words there are more such rows than a reply has


def test_several_are_answered_at_once_as_each_alone(vocabulary, feedback_config):
    torch.manual_seed(1)  # noqa: TID251 - the model under test draws its weights
    model = Feedback(feedback_config, torch.from_numpy(spellings(vocabulary.words)), 8)
    emotions = torch.arange(7)
    contexts = contexts_of([None, "word4", "word5 word6", "word7", None, "word8 word9", "word10"], Units(vocabulary))
    together = generate(model, emotions, contexts, vocabulary, 3)
    alone = [generate(model, emotions[i : i + 1], contexts[i : i + 1], vocabulary, 3)[0] for i in range(7)]
    assert together == alone
    assert not {PAD, UNKNOWN, START, END} & {word for said in together for word in said}


def log_probability(model, emotions, contexts, said):
    ids = [START, *said, END]
    with torch.inference_mode():
        logits = model(emotions, contexts, torch.tensor([ids[:-1]]))[0].log_softmax(dim=1)
    return float(sum(logits[at, word] for at, word in enumerate(ids[1:]))) / len(ids[1:]) ** 0.6


def test_more_beams_find_a_reply_at_least_as_probable(vocabulary, feedback_config):
    torch.manual_seed(3)  # noqa: TID251 - the model under test draws its weights
    model = Feedback(feedback_config, torch.from_numpy(spellings(vocabulary.words)), 8)
    model.words.weight.data *= 4
    for place in range(7):
        emotions, contexts = torch.tensor([place]), contexts_of(["word4 word5"], Units(vocabulary))
        greedy, wide = (generate(model, emotions, contexts, vocabulary, beam)[0] for beam in (1, 64))
        assert log_probability(model, emotions, contexts, wide) >= log_probability(model, emotions, contexts, greedy)


@pytest.mark.parametrize(
    ("spoken", "text"),
    [
        pytest.param(
            ["\u0986\u09b9\u09be", ",", "\u09ac\u09b8\u09cb", DANDA],
            "\u0986\u09b9\u09be, \u09ac\u09b8\u09cb\u0964",
            id="marks follow words",
        ),
        pytest.param([], "", id="nothing said"),
    ],
)
def test_words_and_marks_are_written_as_a_text(spoken, text):
    assert sentence(spoken) == text


@pytest.mark.parametrize(
    ("emotion", "context", "message"),
    [
        pytest.param("rage", None, r"emotion 'rage', expected one of angry, .*, surprise$", id="an unknown emotion"),
        pytest.param("sad", "", r"context '' has no word, expected a sentence, or none at all$", id="an empty context"),
        pytest.param("sad", "\U0001f622 !", "has no word", id="only an emoji and a mark"),
    ],
)
def test_what_cannot_be_answered_is_refused(emotion, context, message):
    with pytest.raises(ReplyError, match=message):
        reply(Parrot([STOP]), Units(WORDS), emotion, context, 1)

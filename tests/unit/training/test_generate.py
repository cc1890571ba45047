from types import SimpleNamespace

import pytest
import torch

from bhab.text.vocabulary import END, MAX_WORDS, PAD, START, UNKNOWN
from bhab.training.generate import generate, sentence
from bhab.training.talk import distinct_2, memorised_share


def parrot(favourites, words=8):
    """A model that likes certain words best at every step, whatever was said."""
    logits = torch.zeros(1, words)
    logits[0, list(favourites)] = torch.arange(len(favourites), 0, -1.0)
    return SimpleNamespace(
        eval=lambda: None, encode=lambda *_: (None, None), step=lambda *_: (None, None), logits=lambda _: logits
    )


@pytest.mark.parametrize(
    ("favourites", "said"),
    [
        pytest.param([PAD, UNKNOWN, START, 5, END], [5], id="special tokens are never said"),
        pytest.param([END, 5], [5], id="a sentence has at least one word"),
        pytest.param([5, END], [5], id="no word follows itself"),
        pytest.param([5, 6, 7, END], [5, 6, 7], id="no word comes back"),
    ],
)
def test_the_most_probable_allowed_word_is_said(favourites, said):
    assert generate(parrot(favourites), 0, [4]) == said


def test_a_sentence_has_an_end_even_if_the_model_knows_none():
    said = generate(parrot(range(31, 3, -1), words=32), 0, [4])
    assert len(said) == MAX_WORDS
    assert len(set(said)) == MAX_WORDS


@pytest.mark.parametrize(
    ("words", "text"),
    [
        pytest.param(
            ["\u0986\u09ae\u09bf", "\u0996\u09c1\u09b6\u09bf"],
            "\u0986\u09ae\u09bf \u0996\u09c1\u09b6\u09bf\u0964",
            id="a danda ends it",
        ),
        pytest.param([], "", id="nothing said"),
    ],
)
def test_words_are_written_as_a_sentence(words, text):
    assert sentence(words) == text


@pytest.mark.parametrize(
    ("spoken", "share"),
    [
        pytest.param({"sad": [[4, 5, 6]], "fear": [[4, 5, 7]]}, 3 / 4, id="one pair of four said twice"),
        pytest.param({"sad": [[4]], "fear": []}, 0.0, id="no pairs"),
    ],
)
def test_distinct_pairs(spoken, share):
    assert distinct_2(spoken) == share


def test_a_sentence_is_memorised_if_it_is_a_whole_training_text(texts):
    whole, part = texts["tokens"][0].as_py()[1:6], texts["tokens"][0].as_py()[1:5]
    assert memorised_share({"sad": [whole, part]}, texts) == 0.5

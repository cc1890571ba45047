import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.errors import TableError
from bhab.text.subwords import load, train
from bhab.text.vocabulary import SPECIAL_WORDS, join

TEXTS = [["আমি", "ভাত", "খাই"], ["আমরা", "ভাত", "খাব"], ["আমি", "ভাতের", "থালা", "চাই"], []] * 3
LETTERS = sorted({letter for words in TEXTS for word in words for letter in word})
PIECES, VOCABULARY = load(train(TEXTS, 60))


def test_special_ids_are_those_of_words():
    assert VOCABULARY.words[:4] == SPECIAL_WORDS


@given(st.lists(st.text(LETTERS, min_size=1), max_size=6))
def test_pieces_give_the_words_back(words):
    assert join(PIECES(words)) == words
    ids = VOCABULARY.encode(PIECES(words))
    if len(PIECES(words)) <= 18:
        assert VOCABULARY.spoken(ids) == words


def test_every_letter_of_the_training_texts_has_an_id_however_few_ids_there_are():
    pieces, vocabulary = load(train(TEXTS, 8))
    assert all(piece in vocabulary.ids for words in TEXTS for piece in pieces(words))


def test_a_letter_never_seen_is_unknown():
    assert [piece in VOCABULARY.ids for piece in PIECES(["ঔ"])] == [True, False]


def test_without_texts_there_are_only_special_words():
    pieces, vocabulary = load(train([[], []], 99))
    assert vocabulary.words == SPECIAL_WORDS
    assert join(pieces(["আমি", "খাই"])) == ["আমি", "খাই"]


def test_another_process_writes_the_same_model():
    script = f"import sys; from bhab.text.subwords import train; sys.stdout.buffer.write(train({TEXTS!r}, 60))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == train(TEXTS, 60)


def test_other_bytes_are_refused():
    with pytest.raises(TableError, match="not a SentencePiece model"):
        load(b"vocabulary")

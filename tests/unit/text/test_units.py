import pytest

from bhab.errors import TableError
from bhab.text import subwords
from bhab.text.units import read_units
from bhab.text.vocabulary import START, build, save

TEXTS = [["\u0998\u09b0\u09c7\u09b0", "\u0995\u09a5\u09be"], ["\u0998\u09b0", "\u0995\u09a5\u09be"]] * 5


@pytest.fixture
def files(tmp_path):
    return tmp_path / "vocabulary.json", tmp_path / "subwords.model"


def test_words_are_their_own_parts(files):
    save(build(TEXTS, 99, 1), files[0])
    units = read_units(*files)
    assert units.part(["a", "b"]) == ["a", "b"]
    assert units.vocabulary.spoken(units.ids(TEXTS[0])) == TEXTS[0]


def test_subwords_are_put_together_again(files):
    model = subwords.train(TEXTS, 12)
    files[1].write_bytes(model)
    save(subwords.load(model)[1], files[0])
    units = read_units(*files)
    assert units.ids(TEXTS[0])[0] == START
    assert units.vocabulary.spoken(units.ids(TEXTS[0])) == TEXTS[0]


def test_a_model_that_is_missing_or_of_other_pieces_is_refused(files):
    model = subwords.train(TEXTS, 12)
    save(subwords.load(model)[1], files[0])
    with pytest.raises(TableError, match="no such file, expected the SentencePiece model beside the vocabulary"):
        read_units(*files)
    files[1].write_bytes(subwords.train([["\u0995\u09be\u0995"]] * 5, 12))
    with pytest.raises(TableError, match="pieces are not those of the vocabulary, expected the same ids"):
        read_units(*files)

import pytest

from bhab.errors import LabelMapError
from bhab.schema import TOKENS
from bhab.store import write_json
from bhab.text.vocabulary import (
    END,
    MAX_WORDS,
    PAD,
    SPECIAL,
    SPECIAL_WORDS,
    START,
    UNKNOWN,
    Vocabulary,
    build,
    load,
    save,
)

TEXTS = [["ক", "খ", "ক"], ["গ", "খ", "ঘ"]]


@pytest.mark.parametrize(
    ("size", "min_count", "expected"),
    [
        pytest.param(99, 1, ("ক", "খ", "গ", "ঘ"), id="most frequent first, ties by code point"),
        pytest.param(99, 2, ("ক", "খ"), id="rare words left out"),
        pytest.param(7, 1, ("ক", "খ", "গ"), id="special tokens count"),
    ],
)
def test_build(size, min_count, expected):
    assert build(TEXTS, size, min_count).words == (*SPECIAL_WORDS, *expected)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        pytest.param(["খ", "চ"], [START, 5, UNKNOWN, END, *[PAD] * 16], id="unknown word, padded on the right"),
        pytest.param([], [START, END, *[PAD] * 18], id="no word"),
        pytest.param(["ক"] * 99, [START, *[4] * MAX_WORDS, END], id="cut to length"),
    ],
)
def test_encode(words, ids):
    encoded = build(TEXTS, 99, 1).encode(words)
    assert encoded == ids
    assert len(encoded) == TOKENS


def test_decode_gives_the_words_back():
    vocabulary = build(TEXTS, 99, 1)
    assert vocabulary.decode(vocabulary.encode(["ঘ", "ক", "চ"])) == ["ঘ", "ক", "<unknown>"]


def test_save_and_load_give_the_same(tmp_path):
    vocabulary = build(TEXTS, 99, 1)
    save(vocabulary, tmp_path / "vocabulary.json")
    assert load(tmp_path / "vocabulary.json") == vocabulary


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param({"words": [*SPECIAL_WORDS]}, "special ids None", id="special ids missing"),
        pytest.param(
            {"words": [*SPECIAL_WORDS], "special": {"pad": 9}}, "{'pad': 9}, expected", id="other special ids"
        ),
        pytest.param({"special": dict(SPECIAL)}, "no list of `words`", id="no words"),
        pytest.param({"special": dict(SPECIAL), "words": ["ক"]}, "words begin", id="special words missing"),
        pytest.param(
            {"special": dict(SPECIAL), "words": [*SPECIAL_WORDS, "ক", "ক"]}, "'ক' has two ids", id="word twice"
        ),
    ],
)
def test_a_vocabulary_that_does_not_fit_is_refused(tmp_path, content, message):
    write_json(content, tmp_path / "vocabulary.json")
    with pytest.raises(LabelMapError, match=message):
        load(tmp_path / "vocabulary.json")


def test_digest_depends_on_the_order_of_the_words():
    assert Vocabulary(("ক", "খ")).digest() != Vocabulary(("খ", "ক")).digest()

import numpy as np
import pytest
from safetensors.numpy import save_file

from bhab.errors import TableError
from bhab.schema import TOKENISED, TOKENS, Split
from bhab.store import table_of, write_json
from bhab.text.vocabulary import END, PAD, START, UNKNOWN, Vocabulary
from bhab.training.lexicon import Lexicon, keyword_sets, lexicon
from bhab.training.texts import labelled, read_vectors, sentences

EVEN = Lexicon(np.zeros((40, 7)))


def padded(ids):
    return [*ids, *[PAD] * (TOKENS - 1 - len(ids))]


@pytest.mark.parametrize(
    ("ids", "truncated", "previous", "targets"),
    [
        pytest.param([4, 5], False, [START, 4, 5, END], [4, 5, END], id="a short text has an end"),
        pytest.param(
            [4, UNKNOWN], False, [START, 4, UNKNOWN, END], [4, UNKNOWN, END], id="unknown words stay in place"
        ),
        pytest.param([*range(4, 22)], False, [START, *range(4, 22)], [*range(4, 22), END], id="a text that just fits"),
        pytest.param([*range(4, 22)], True, [START, *range(4, 22)], [*range(4, 22)], id="a cut text has no end"),
    ],
)
def test_every_word_is_asked_after_all_before_it(text_of, ids, truncated, previous, targets):
    rows = table_of([text_of("a", "happy", "train", ids, truncated=truncated)], TOKENISED)
    found = sentences(rows, EVEN, keywords=1)
    assert found.previous.tolist() == [padded(previous)]
    assert found.targets.tolist() == [padded(targets)]
    assert found.emotions.tolist() == [3]


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        pytest.param([4, 9, 5, 8], [9, 8], id="the most characteristic, in the order of the text"),
        pytest.param([8, 8, 4], [8, 4], id="a word that stands twice is shown once"),
        pytest.param([UNKNOWN, 9], [9, PAD], id="an unknown word is never shown"),
        pytest.param([], [PAD, PAD], id="an empty text shows nothing"),
    ],
)
def test_keywords_are_the_characteristic_words_of_the_text(ids, shown):
    weights = np.zeros((10, 7))
    weights[[8, 9], 2] = [1.0, 2.0]
    assert Lexicon(weights).keywords(np.array(ids, dtype=np.int64), 2, 2) == shown


def test_a_word_of_one_emotion_weighs_more_there_than_a_word_of_all():
    texts = np.array([[4, 5, 0], [4, 5, 0], [4, 6, 0], [4, 6, 0]])
    weights = lexicon(texts, np.array([0, 0, 1, 1]), n_words=8).weights
    assert weights[4, 0] == pytest.approx(0.0)
    assert weights[5, 0] == pytest.approx(2 * np.log(2))
    assert weights[5, 1] == weights[7, 0] == 0.0
    assert (weights[:4] == -np.inf).all()


@pytest.mark.parametrize(
    ("rows", "sets"),
    [
        pytest.param([[4, 5], [4, 5], [6, 7]], [[6, 7], [4, 5]], id="the heavier first, each once"),
        pytest.param([[6, 7], [6, 5], [4, PAD]], [[6, 7], [4, PAD]], id="one that shares a word comes last"),
        pytest.param([[6, 7]], [[6, 7]], id="fewer than wanted"),
        pytest.param([], [], id="none"),
    ],
)
def test_keyword_sets_lie_apart(rows, sets):
    weights = np.arange(10.0)
    assert keyword_sets(np.array(rows, dtype=np.int64).reshape(-1, 2), weights, 2).tolist() == sets


def test_texts_without_emotion_and_of_other_splits_are_left_out(text_of):
    rows = [
        text_of("a", "happy", "train", [4]),
        text_of("b", None, "train", [4]),
        text_of("c", "happy", "test", [4]),
    ]
    kept = labelled(table_of(rows, TOKENISED), Split.TRAIN)
    assert kept.to_pylist() == table_of(rows[:1], TOKENISED).to_pylist()


def test_vectors_of_another_vocabulary_are_refused(tmp_path, vocabulary):
    write_json({"vocabulary_sha256": vocabulary.digest()}, tmp_path / "card.json")
    with pytest.raises(TableError, match="no tensor `vectors`"):
        read_vectors(tmp_path, vocabulary)
    save_file({"vectors": np.zeros((32, 2), dtype=np.float32)}, tmp_path / "vectors.safetensors")
    assert read_vectors(tmp_path, vocabulary).shape == (32, 2)
    with pytest.raises(TableError, match="vectors of another vocabulary than the one of 5 words given"):
        read_vectors(tmp_path, Vocabulary(vocabulary.words[:5]))

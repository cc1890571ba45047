import numpy as np
import pytest
from safetensors.numpy import save_file

from bhab.errors import TableError
from bhab.schema import REPLIES, TOKENS, Split
from bhab.store import table_of, write_json
from bhab.text.units import Units
from bhab.text.vocabulary import END, MAX_WORDS, PAD, START, UNKNOWN, Vocabulary
from bhab.training.replies import contexts_of, in_split, read_vectors, replies_of

MARK = 32  # the id of the danda in these tests


def padded(ids):
    return [*ids, *[PAD] * (TOKENS - 1 - len(ids))]


@pytest.mark.parametrize(
    ("reply", "ids"),
    [
        pytest.param("word4 word5\u0964", [4, 5, MARK], id="a mark is a word of its own"),
        pytest.param("word4 strange", [4, UNKNOWN], id="unknown words stay in place"),
        pytest.param(" ".join(f"word{i}" for i in range(4, 22)), [*range(4, 22)], id="a reply that just fits"),
    ],
)
def test_every_word_is_asked_after_all_before_it(reply_of, vocabulary, reply, ids):
    found = replies_of(table_of([reply_of("a", "happy", "train", reply)], REPLIES), Units(vocabulary))
    assert found.previous.tolist() == [padded([START, *ids, END][: TOKENS - 1])]
    assert found.targets.tolist() == [padded([*ids, END])]
    assert found.emotions.tolist() == [3]


@pytest.mark.parametrize(
    ("context", "ids"),
    [
        pytest.param("word4, word5\u0964", [4, 5], id="its words, no mark"),
        pytest.param("word4 strange", [4, UNKNOWN], id="an unknown word"),
        pytest.param(None, [], id="nothing was said"),
        pytest.param(" ".join(f"word{i}" for i in range(4, 32)), [*range(4, 22)], id="cut where it is too long"),
    ],
)
def test_a_context_is_a_row_of_one_length(vocabulary, context, ids):
    assert contexts_of([context], Units(vocabulary)).tolist() == [[*ids, *[PAD] * (MAX_WORDS - len(ids))]]


def test_no_replies_are_no_rows(vocabulary, replies):
    found = replies_of(replies.slice(0, 0), Units(vocabulary))
    assert (len(found), found.contexts.shape, found.targets.shape) == (0, (0, MAX_WORDS), (0, TOKENS - 1))


def test_a_split_keeps_its_rows(replies):
    assert {split: len(in_split(replies, split)) for split in Split} == {"train": 42, "validation": 14, "test": 21}


def test_vectors_of_another_vocabulary_are_refused(tmp_path, vocabulary):
    write_json({"vocabulary_sha256": vocabulary.digest()}, tmp_path / "card.json")
    with pytest.raises(TableError, match="no tensor `vectors`"):
        read_vectors(tmp_path, vocabulary)
    save_file({"vectors": np.zeros((33, 2), dtype=np.float32)}, tmp_path / "vectors.safetensors")
    assert read_vectors(tmp_path, vocabulary).shape == (33, 2)
    with pytest.raises(TableError, match="vectors of another vocabulary than the one of 5 words given"):
        read_vectors(tmp_path, Vocabulary(vocabulary.words[:5]))

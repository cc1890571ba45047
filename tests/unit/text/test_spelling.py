import numpy as np
import pytest

from bhab.text.spelling import PARTS, spellings

STEM = "\u0998\u09b0"  # ghor, house


def shared(one, other, *others):
    found = spellings([one, other, *others])
    return len(set(found[0].tolist()) & set(found[1].tolist()) - {0})


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [
        pytest.param(STEM, STEM + "\u09c7\u09b0", 2, id="a noun and its genitive: the stem, and by chance the end"),
        pytest.param(STEM + "\u099f\u09be", STEM + "\u099f\u09be\u0995\u09c7", 3, id="two longer forms: stem and more"),
        pytest.param(
            "\u0995\u09b0\u09c7\u099b\u09c7", "\u09ac\u09b2\u09c7\u099b\u09c7", 3, id="two verbs: their ending"
        ),
        pytest.param("\u0995\u09be\u0995", "\u09ae\u09be\u09ae\u09be", 0, id="nothing in common"),
        pytest.param("<pad>", "<unknown>", 0, id="special words have no spelling"),
    ],
)
def test_words_share_what_they_are_written_with(one, other, n):
    assert shared(one, other) == n


def test_a_part_of_one_word_alone_has_no_number():
    assert not spellings(["\u0995\u09be\u0995"]).any()


def test_the_shape_and_the_numbers_are_dense():
    found = spellings([STEM, STEM + "\u09c7\u09b0", STEM + "\u099f\u09be"])
    assert found.shape == (3, PARTS)
    assert sorted(set(found.ravel().tolist())) == list(range(int(found.max()) + 1))
    assert spellings([]).shape == (0, PARTS)
    assert found.dtype == np.int64

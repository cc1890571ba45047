import pytest

from bhab.schema import Emotion
from bhab.synthetic.plan import FACES_TOTAL, SHARES, TEXTS_TOTAL, class_counts


@pytest.mark.parametrize(
    ("total", "scale", "n"),
    [(FACES_TOTAL, 1.0, 16_705), (TEXTS_TOTAL, 1.0, 5_065), (FACES_TOTAL, 0.2, 3_341), (TEXTS_TOTAL, 0.37, 1_874)],
)
def test_class_counts_add_up_to_the_papers_rows(total, scale, n):
    assert sum(class_counts(total, scale).values()) == n


def test_every_class_is_there_even_in_a_tiny_corpus():
    assert min(class_counts(FACES_TOTAL, 0.0001).values()) == 2


def test_classes_keep_their_shares():
    counts = class_counts(FACES_TOTAL, 1.0)
    shares = {e: SHARES[e] / sum(SHARES.values()) for e in Emotion}
    assert all(abs(counts[e] / FACES_TOTAL - shares[e]) < 1e-3 for e in Emotion)

import numpy as np
import pytest

from bhab.config import ProbeConfig
from bhab.schema import EMOTIONS, Modality
from bhab.text.probe import probe_texts

CONFIG = ProbeConfig(
    seed=1, threads=1, folds=dict.fromkeys(Modality, 3), salt="test", epochs=1, networks=1, processes=1
)
SAYINGS = {
    "happy": ("আজ মনটা খুব খুশি", "কী যে আনন্দ হলো", "খুশিতে সে হেসে উঠল"),
    "sad": ("চোখে জল এসে গেল", "মনটা বড় খারাপ", "কান্না আর থামে না"),
    "angry": ("রাগে গা জ্বলছে", "এই অন্যায় মানব না", "রেগে সে চিৎকার করল"),
}
PLACES = ("ঢাকায়", "বাজারে", "স্কুলে", "নদীর পাড়ে", "গ্রামে", "শহরে")


def corpus():
    rows = [(f"{place} {saying}।", e) for place in PLACES for e, said in SAYINGS.items() for saying in said]
    labels = np.array([EMOTIONS.index(emotion) for _, emotion in rows])
    return [text for text, _ in rows], labels, np.arange(len(rows)) // 9 % 3


def test_an_emotion_is_told_by_its_words():
    texts, labels, folds = corpus()
    found, outlier = probe_texts(texts, labels, folds, CONFIG)
    assert (found.argmax(axis=1) == labels).all()
    assert (found.shape, outlier.shape) == ((54, 7), (54,))


def test_a_wrong_label_stands_out():
    texts, labels, folds = corpus()
    labels[20] = EMOTIONS.index("angry" if labels[20] != EMOTIONS.index("angry") else "sad")
    found, _ = probe_texts(texts, labels, folds, CONFIG)
    assert found[np.arange(54), labels].argmin() == 20


def test_the_strangest_text_is_the_one_in_another_language():
    texts, labels, folds = corpus()
    texts[7] = "subscribe for more videos"
    assert probe_texts(texts, labels, folds, CONFIG)[1].argmax() == 7


def test_two_runs_give_equal_bytes():
    one, two = (probe_texts(*corpus(), CONFIG) for _ in range(2))
    assert [part.tobytes() for part in one] == [part.tobytes() for part in two]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([], id="none"),
        pytest.param(["খুশি"], id="one"),
        pytest.param(["?", "!", "।"], id="without any word"),
        pytest.param(["এক", "দুই", "তিন"], id="with nothing in common"),
        pytest.param(["", "", ""], id="empty"),
    ],
)
def test_texts_that_tell_nothing(texts):
    n = len(texts)
    found, outlier = probe_texts(texts, np.arange(n) % 2, np.arange(n) % 2, CONFIG)
    assert (found.shape, outlier.shape) == ((n, 7), (n,))
    assert np.isfinite(found).all()
    assert np.isfinite(outlier).all()

import numpy as np
import pytest
from test_probe_texts import CONFIG, corpus

from bhab.schema import EMOTIONS
from bhab.text.judge import fit_texts


def test_an_emotion_is_told_by_its_words():
    texts, labels, _ = corpus()
    probe = fit_texts(texts, labels, CONFIG)
    said = probe.ask(["ঢাকায় মনটা খুব খুশি", "চোখে জল", "রাগে চিৎকার করল"])
    assert [EMOTIONS[place] for place in said.argmax(axis=1)] == ["happy", "sad", "angry"]
    assert said.sum(axis=1) == pytest.approx(np.ones(3))
    assert (said[:, EMOTIONS.index("fear")] == 0).all()


def test_texts_without_a_label_teach_nothing():
    texts, labels, _ = corpus()
    more = fit_texts([*texts, "চোখে জল"], np.append(labels, -1), CONFIG)
    assert np.array_equal(more.ask(texts), fit_texts(texts, labels, CONFIG).ask(texts))


def test_two_emotions():
    texts, labels, _ = corpus()
    two = np.where(labels == EMOTIONS.index("angry"), -1, labels)
    said = fit_texts(texts, two, CONFIG).ask(texts)
    assert (said.argmax(axis=1) == labels)[two >= 0].all()


@pytest.mark.parametrize(
    ("texts", "labels", "expected"),
    [
        pytest.param([], [], np.full(7, 1 / 7), id="none"),
        pytest.param(["খুশি"], [-1], np.full(7, 1 / 7), id="none with a label"),
        pytest.param(["খুশি", "ভালো"], [3, 3], np.eye(7)[3], id="one emotion"),
        pytest.param(["এক", "সাত"], [3, 4], (np.eye(7)[3] + np.eye(7)[4]) / 2, id="nothing in common"),
        pytest.param(["", ""], [3, 4], (np.eye(7)[3] + np.eye(7)[4]) / 2, id="empty"),
    ],
)
def test_texts_that_tell_nothing(texts, labels, expected):
    probe = fit_texts(texts, np.array(labels, dtype=np.int64), CONFIG)
    assert probe.ask(["খুশি"])[0] == pytest.approx(expected)
    assert probe.ask([]).shape == (0, 7)

import json

import numpy as np
import pytest

from bhab.audio.listener import Listener, fit_listener, read_listener
from bhab.errors import LabelMapError, TableError
from bhab.schema import EMOTIONS
from bhab.store import write_json

ANGRY, HAPPY, SAD = (EMOTIONS.index(e) for e in ("angry", "happy", "sad"))
HZ = {ANGRY: 110, HAPPY: 330, SAD: 220}


def clip(place, seed):
    rng = np.random.default_rng([place, seed])
    seconds = np.arange(12_000) / 16_000
    tones = sum(np.sin(2 * np.pi * HZ[place] * k * seconds) / k for k in range(1, 9))
    return (tones * 2_000 + rng.normal(0, 100, len(seconds))).astype(np.int16)


def corpus(*places):
    labels = np.repeat(places, 6)
    return [clip(place, seed) for seed, place in enumerate(labels)], labels.astype(np.int64)


@pytest.mark.parametrize("places", [(ANGRY, SAD), (ANGRY, HAPPY, SAD)], ids=["two emotions", "three emotions"])
def test_it_hears_again_what_it_was_told_and_nothing_else(places):
    listener = fit_listener(*corpus(*places))
    said = {place: listener.hear(clip(place, 99)) for place in places}
    assert {place: int(p.argmax()) for place, p in said.items()} == {place: place for place in places}
    assert all(p.sum() == pytest.approx(1) for p in said.values())
    assert {n for p in said.values() for n in np.flatnonzero(p)} == set(places)


@pytest.mark.parametrize("places", [(), (SAD,)], ids=["no clips", "one emotion"])
def test_without_two_emotions_it_hears_nothing(places):
    listener = fit_listener(*corpus(*places))
    assert listener.trained_on == 0
    assert listener.hear(clip(SAD, 1)).tolist() == [1 / 7] * 7


def test_it_is_the_same_after_it_was_stored(tmp_path):
    listener = fit_listener(*corpus(ANGRY, SAD))
    write_json(listener.model_dump(), tmp_path / "listener.json")
    assert read_listener(tmp_path / "listener.json") == listener


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        pytest.param({"emotions": ["sad"]}, LabelMapError, r"class names \['sad'\]", id="other emotions"),
        pytest.param({"trained_on": "many"}, TableError, "trained_on: Input should be a valid integer", id="no count"),
        pytest.param({"extra": 1}, TableError, "extra: Extra inputs are not permitted", id="a key too many"),
    ],
)
def test_what_is_no_listener_is_refused(tmp_path, changed, error, sentence):
    content = fit_listener([], np.zeros(0, np.int64)).model_dump() | changed
    (tmp_path / "listener.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(error, match=sentence):
        read_listener(tmp_path / "listener.json")


def test_emotions_are_stored_by_name():
    assert Listener.model_validate(fit_listener([], np.zeros(0, np.int64)).model_dump()).emotions == list(EMOTIONS)

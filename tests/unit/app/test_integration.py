from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_parts import PARAMS

from bhab.app.context import Track
from bhab.app.integration import Heard, Talk, again, fuse, hearing, integrate
from bhab.config import load_params
from bhab.schema import EMOTIONS, Emotion
from bhab.vision.detect import Box

LIVE = load_params(PARAMS).live.model_copy(
    update={"settle_s": 0.5, "pause_s": 3.0, "voice_weight": 0.25, "voice_half_life_s": 3.0, "min_lead": 0.1}
)
CHANCES = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(lambda odds: np.array(odds) / sum(odds))


def sure(emotion):
    return np.eye(7)[EMOTIONS.index(emotion)]


def face(emotion, *, number=1, side=50, since_s=0.0):
    return Track(number, Box(0, 0, side, side), sure(emotion), Emotion(emotion), since_s, since_s)


def answered(*frames, talk=None, speaks_until_s=-1e9):
    """When something was said, and to what; a frame is its time and its faces."""
    talk, said = talk or Talk(), []
    for at_s, *faces in frames:
        talk, _, emotion = integrate(talk, faces, at_s, speaks_until_s, LIVE)
        if emotion is not None:
            said.append((at_s, emotion))
    return said


HAPPY, SAD = face("happy"), face("sad")


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        pytest.param([(0,), (1,)], [], id="nobody is there"),
        pytest.param([(0, HAPPY), (0.4, HAPPY), (0.6, HAPPY)], [(0.6, "happy")], id="not at first sight"),
        pytest.param([(1, HAPPY), (9, HAPPY), (99, HAPPY)], [(1, "happy")], id="the same look is answered once"),
        pytest.param([(1, HAPPY), (2, SAD), (4, SAD)], [(1, "happy"), (4, "sad")], id="another look, after a pause"),
        pytest.param([(1, HAPPY), (2, SAD), (4, HAPPY)], [(1, "happy")], id="a look that passed in the pause"),
        pytest.param(
            [(1, HAPPY), (5, face("happy", number=2, since_s=4))],
            [(1, "happy"), (5, "happy")],
            id="another person with the same look",
        ),
        pytest.param(
            [(1, face("sad", number=2, side=60), HAPPY), (5, face("sad", number=2, side=50), face("happy", side=60))],
            [(1, "sad")],
            id="who is a little nearer does not take over",
        ),
        pytest.param(
            [(1, face("sad", number=2, side=60), HAPPY), (5, face("sad", number=2, side=50), face("happy", side=90))],
            [(1, "sad"), (5, "happy")],
            id="who is much nearer does",
        ),
    ],
)
def test_what_is_said_and_when(frames, said):
    assert answered(*frames) == said


def test_nothing_is_said_over_what_is_being_said():
    talk = Talk(partner=1, felt=Emotion.HAPPY, said=Emotion.HAPPY, said_at_s=0)
    frames = [(at_s, SAD) for at_s in (4, 6, 8, 9, 10)]
    assert answered(*frames, talk=talk, speaks_until_s=5.5) == [(9, "sad")]


def test_words_are_answered_without_a_pause_but_not_over_others():
    talk = again(Talk(partner=1, felt=Emotion.SAD, said=Emotion.SAD, said_at_s=5))
    assert answered((5.1, SAD), (5.2, SAD), talk=talk) == [(5.1, "sad")]
    assert answered((5.1, SAD), (5.8, SAD), talk=talk, speaks_until_s=5.5) == [(5.8, "sad")]


@given(CHANCES, CHANCES, st.floats(0, 100))
def test_face_and_voice_are_weighed_and_weights_sum_to_one(seen, heard, age_s):
    together = fuse(seen, Heard(heard, 0), age_s, LIVE)
    assert together.voice_weight == pytest.approx(0.25 * 2 ** (-age_s / 3))
    assert together.chances.sum() == pytest.approx(1)
    assert together.chances == pytest.approx(seen + together.voice_weight * (heard - seen))


def test_a_face_alone_is_what_it_shows():
    together = fuse(sure("sad"), None, 1, LIVE)
    assert (together.chances.tolist(), together.voice_weight) == (sure("sad").tolist(), 0)


def test_the_voice_decides_where_the_face_does_not():
    torn = replace(HAPPY, chances=0.5 * sure("happy") + 0.5 * sure("fear"))
    talk, together, said = integrate(hearing(Talk(), Heard(sure("fear"), 1)), [torn], 1, 0, LIVE)
    assert (talk.felt, said) == ("fear", None)
    assert together.chances[EMOTIONS.index("fear")] == pytest.approx(0.25 + 0.75 * 0.5)

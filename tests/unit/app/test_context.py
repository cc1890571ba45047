import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_parts import PARAMS

from bhab.app.context import Context, blend, counted, follow, keep_share, overlap
from bhab.config import load_params
from bhab.schema import EMOTIONS, Emotion
from bhab.vision.detect import Box

LIVE = load_params(PARAMS).live
BOX = Box(100, 100, 50, 50)
SIDES = st.floats(0, 200), st.floats(0, 200), st.floats(1, 100), st.floats(1, 100)
CHANCES = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(lambda odds: np.array(odds) / sum(odds))
SECONDS = st.floats(0, 30)


def sure(emotion, share=1.0):
    """Probabilities with `share` on one emotion and the rest on the others alike."""
    chances = np.full(7, (1 - share) / 6)
    chances[EMOTIONS.index(emotion)] = share
    return chances


@given(CHANCES, CHANCES, SECONDS)
def test_weights_sum_to_one(old, new, passed_s):
    mixed = blend(old, new, keep_share(passed_s, LIVE.half_life_s))
    assert mixed.sum() == pytest.approx(1)
    assert (mixed >= np.minimum(old, new) - 1e-12).all()
    assert (mixed <= np.maximum(old, new) + 1e-12).all()


@given(CHANCES, CHANCES, SECONDS, st.integers(2, 9))
def test_more_frames_in_the_same_time_change_nothing(old, new, passed_s, frames):
    once = blend(old, new, keep_share(passed_s, LIVE.half_life_s))
    often = old
    for _ in range(frames):
        often = blend(often, new, keep_share(passed_s / frames, LIVE.half_life_s))
    assert often == pytest.approx(once)


def test_after_the_half_life_half_is_left():
    assert keep_share(LIVE.half_life_s, LIVE.half_life_s) == 0.5
    assert keep_share(0, LIVE.half_life_s) == 1


@given(st.tuples(*SIDES), st.tuples(*SIDES))
def test_overlap_is_a_share_and_the_same_from_both_sides(one, other):
    share = overlap(Box(*one), Box(*other))
    assert 0 <= share <= 1 + 1e-9
    assert share == overlap(Box(*other), Box(*one))
    assert overlap(Box(*one), Box(*one)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("other", "share"),
    [
        pytest.param(Box(125, 100, 50, 50), 1 / 3, id="half of each"),
        pytest.param(Box(150, 100, 50, 50), 0, id="side by side"),
        pytest.param(Box(110, 110, 10, 10), 100 / 2500, id="inside"),
    ],
)
def test_overlap(other, share):
    assert overlap(BOX, other) == pytest.approx(share)


def followed(*frames):
    """The numbers of the faces in each frame; a frame is its time and its boxes."""
    context, numbers = Context(), []
    for at_s, *boxes in frames:
        context, here = follow(context, [(box, sure("happy")) for box in boxes], at_s, LIVE)
        numbers.append([track.number for track in here])
    return numbers


LEFT, RIGHT = Box(0, 0, 60, 60), Box(200, 0, 60, 60)


@pytest.mark.parametrize(
    ("frames", "numbers"),
    [
        pytest.param([(0, BOX), (0.1, Box(110, 105, 55, 55))], [[1], [1]], id="who moves a little is the same"),
        pytest.param([(0, BOX), (0.1, Box(300, 100, 50, 50))], [[1], [2]], id="who is elsewhere is new"),
        pytest.param([(0, LEFT, RIGHT), (0.1, RIGHT, LEFT)], [[1, 2], [2, 1]], id="two in another order"),
        pytest.param([(0, BOX), (0.5,), (0.9, BOX)], [[1], [], [1]], id="who is missed for a moment is the same"),
        pytest.param([(0, BOX), (1.5, BOX)], [[1], [2]], id="who was away for long is new"),
        pytest.param([(0, BOX), (0.1, BOX, BOX)], [[1], [1, 2]], id="one face is not two"),
    ],
)
def test_faces_are_followed(frames, numbers):
    assert followed(*frames) == numbers


def test_what_a_face_shows_is_smoothed_and_a_moment_does_not_count():
    context, _ = follow(Context(), [(BOX, sure("happy"))], 0, LIVE)
    context, (track,) = follow(context, [(BOX, sure("sad"))], 0.1, LIVE)
    kept = 2 ** (-0.1 / LIVE.half_life_s)
    assert track.chances == pytest.approx(kept * sure("happy") + (1 - kept) * sure("sad"))
    assert (track.emotion, track.since_s, track.at_s) == ("happy", 0, 0.1)
    _, (track,) = follow(context, [(BOX, sure("sad"))], 0.9, LIVE)
    assert track.emotion == "sad"


@pytest.mark.parametrize(
    ("before", "chances", "wanted"),
    [
        pytest.param(None, sure("sad", 0.2), "sad", id="the first counts however weak"),
        pytest.param(Emotion.HAPPY, 0.52 * sure("sad") + 0.48 * sure("happy"), "happy", id="a lead too small"),
        pytest.param(Emotion.HAPPY, 0.56 * sure("sad") + 0.44 * sure("happy"), "sad", id="a lead large enough"),
    ],
)
def test_an_emotion_counts_when_it_leads(before, chances, wanted):
    assert counted(before, chances, 0.1) == wanted

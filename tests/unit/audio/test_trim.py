import numpy as np
import pytest

from bhab.audio.trim import FRAME, speech_probability, trim
from bhab.audio.voice import Voice, speak

SECOND = 16_000


@pytest.fixture(scope="module")
def speech():
    return speak("আমি আজ খুব খুশি, কারণ তুমি এসেছ।", Voice("f2", 150, 50, 50))


@pytest.mark.parametrize("margin_s", [0.0, 0.1, 0.5])
def test_silence_around_speech_goes_but_for_the_margin(speech, margin_s):
    padded = np.pad(speech, SECOND)
    kept = trim(padded, margin_s)
    tolerance = 0.35  # eSpeak NG ends with a pause of its own, and the detector judges frames of 32 ms
    assert abs(len(kept) - len(speech)) / SECOND - 2 * margin_s < tolerance
    assert kept.tobytes() in padded.tobytes()
    assert np.mean(kept.astype(float) ** 2) * len(kept) > 0.999 * np.mean(padded.astype(float) ** 2) * len(padded)


@pytest.mark.parametrize(
    "pcm",
    [
        pytest.param(np.zeros(SECOND, np.int16), id="silence"),
        pytest.param(np.random.default_rng(1).normal(0, 300, SECOND).astype(np.int16), id="white noise"),
        pytest.param(np.zeros(3, np.int16), id="three samples"),
        pytest.param(np.zeros(0, np.int16), id="none"),
    ],
)
def test_without_speech_nothing_is_trimmed(pcm):
    assert np.array_equal(trim(pcm, 0.1), pcm)


def test_speech_is_told_from_silence_frame_by_frame(speech):
    spoken = speech_probability(np.pad(speech, SECOND)) >= 0.5
    first, last = np.flatnonzero(spoken)[[0, -1]] * FRAME / SECOND
    assert 0.95 < first < 1.2
    assert spoken[: round(0.9 * SECOND / FRAME)].sum() == 0
    assert last < 1.1 + len(speech) / SECOND

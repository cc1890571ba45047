import pytest

from bhab.audio.voice import EspeakSpeaker, Voice
from bhab.audio.warm import WarmSpeaker
from bhab.errors import VoiceError
from bhab.schema import Emotion

VOICE = Voice("f2", 150, 50, 50)
TEXTS = ("শুনে ভালো লাগল।", "তাই নাকি?", "শুনে ভালো লাগল।")


def test_what_it_says_is_the_same_every_time_and_as_said_cold():
    warm = WarmSpeaker(VOICE)
    sounds = [warm.speak(text, Emotion.HAPPY).tobytes() for text in TEXTS]
    assert sounds[0] == sounds[2] != sounds[1]
    assert sounds[1] == EspeakSpeaker(VOICE).speak(TEXTS[1], Emotion.HAPPY).tobytes()


def test_what_cannot_be_said_is_an_error_and_the_next_is_said():
    warm = WarmSpeaker(VOICE)
    with pytest.raises(VoiceError, match="nothing that eSpeak NG can say"):
        warm.speak(" ", Emotion.SAD)
    assert len(warm.speak(TEXTS[0], Emotion.SAD)) > 0


def test_a_process_that_ended_is_started_again():
    warm = WarmSpeaker(VOICE)
    warm._process.kill()  # noqa: SLF001 - nothing else ends it
    warm._process.wait()  # noqa: SLF001
    with pytest.raises(VoiceError, match="ended before it was said"):
        warm.speak(TEXTS[0], Emotion.SAD)
    assert len(warm.speak(TEXTS[0], Emotion.SAD)) > 0

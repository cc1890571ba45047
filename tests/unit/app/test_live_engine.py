import numpy as np
import pytest
from live_parts import encoded, plain, scene

from bhab.app.engine import Client
from bhab.app.talker import sentences
from bhab.audio.voice import Voice, speak
from bhab.curation.decisions import Drop
from bhab.schema import EMOTIONS

ANSWER = {"width", "height", "faces", "message", "ms", "together", "say"}


def frame(*faces):
    """A PNG with even faces: (emotion, x, side)."""
    return encoded(scene(*[(plain(emotion), x, 100, side) for emotion, x, side in faces]), "PNG")


def test_a_frame_goes_through_all_five_layers(engine):
    client = Client(0)
    first = engine.frame(client, frame(("happy", 50, 100), ("sad", 300, 200)), 0)
    assert (first.keys(), first["message"], first["say"]) == (ANSWER, None, None)
    sad, happy = first["faces"]
    assert (sad["number"], sad["box"], sad["emotion"]) == (1, [300, 100, 200, 200], "sad")
    assert (happy["number"], happy["box"], happy["emotion"]) == (2, [50, 100, 100, 100], "happy")
    assert sum(sad["chances"]) == pytest.approx(1, abs=1e-3)
    assert (first["together"]["emotion"], first["together"]["number"]) == ("sad", 1)
    assert list(first["ms"]) == ["decode", "detect", "recognise", "smooth", "reply"]
    second = engine.frame(client, frame(("sad", 300, 200)), 0.9)
    assert second["say"] == {"number": 1, "emotion": "sad", "text": "sad। ok।", "parts": 2}


def test_what_is_said_can_be_heard_sentence_by_sentence(engine):
    client = Client(0)
    said = engine.picture(client, frame(("sad", 300, 200)), 0)["say"]
    assert [len(engine.sound(client, said["number"], part, 1.0)) for part in range(2)] == [16_000, 16_000]
    assert client.speaks_until_s == 3.0
    assert engine.sound(client, said["number"], 2, 0) is None
    assert engine.sound(client, 9, 0, 0) is None


def test_a_picture_is_answered_at_once_and_remembers_nothing(engine):
    client = Client(0)
    for emotion in ("sad", "happy"):
        answer = engine.picture(client, frame((emotion, 300, 200)), 0)
        assert answer["say"]["emotion"] == answer["faces"][0]["emotion"] == emotion
        assert answer["faces"][0]["chances"] == answer["faces"][0]["smoothed"]


def test_no_face_is_told_and_nothing_is_said(engine):
    for look in (engine.frame, engine.picture):
        answer = look(Client(0), encoded(scene()), 0)
        assert (answer["faces"], answer["say"], answer["together"]) == ([], None, None)
        assert answer["message"] == "no face found in a picture of 640 x 480 pixels, expected one from the front"


def test_what_is_no_picture_says_why(engine):
    drop = engine.frame(Client(0), b"hello", 0)
    assert drop == Drop("image_undecodable", "first bytes b'hello', expected JPEG, PNG, BMP or PGM")


def test_words_are_answered_though_the_look_is_the_same(engine):
    client = Client(0)
    for at_s in (0, 1):
        engine.frame(client, frame(("sad", 300, 200)), at_s)
    engine.words(client, "hello")
    assert engine.frame(client, frame(("sad", 300, 200)), 1.1)["say"]["text"] == "sad। hello।"


def test_speech_is_heard_and_joined_with_the_face(engine):
    client = Client(0)
    spoken = speak("আজ সারা দিন বৃষ্টি হচ্ছে, আমি ঘরে বসে আছি।", Voice("f2", 150, 50, 50))
    heard = engine.hear(client, spoken[:48_000], 0.5)
    assert heard["speech_share"] > 0.5
    assert EMOTIONS[int(np.argmax(heard["chances"]))] == "fear"
    together = engine.frame(client, frame(("sad", 300, 200)), 0.5)["together"]
    assert together["voice_weight"] == engine.eyes.live.voice_weight
    assert together["chances"][EMOTIONS.index("fear")] > 0.9 * together["voice_weight"]


@pytest.mark.parametrize("pcm", [np.zeros(48_000, np.int16), np.zeros(0, np.int16)], ids=["silence", "nothing"])
def test_where_nobody_speaks_nothing_is_heard(engine, pcm):
    client = Client(0)
    assert engine.hear(client, pcm, 0)["chances"] is None
    assert client.talk.heard is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("ভালো। কেমন? বাহ!", ["ভালো।", "কেমন?", "বাহ!"], id="each mark ends one"),
        pytest.param("ভালো", ["ভালো"], id="no mark at all"),
    ],
)
def test_sentences(text, parts):
    assert sentences(text) == parts

import json
import subprocess
import sys

import numpy as np
import pytest

from bhab.audio import espeak
from bhab.audio.voice import Voice, speak, speak_all
from bhab.errors import VoiceError

VOICE = Voice("f2", 150, 50, 50)
SENTENCES = ["আমি আজ খুব খুশি।", "তুমি কোথায় যাও?", "সে বাড়ি যায়।"]


def test_a_sentence_sounds_the_same_alone_and_in_any_company():
    alone = [speak(text, VOICE) for text in SENTENCES]
    together = speak_all([(text, VOICE) for text in SENTENCES], workers=2)
    reversed_ = speak_all([(text, VOICE) for text in SENTENCES[::-1]])[::-1]
    for a, b, c in zip(alone, together, reversed_, strict=True):
        assert a.dtype == np.int16
        assert np.array_equal(a, b)
        assert np.array_equal(a, c)


def test_a_sentence_takes_about_as_long_as_its_words():
    slow, fast = speak_all([(SENTENCES[0], Voice("f2", wpm, 50, 50)) for wpm in (100, 300)])
    assert 0.5 < len(fast) / 16_000 < len(slow) / 16_000 < 4
    assert 3_000 < np.abs(slow.astype(int)).max() < 32_767  # loud, and not at the rail


@pytest.mark.parametrize(
    "voice",
    [Voice("m3", 150, 50, 50), Voice("f2", 120, 50, 50), Voice("f2", 150, 80, 50), Voice("f2", 150, 50, 5)],
    ids=["variant", "rate", "pitch", "range"],
)
def test_each_part_of_a_voice_is_heard(voice):
    one, other = speak_all([(SENTENCES[0], VOICE), (SENTENCES[0], voice)])
    assert one.tobytes() != other.tobytes()


def test_a_zero_character_does_not_end_a_sentence():
    assert np.array_equal(speak("আমি\0তুমি", VOICE), speak("আমি তুমি", VOICE))


NOTHING = "nothing that eSpeak NG can say, expected a Bengali sentence"


@pytest.mark.parametrize(
    ("text", "voice", "message"),
    [
        pytest.param("", VOICE, f"'': {NOTHING}", id="empty"),
        pytest.param(" \n ", VOICE, f"' \\n ': {NOTHING}", id="blanks"),
        pytest.param("...", VOICE, f"'...': {NOTHING}", id="punctuation"),
        pytest.param("." * 70, VOICE, f"'{'.' * 60}...': {NOTHING}", id="long punctuation, quoted short"),
        pytest.param(
            "আমি", Voice("nobody", 150, 50, 50), "'আমি': eSpeak NG has no voice variant 'nobody'", id="unknown variant"
        ),
        pytest.param(
            "আমি", Voice("../m1", 150, 50, 50), "'আমি': eSpeak NG has no voice variant '../m1'", id="path as variant"
        ),
    ],
)
def test_what_cannot_be_said_is_an_error(text, voice, message):
    with pytest.raises(VoiceError) as caught:
        speak(text, voice)
    assert str(caught.value) == message


def test_a_library_that_cannot_be_loaded_is_told_for_each_sentence():
    without_packages = [sys.executable, "-I", "-S", espeak.__file__]
    lines = "\n".join(json.dumps({"text": text}) for text in SENTENCES).encode()
    done = subprocess.run(without_packages, input=lines, capture_output=True, check=True)
    reason = b"eSpeak NG cannot be loaded (No module named 'espeakng_loader')"
    assert done.stdout == 3 * (espeak.FRAME.pack(espeak.FAILED, len(reason)) + reason)


def test_a_speaking_process_that_dies_is_an_error(monkeypatch, tmp_path):
    script = tmp_path / "dies.py"
    script.write_text("raise SystemExit('the end')", encoding="utf-8")
    monkeypatch.setattr(espeak, "__file__", str(script))
    with pytest.raises(VoiceError, match=r"^eSpeak NG: 0 sentences spoken of 1, then \['the end'\]$"):
        speak("আমি", VOICE)

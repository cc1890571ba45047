import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from bhab.audio.voice import EspeakSpeaker, Voice
from bhab.errors import TableError, VoiceError
from bhab.schema import EMOTIONS, Emotion
from pipelines.speak import main, speak

PARAMS = Path(__file__).parents[3] / "params.yaml"
SAID = {"happy": ["আমি খুব খুশি।", "আর কিছু না।"], "sad": ["মন ভালো নেই।"], "fear": []}


def spoken(folder, sentences, *, gate=None, **speak):
    params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    params["speak"] |= speak
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    (folder / "feedback.json").write_text(json.dumps({"sentences": sentences}), encoding="utf-8")
    (folder / "voice.json").write_text(json.dumps(gate or {"passed": False}), encoding="utf-8")
    words = {
        "feedback": "feedback.json",
        "gate": "voice.json",
        "models": "model",
        "out": "audio",
        "params": "params.yaml",
    }
    main([part for name, path in words.items() for part in (f"--{name}", str(folder / path))])
    return {path.name: path.read_bytes() for path in (folder / "audio").iterdir()}


def test_the_first_sentence_of_each_emotion_is_spoken(tmp_path):
    files = spoken(tmp_path, SAID)
    assert sorted(files) == ["happy.wav", "sad.wav", "sentences.json", "voice.json"]
    sentences = dict.fromkeys(EMOTIONS) | {"happy": "আমি খুব খুশি।", "sad": "মন ভালো নেই।"}
    assert json.loads(files["sentences.json"]) == sentences
    assert json.loads(files["voice.json"]) == {"voice": "espeak", "espeak_instead": {}}
    info = soundfile.info(tmp_path / "audio" / "happy.wav")
    assert (info.samplerate, info.channels, info.subtype) == (16_000, 1, "PCM_16")
    assert spoken(tmp_path, SAID) == files


def test_a_sentence_is_spoken_in_the_manner_of_its_emotion(tmp_path):
    spoken(tmp_path, {"sad": ["মন ভালো নেই।"]}, variant="m3")
    pcm = soundfile.read(tmp_path / "audio/sad.wav", dtype="int16")[0]
    speaker = EspeakSpeaker(Voice("m3", 150, 50, 50))
    assert np.array_equal(pcm, speaker.speak("মন ভালো নেই।", Emotion.SAD))
    assert not np.array_equal(pcm, speaker.speak("মন ভালো নেই।", Emotion.NEUTRAL))


def test_a_model_without_sentences_leaves_all_emotions_out(tmp_path):
    files = spoken(tmp_path, {})
    assert json.loads(files.pop("sentences.json")) == dict.fromkeys(EMOTIONS)
    assert list(files) == ["voice.json"]


def test_another_file_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"feedback.json: sentences are None, expected a list for each emotion$"):
        spoken(tmp_path, None)


@pytest.mark.parametrize(
    ("gate", "speak", "error", "message"),
    [
        pytest.param(
            {"checks": []}, {}, TableError, "voice.json: passed is None, expected the verdict", id="no verdict"
        ),
        pytest.param(
            {"passed": True}, {}, TableError, "model/tacotron2/card.json: no such file", id="no learned voice"
        ),
        pytest.param(None, {"voice": "mms", "mms": "nowhere"}, VoiceError, "mms|nowhere", id="no MMS-TTS"),
    ],
)
def test_a_voice_that_cannot_be_had_is_an_error(tmp_path, gate, speak, error, message):
    with pytest.raises(error, match=message):
        spoken(tmp_path, SAID, gate=gate, **speak)
    assert not (tmp_path / "audio").exists()


def test_the_voice_that_params_name_speaks_whatever_the_gate_said(tmp_path):
    files = spoken(tmp_path, SAID, gate={"passed": True}, voice="espeak")
    assert json.loads(files["voice.json"]) == {"voice": "espeak", "espeak_instead": {}}


class Parrot:
    """A voice that knows one sentence."""

    def __init__(self, known):
        self.known = known

    def speak(self, text, emotion):
        if text != self.known:
            raise VoiceError(f"{text}: not learned")
        return np.array([len(emotion)], np.int16)


def test_what_the_best_voice_cannot_say_another_one_says():
    chosen = {Emotion.SAD: "one", Emotion.HAPPY: "two", Emotion.FEAR: None}
    sounds, reasons = speak(chosen, Parrot("one"), Parrot("two"))
    assert {emotion: pcm.tolist() for emotion, pcm in sounds.items()} == {"sad": [3], "happy": [5]}
    assert reasons == {"happy": "two: not learned"}


def test_a_voice_asked_for_by_name_is_not_replaced():
    with pytest.raises(VoiceError, match="two: not learned"):
        speak({Emotion.HAPPY: "two"}, Parrot("one"), None)

import json
from pathlib import Path

import pytest
import soundfile

from bhab.errors import TableError
from bhab.schema import EMOTIONS
from pipelines.speak import main

PARAMS = Path(__file__).parents[3] / "params.yaml"


def spoken(folder, sentences):
    (folder / "feedback.json").write_text(json.dumps({"sentences": sentences}), encoding="utf-8")
    main(["--feedback", str(folder / "feedback.json"), "--out", str(folder / "audio"), "--params", str(PARAMS)])
    return {path.name: path.read_bytes() for path in (folder / "audio").iterdir()}


def test_the_first_sentence_of_each_emotion_is_spoken(tmp_path):
    said = {"happy": ["আমি খুব খুশি।", "আর কিছু না।"], "sad": ["মন ভালো নেই।"], "fear": []}
    files = spoken(tmp_path, said)
    assert sorted(files) == ["happy.wav", "sad.wav", "sentences.json"]
    sentences = dict.fromkeys(EMOTIONS) | {"happy": "আমি খুব খুশি।", "sad": "মন ভালো নেই।"}
    assert json.loads(files["sentences.json"]) == sentences
    info = soundfile.info(tmp_path / "audio" / "happy.wav")
    assert (info.samplerate, info.channels, info.subtype) == (16_000, 1, "PCM_16")
    assert spoken(tmp_path, said) == files


def test_a_model_without_sentences_leaves_all_emotions_out(tmp_path):
    files = spoken(tmp_path, {})
    assert json.loads(files.pop("sentences.json")) == dict.fromkeys(EMOTIONS)
    assert files == {}


def test_another_file_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"feedback.json: sentences are None, expected a list for each emotion$"):
        spoken(tmp_path, None)

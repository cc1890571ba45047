import re

import pytest
import yaml
from feedback_parts import write_feedback
from live_parts import PARAMS

from bhab.app.talker import Talker, load_talker
from bhab.config import load_params
from bhab.errors import ReplyError, TableError
from bhab.schema import Emotion
from bhab.store import write_json

CONFIG = load_params(PARAMS)


@pytest.fixture
def models(tmp_path):
    return write_feedback(tmp_path)


def loaded(models, *, passed=False, **speak):
    write_json({"passed": passed}, models / "gate.json")
    params = CONFIG.model_copy(update={"speak": CONFIG.speak.model_copy(update=speak)})
    return load_talker(models, models / "gate.json", params)


def test_it_says_words_it_knows_and_espeak_speaks_where_the_gate_has_not_passed(models):
    talker, voice = loaded(models)
    assert voice == "espeak"
    assert re.fullmatch(r"[\u0980-\u09ff\u0964 ]+", talker.reply(Emotion.SAD, None))
    assert len(talker.sound("\u0986\u09b9\u09be\u0964", Emotion.SAD)) > 0


def test_a_learned_voice_that_is_not_there_is_an_error(models):
    with pytest.raises(TableError, match=r"tacotron2/card\.json: no such file"):
        loaded(models, passed=True)


def test_a_gate_without_a_verdict_is_an_error(models):
    with pytest.raises(TableError, match="passed is None, expected the verdict"):
        loaded(models, passed=None)


def test_a_feedback_model_that_was_not_trained_says_why(models):
    card = yaml.safe_load((models / "feedback" / "card.json").read_text(encoding="utf-8"))
    write_json(card | {"why": "0 training replies"}, models / "feedback" / "card.json")
    with pytest.raises(ReplyError, match=r"no model was trained \(0 training replies\)"):
        loaded(models)


def test_the_same_is_worked_out_once():
    asked = []
    talker = Talker(lambda *words: asked.append(words) or "ok", lambda *_: asked.append("sound"), 2)
    for _ in range(3):
        talker.reply(Emotion.SAD, None)
    talker.reply(Emotion.HAPPY, None)
    assert asked == [(Emotion.SAD, None), (Emotion.HAPPY, None)]

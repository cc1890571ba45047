import re

import pytest
import yaml
from feedback_parts import write_feedback
from typer.testing import CliRunner

from bhab.cli import app
from bhab.errors import LabelMapError, ReplyError, TableError
from bhab.store import write_json
from bhab.text.vocabulary import SPECIAL_WORDS, Vocabulary, save


@pytest.fixture
def models(tmp_path):
    return write_feedback(tmp_path)


def ask(models, *words):
    return CliRunner().invoke(app, ["reply", *words, "--models", str(models)])


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["sad"], id="an emotion alone"),
        pytest.param(["sad", "--context", "\u0986\u09b9\u09be"], id="a context"),
        pytest.param(["sad", "--beam", "1"], id="greedy"),
    ],
)
def test_a_reply_is_one_line_of_known_words(models, words):
    done = ask(models, *words)
    assert done.exit_code == 0
    assert re.fullmatch(r"[\u0980-\u09ff\u0964 ]+\n", done.stdout)
    assert ask(models, *words).stdout == done.stdout


def test_words_it_does_not_know_are_as_if_nothing_was_said(models):
    assert ask(models, "sad", "--context", "I lost it").stdout == ask(models, "sad").stdout


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        pytest.param(["rage"], ReplyError, "emotion 'rage', expected one of angry", id="an unknown emotion"),
        pytest.param(["sad", "--context", " "], ReplyError, "context ' ' has no word", id="an empty context"),
    ],
)
def test_what_cannot_be_answered_is_an_error(models, words, error, message):
    done = ask(models, *words)
    assert done.exit_code != 0
    assert isinstance(done.exception, error)
    assert message in str(done.exception)


def test_without_a_model_it_is_said_what_makes_one(models):
    done = ask(models / "none", "sad")
    assert isinstance(done.exception, TableError)
    assert "no such file" in str(done.exception)


def test_a_model_that_was_not_trained_says_why(models):
    card = yaml.safe_load((models / "feedback" / "card.json").read_text(encoding="utf-8"))
    write_json(card | {"why": "0 training replies"}, models / "feedback" / "card.json")
    done = ask(models, "sad")
    assert isinstance(done.exception, ReplyError)
    assert "no model was trained (0 training replies)" in str(done.exception)


def test_another_vocabulary_is_refused(models):
    save(Vocabulary((*SPECIAL_WORDS, "\u0964")), models / "vocabulary.json")
    assert isinstance(ask(models, "sad").exception, TableError | LabelMapError)

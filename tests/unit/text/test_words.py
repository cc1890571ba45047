import pytest

from bhab.text.keywords import content_words, stopwords
from bhab.text.measures import text_measures
from bhab.text.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("আমি ভাত খাই।", ["আমি", "ভাত", "খাই"], id="danda is in no word"),
        pytest.param('তারা বলে, "ওরা মুরগি।"!!', ["তারা", "বলে", "ওরা", "মুরগি"], id="marks in a row"),
        pytest.param("কাঁঠাল-এর মা-বাবা", ["কাঁঠাল", "এর", "মা", "বাবা"], id="hyphen parts words"),
        pytest.param(
            "১,২৪,৬৫৪.৩২টি ৫টা ৩.৫", ["১,২৪,৬৫৪.৩২টি", "৫টা", "৩.৫"], id="a number is one word, with its classifier"
        ),
        pytest.param("ক'দিন don't 'ক'", ["ক'দিন", "don't", "ক"], id="apostrophe inside, not around"),
        pytest.param("র\u200d\u09cd\u09afাব", ["র\u200d\u09cd\u09afাব"], id="joiner of ya-phala"),
        pytest.param("।?!", [], id="no word"),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("আমি ok।", {"n_words": 2, "n_graphemes": 6, "bengali_share": 0.5}, id="two letters of four"),
        pytest.param("ক্ষ", {"n_words": 1, "n_graphemes": 1, "bengali_share": 1.0}, id="a conjunct is one character"),
        pytest.param("২০!", {"n_words": 1, "n_graphemes": 3, "bengali_share": 0.0}, id="no letter"),
        pytest.param("", {"n_words": 0, "n_graphemes": 0, "bengali_share": 0.0}, id="empty"),
    ],
)
def test_text_measures(text, expected):
    assert text_measures(text) == expected


def test_stopwords_are_found_in_the_clean_form_of_both_sides():
    assert content_words(words("আমি এবং রহিম নদী দিয়ে")) == ["রহিম", "নদী"]


def test_stopwords_need_no_network(monkeypatch):
    stopwords.cache_clear()
    monkeypatch.setattr("nltk.download", lambda *_: pytest.fail("tried to download"))
    assert len(stopwords()) > 300

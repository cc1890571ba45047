import pytest

from bhab.schema import TEXTS
from bhab.store import table_of
from bhab.text.clean import clean
from bhab.text.measures import text_measures
from bhab.text.quality import text_quality

SENTENCE = "আমি আজ খুব খুশি হয়েছি।"
CLEAN = {
    "text_not_bengali": 1.0,
    "text_romanised": 0.0,
    "text_short": 5.0,
    "text_long": 5.0,
    "text_repeats_characters": 1.0,
    "text_repeats_words": 0.0,
    "text_mostly_punctuation": 0.0526,  # the danda, of 19 code points
    "text_address": 0.0,
    "text_mojibake": 0.0,
    "text_stray_signs": 0.0,
}


def row(raw):
    text = clean(raw)
    shared = {
        "sample_id": "0" * 20,
        "content_sha256": "",
        "source": "s",
        "source_key": "k",
        "licence": "",
        "consent": "",
    }
    return shared | {"text_raw": raw, "text": text} | text_measures(text)


def scores(*raws):
    return {name: found.tolist() for name, found in text_quality(table_of([row(raw) for raw in raws], TEXTS)).items()}


def test_a_clean_sentence_has_nothing():
    assert {name: found for name, [found] in scores(SENTENCE).items()} == pytest.approx(CLEAN, abs=0.01)


@pytest.mark.parametrize(
    ("raw", "check", "score"),
    [
        pytest.param("this is not Bengali", "text_not_bengali", 0.0, id="English"),
        pytest.param("vai apni kemon achen", "text_romanised", 0.75, id="Bengali in Latin letters"),
        pytest.param("how are you doing", "text_romanised", 0.0, id="English is not Bengali in Latin letters"),
        pytest.param("না", "text_short", 1.0, id="one word"),
        pytest.param("না " * 30, "text_long", 30.0, id="thirty words"),
        pytest.param("নাাাা........ কি", "text_repeats_characters", 8.0, id="a row of dots"),
        pytest.param("না না না না", "text_repeats_words", 3.0, id="one word four times"),
        pytest.param("ও!!! ???", "text_mostly_punctuation", 6 / 7, id="six signs for a letter"),
        pytest.param("😀😀😀😀 হা", "text_mostly_punctuation", 4 / 6, id="four emoji for a word"),
        pytest.param("দেখুন https://example.org/a?b=1", "text_address", 1.0, id="address"),
        pytest.param("@someone দেখুন <b>এটা</b> &nbsp;", "text_address", 4.0, id="mention, tags, entity"),
        pytest.param("ক @ ১০ টাকা", "text_address", 0.0, id="an at sign is no mention"),
        pytest.param("ভা\ufffdল \u00e0\u00a6\u00ad", "text_mojibake", 2.0, id="replaced, and read as Latin-1"),
        pytest.param("caf\u00e9 \u00e0 la carte ভাল", "text_mojibake", 0.0, id="French accents"),
        pytest.param("\u09bfক \u0995\u09c1\u09c1", "text_stray_signs", 2.0, id="sign first, sign twice"),
        pytest.param(
            "\u0995\u09c7\u09be \u09a6\u09c1\u0983\u0996 \u0996\u09ac\u09b0 \u0983",
            "text_stray_signs",
            0.0,
            id="a vowel in two parts, and visarga for a colon",
        ),
    ],
)
def test_what_is_wrong_has_a_score(raw, check, score):
    assert scores(raw)[check] == [pytest.approx(score, abs=1e-3)]


def test_no_texts_have_no_scores():
    assert scores() == {name: [] for name in CLEAN}

import unicodedata
from collections.abc import Callable
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.text import clean as clean_module
from bhab.text import normal as normal_module
from bhab.text.clean import clean
from bhab.text.normal import normalize
from bhab.text.words import graphemes, sentences, tokens, words

KA, TA, YA, RA, SA = "\u0995", "\u09a4", "\u09af", "\u09b0", "\u09b8"
AA, E, OO, AU, AU_LENGTH = "\u09be", "\u09c7", "\u09cb", "\u09cc", "\u09d7"
HASANTA, NUKTA, CANDRABINDU, KHANDA_TA = "\u09cd", "\u09bc", "\u0981", "\u09ce"
ZWNJ, ZWJ = "\u200c", "\u200d"
DANDA = "\u0964"
SPELT = sorted(
    {
        word
        for word in resources.files("bhab.synthetic").joinpath("lexicon.txt").read_text(encoding="utf-8").split()
        if all("\u0980" <= letter <= "\u09ff" for letter in word)
    }
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("\u09df \u09dc \u09dd", "\u09af\u09bc \u09a1\u09bc \u09a2\u09bc", id="composed nukta letters"),
        pytest.param(YA + E + NUKTA, YA + NUKTA + E, id="nukta typed after the vowel sign"),
        pytest.param(YA + NUKTA + NUKTA, YA + NUKTA, id="nukta twice"),
        pytest.param(KA + NUKTA, KA, id="nukta on a letter that has none"),
        pytest.param("\u09ac" + NUKTA, RA, id="ba with a dot for ra"),
        pytest.param(KA + E + AA, KA + OO, id="o-kar in two parts"),
        pytest.param(KA + E + ZWNJ + AA, KA + OO, id="o-kar parted by a joiner"),
        pytest.param(KA + AA + E, KA + OO, id="o-kar in the wrong order"),
        pytest.param(KA + E + AU_LENGTH, KA + AU, id="au-kar in two parts"),
        pytest.param("\u0985" + AA, "\u0986", id="a with aa-kar for aa"),
        pytest.param("\u0989\u09c1", "\u0989", id="vowel sign on an independent vowel"),
        pytest.param(KA + "\u09c1\u09c1", KA + "\u09c1", id="vowel sign twice"),
        pytest.param(KA + CANDRABINDU + AA, KA + AA + CANDRABINDU, id="candrabindu before its vowel sign"),
        pytest.param(KA + E + CANDRABINDU + AA, KA + OO + CANDRABINDU, id="candrabindu inside o-kar"),
        pytest.param(KA + HASANTA + HASANTA + TA, KA + HASANTA + TA, id="hasanta twice"),
        pytest.param(KA + "\u09c1" + HASANTA + TA, KA + "\u09c1" + TA, id="hasanta after a vowel sign"),
        pytest.param("\u098f" + HASANTA + YA, "\u098f" + HASANTA + YA, id="ya-phala on a vowel stays"),
        pytest.param(KA + HASANTA + RA + HASANTA + RA, KA + HASANTA + RA, id="ra-phala twice"),
        pytest.param(KA + TA + HASANTA, KA + KHANDA_TA, id="ta without vowel at the end of a word"),
        pytest.param(TA + HASANTA + ZWJ, KHANDA_TA, id="ta, hasanta, joiner: the old khanda ta"),
        pytest.param("\u0989" + TA + HASANTA + SA, "\u0989" + KHANDA_TA + SA, id="ta before sa inside a word"),
        pytest.param(TA + HASANTA + TA, TA + HASANTA + TA, id="ta with ta is a conjunct and stays"),
        pytest.param(RA + ZWJ + HASANTA + YA, RA + ZWJ + HASANTA + YA, id="ra with ya-phala keeps its joiner"),
        pytest.param(RA + HASANTA + ZWJ + YA, RA + ZWJ + HASANTA + YA, id="ra with ya-phala, joiner second"),
        pytest.param(RA + ZWNJ + HASANTA + YA, RA + ZWJ + HASANTA + YA, id="ra with ya-phala, the other joiner"),
        pytest.param(RA + HASANTA + YA, RA + HASANTA + YA, id="reph on ya gets no joiner"),
        pytest.param(KA + HASANTA + ZWNJ + TA, KA + HASANTA + TA, id="joiner inside a conjunct"),
        pytest.param(AA + KA, KA, id="vowel sign with nothing under it"),
        pytest.param("\u0995\u09c4", "\u0995\u09c3", id="long vocalic r"),
        pytest.param("\u0995\u09f1\u09f0", "\u0995\u09b0\u09b0", id="Assamese letters for ra"),
        pytest.param(f"{KA}|{KA}\u09f7{KA}\u09e4", f"{KA}{DANDA} {KA}{DANDA} {KA}{DANDA}", id="look-alikes of danda"),
        pytest.param(f"{KA} {DANDA}{KA}", f"{KA}{DANDA} {KA}", id="space before danda, none after"),
        pytest.param(f"\ufeff{KA}\u200b{KA}\u00ad{KA}\u202e{KA}\x07", KA * 4, id="invisible characters"),
        pytest.param(f" {KA}\u00a0\t\n {KA} ", f"{KA} {KA}", id="white space of all kinds"),
        pytest.param(f"{KA}\U0001f44d\U0001f3fd{KA} \u2764\ufe0f <3", f"{KA} {KA}", id="emoji part words, hearts go"),
        pytest.param(f"#{KA}_{KA}*", f"{KA} {KA}", id="special characters part words"),
        pytest.param(f"https://a.b/c?d=1{DANDA}{KA}", f"{DANDA} {KA}", id="URL up to the danda"),
        pytest.param(f"{KA} www.a.org/x_(y), {KA}", f"{KA}, {KA}", id="URL that ends in a bracket, before a comma"),
        pytest.param(f"{KA} a.b+c@d-e.com {KA}", f"{KA} {KA}", id="mail address"),
        pytest.param(f"{KA} khobor.com/a {KA}", f"{KA} {KA}", id="host without a scheme"),
        pytest.param(f"<b>{KA}</b> 2 < 3", f"{KA} 2 3", id="tags, and a less-than that is none"),
        pytest.param("\u2018\u0995\u2019 \u201c\u0995\u201d", "'\u0995' \"\u0995\"", id="curly quotes"),
        pytest.param("\u0995\u2014\u0995\u2026", "\u0995 - \u0995...", id="dash and ellipsis"),
        pytest.param(
            "\u09e7\u09e8.\u09eb 12,345 \u09f3 %", "\u09e7\u09e8.\u09eb 12,345 \u09f3 %", id="digits and money"
        ),
        pytest.param(
            "\u09a6\u09c1\u0983\u0996 Facebook", "\u09a6\u09c1\u0983\u0996 Facebook", id="visarga, Latin words"
        ),
        pytest.param("\u099c\u09a8" + HASANTA + YA + NUKTA, "\u099c\u09a8" + HASANTA + YA, id="ya-phala with a dot"),
        pytest.param(RA + HASANTA + YA + NUKTA, RA + HASANTA + YA + NUKTA, id="reph on ya with a dot stays"),
        pytest.param("\u09bf" + KA, KA + "\u09bf", id="i-kar typed before its letter"),
        pytest.param(E + SA + HASANTA + TA + AA, SA + HASANTA + TA + OO, id="o-kar typed around its conjunct"),
        pytest.param(E + "\u09b6" + AU_LENGTH, "\u09b6" + AU, id="au-kar typed around its letter"),
        pytest.param(
            KA + AA + "\u09bf" + SA + HASANTA + TA, KA + AA + SA + HASANTA + TA + "\u09bf", id="i-kar early in a word"
        ),
        pytest.param(KA + "\u09c1" + "\u09c3" + TA, KA + "\u09c1" + TA, id="two vowel signs on one letter"),
        pytest.param(KA + "\u098f\u09c0", KA + TA + HASANTA + RA + "\u09c0", id="e with a sign is tra"),
        pytest.param(KA + "\u0982" + E, KA + "\u0999" + E, id="anusvara with a sign is nga"),
        pytest.param("\u0982\u09c1" + KA, KA, id="anusvara at the beginning of a word is nothing"),
        pytest.param(KA + "\u0983" + CANDRABINDU, KA + CANDRABINDU + "\u0983", id="visarga before candrabindu"),
        pytest.param("\u0997" + KHANDA_TA + E, "\u0997" + TA + E, id="khanda ta with an ending"),
        pytest.param(YA + KHANDA_TA + "\u09c1", YA + "\u09c1" + KHANDA_TA, id="u-kar after khanda ta"),
        pytest.param(YA + HASANTA + KHANDA_TA + "\u09c1", YA + "\u09c1" + KHANDA_TA, id="the same after a hasanta"),
        pytest.param(KA + AA + KHANDA_TA + "\u09bf", KA + AA + TA + "\u09bf", id="khanda ta that can only be ta"),
        pytest.param("\u09ae" + TA + HASANTA + KA, "\u09ae" + KHANDA_TA + KA, id="ta before ka inside a word"),
        pytest.param(KA + TA + HASANTA + ZWNJ + KA, KA + KHANDA_TA + KA, id="ta, hasanta, the other joiner"),
        pytest.param(
            KA + TA + HASANTA + TA + HASANTA + TA, KA + TA + HASANTA + TA, id="a letter joined to itself twice"
        ),
        pytest.param(
            KA + RA + HASANTA + SA + HASANTA + SA, KA + RA + HASANTA + SA + HASANTA + SA, id="reph on a double letter"
        ),
        pytest.param(KA + RA + HASANTA + RA + HASANTA + SA, KA + RA + HASANTA + SA, id="reph twice"),
        pytest.param(
            "\u0989\u09a6" + HASANTA + ZWNJ + YA, "\u0989\u09a6" + HASANTA + ZWNJ + YA, id="ya that is no phala"
        ),
        pytest.param(KA + HASANTA, KA + HASANTA, id="hasanta at the end of a word stays"),
        pytest.param(KA + " \u0983 " + KA, f"{KA} : {KA}", id="visarga alone is a colon"),
        pytest.param("\u09eb\u0983\u09e9", "\u09eb:\u09e9", id="visarga after a digit is a colon"),
        pytest.param("\u09a6\u09c1:" + SA, "\u09a6\u09c1\u0983" + SA, id="colon inside a word is visarga"),
        pytest.param(KA + ":" + SA, KA + ":" + SA, id="colon after another word stays"),
        pytest.param("\u09eb" + E + "\u0301", "\u09eb" + E + "\u0301", id="marks on a digit stay"),
        pytest.param(f"{KA} \u0301{KA} {E}", f"{KA} {KA}", id="marks that stand alone"),
        pytest.param(f"{KA}({KA}){KA} ( {KA} )", f"{KA} ({KA}) {KA} ({KA})", id="space around brackets, none inside"),
        pytest.param(f"{KA} \u0965{KA}", f"{KA}\u0965 {KA}", id="double danda"),
        pytest.param("1\ufe0f\u20e3 \u0661", "1 \u0661", id="keycap, digits of a third script"),
        pytest.param(f"{KA}\ufffd{KA}", KA * 2, id="replacement character"),
        pytest.param(
            "\u0950 \u0645\u200c\u0646", "\u0950 \u0645\u0646", id="a joiner between letters of another script"
        ),
        pytest.param("\U0001f602\U0001f602 \u200c", "", id="nothing left"),
        pytest.param("", "", id="empty"),
    ],
)
def test_clean(raw, expected):
    assert clean(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(E + AA, OO, id="a sign alone"),
        pytest.param(f"  {KA} \n", f"  {KA} \n", id="spaces and line ends"),
        pytest.param("\u00a0", " ", id="no-break space"),
        pytest.param(
            "\U0001f468\U0001f3fb\u200d\U0001f3a8 \u2764\ufe0f",
            "\U0001f468\U0001f3fb\u200d\U0001f3a8 \u2764\ufe0f",
            id="emoji whole",
        ),
        pytest.param("e\u0301 \u0645\u200c\u0646", "\u00e9 \u0645\u200c\u0646", id="other scripts in NFC, joiners too"),
        pytest.param("http://a.b <b> #@*", "http://a.b <b> #@*", id="addresses and special characters"),
        pytest.param("a\u09bc\u09cd", "a\u09bc\u09cd", id="Bengali signs on a Latin letter"),
    ],
)
def test_normalize_leaves_the_rest(raw, expected):
    assert normalize(raw) == expected


# Every character that some rule looks at.
LETTERS = "\u0995\u09a1\u09af\u09b0\u09ac\u09a4\u09b8\u0985\u0989\u098f\u09ce\u09df\u09a6\u09a8"
SIGNS = "\u09be\u09bf\u09c1\u09c7\u09c8\u09cb\u09d7\u09cd\u09bc\u0981\u0982\u0983\u0301\u200c\u200d"
OTHERS = "\u09f7\u0964\u0965\u200b\ufe0f\u2013\u00a0\u00e9\u2260\U0001f602\U000e0067 |\n9.a<>@/:-()'"
ALPHABET = st.sampled_from([*LETTERS, *SIGNS, *SIGNS, *OTHERS, "http://", "www.", ".com", "<3"])
TEXTS = st.lists(ALPHABET, max_size=12).map("".join)


def until_it_stays(rules: Callable[[str], str], text: str) -> str:
    """Return what `rules` make of `text` when no look at it spares it a turn."""
    while (after := rules(text)) != text:
        text = after
    return text


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(AA + CANDRABINDU, id="signs and candrabindus in turn"),
        pytest.param("\u0982" + CANDRABINDU, id="marks in turn"),
    ],
)
def test_a_long_run_of_marks_is_put_in_order_in_few_turns(unit, monkeypatch):
    turns = []
    turn = clean_module.turn
    monkeypatch.setattr(clean_module, "turn", lambda text: turns.append(text) or turn(text))
    clean(KA + unit * 500)
    assert len(turns) < 6


@given(TEXTS)
def test_clean_and_normalize_are_idempotent(text):
    assert clean(clean(text)) == clean(text)
    assert normalize(normalize(text)) == normalize(text)


@given(TEXTS)
def test_one_look_is_enough(text):
    assert clean(text) == until_it_stays(clean_module.turn, text)
    assert normalize(text) == until_it_stays(normal_module.turn, text)


@given(TEXTS)
def test_canonically_equal_texts_have_one_form(text):
    for form in (clean, normalize):
        assert form(unicodedata.normalize("NFD", text)) == form(unicodedata.normalize("NFC", text)) == form(text)


@given(TEXTS)
def test_the_form_is_nfc_with_single_spaces(text):
    form = clean(text)
    assert form == unicodedata.normalize("NFC", form) == " ".join(form.split())


@given(TEXTS)
def test_a_clean_text_is_normal(text):
    assert normalize(clean(text)) == clean(text)


@given(TEXTS)
def test_no_mark_stands_without_its_letter(text):
    for grapheme in [*graphemes(clean(text)), *words(clean(text))]:
        assert not unicodedata.category(grapheme[0]).startswith("M")


@given(TEXTS)
def test_tokens_and_sentences_keep_all_but_white_space(text):
    for parts in (tokens, sentences):
        assert "".join("".join(parts(text)).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(SPELT), min_size=1, max_size=8))
def test_a_word_spelt_right_stays(spelt):
    text = " ".join(spelt)
    assert clean(text) == normalize(text) == text
    assert words(text) == spelt


@given(
    st.lists(st.text("\u0995\u09ae\u09b2\u09be\u09bf", min_size=1), min_size=1),
    st.text("\U0001f602 \u200b\u00a0!\u0964"),
)
def test_no_word_is_lost_and_none_is_joined(letters, between):
    spoken = ["\u0995" + "".join(dict.fromkeys(word.replace("\u09bf", "\u09be"))) + "\u09b2" for word in letters]
    gap = f" {between} "
    assert [w.strip("!\u0964") for w in clean(gap.join(spoken)).split() if w.strip("!\u0964")] == [
        clean(word) for word in spoken
    ]

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.text.clean import clean

KA, TA, YA, RA, SA = "\u0995", "\u09a4", "\u09af", "\u09b0", "\u09b8"
AA, E, OO, AU, AU_LENGTH = "\u09be", "\u09c7", "\u09cb", "\u09cc", "\u09d7"
HASANTA, NUKTA, CANDRABINDU, KHANDA_TA = "\u09cd", "\u09bc", "\u0981", "\u09ce"
ZWNJ, ZWJ = "\u200c", "\u200d"
DANDA = "\u0964"


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
        pytest.param("\U0001f602\U0001f602 \u200c", "", id="nothing left"),
        pytest.param("", "", id="empty"),
    ],
)
def test_clean(raw, expected):
    assert clean(raw) == expected


# Every character that some rule looks at.
LETTERS = "\u0995\u09a1\u09af\u09b0\u09ac\u09a4\u09b8\u0985\u0989\u098f\u09ce\u09df"
SIGNS = "\u09be\u09c1\u09c7\u09c8\u09cb\u09d7\u09cd\u09bc\u0981\u0982\u0983\u0301\u200c\u200d"
OTHERS = "\u09f7\u0964\u200b\ufe0f\u2013\u00a0\U0001f602 |9.a<>@/:-()"
ALPHABET = st.sampled_from([*LETTERS, *SIGNS, *OTHERS, "http://", "www.", ".com", "<3"])
TEXTS = st.lists(ALPHABET, max_size=12).map("".join)


@given(TEXTS)
def test_clean_is_idempotent(text):
    assert clean(clean(text)) == clean(text)


@given(TEXTS)
def test_canonically_equal_texts_have_one_form(text):
    assert clean(unicodedata.normalize("NFD", text)) == clean(unicodedata.normalize("NFC", text)) == clean(text)


@given(TEXTS)
def test_the_form_is_nfc_with_single_spaces(text):
    form = clean(text)
    assert form == unicodedata.normalize("NFC", form) == " ".join(form.split())


@given(
    st.lists(st.text("\u0995\u09ae\u09b2\u09be\u09bf", min_size=1), min_size=1),
    st.text("\U0001f602 \u200b\u00a0!\u0964"),
)
def test_no_word_is_lost_and_none_is_joined(letters, between):
    spoken = ["\u0995" + "".join(dict.fromkeys(word)) + "\u09b2" for word in letters]
    gap = f" {between} "
    assert [w.strip("!\u0964") for w in clean(gap.join(spoken)).split() if w.strip("!\u0964")] == [
        clean(word) for word in spoken
    ]

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.config import CurateConfig
from bhab.curation.chance import generator
from bhab.schema import Emotion
from bhab.synthetic.grammar import sentences
from bhab.synthetic.text_copies import COPIES
from bhab.text.near import NEIGHBOURS, edits, near_texts, text_similarity

CONFIG = CurateConfig(
    min_face_correlation=0.98, max_face_shift_px=3, min_text_similarity=0.85, min_speech_similarity=0.5
)
SENTENCE = "আমাদের ভাগ্নি এখন চিড়িয়াখানায় গিয়ে কুকুরটি দেখছে।"
OTHER = "বাসি বেগুনির ঝাঁঝালো গন্ধে আর এক মুহূর্তও থাকা যায় না।"
letters = st.text(alphabet="\u0995\u09be\u09cd ab", max_size=12)


def pairs(texts, config=CONFIG):
    """Return (one, other, similarity), and check the promises of NearPairs on the way."""
    found = near_texts(texts, config)
    assert (found.one < found.other).all()
    assert not found.mirrored.any()
    rows = list(zip(found.one.tolist(), found.other.tolist(), strict=True))
    assert rows == sorted(set(rows))
    return [(*row, round(s, 3)) for row, s in zip(rows, found.similarity.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param([], [], id="no texts"),
        pytest.param([SENTENCE], [], id="one text"),
        pytest.param(["", "", "।"], [], id="texts without a word"),
        pytest.param([SENTENCE, OTHER], [], id="two sentences"),
        pytest.param([SENTENCE, SENTENCE], [], id="equal texts are exact duplicates"),
        pytest.param([SENTENCE, OTHER, SENTENCE[:-1] + "!!!"], [(0, 2, 1.0)], id="other punctuation"),
        pytest.param(
            [OTHER, SENTENCE.replace("ভাগ্নি", "ভাইঝি"), SENTENCE], [(1, 2, 0.942)], id="another word: 3 of 52 letters"
        ),
        pytest.param([SENTENCE, f"সত্যি {SENTENCE}"], [(0, 1, 0.897)], id="a word before: 6 of 58 letters"),
        pytest.param([SENTENCE, SENTENCE.replace("গিয়ে ", "")], [(0, 1, 0.885)], id="a word less: 6 of 52 letters"),
        pytest.param([SENTENCE, SENTENCE.replace(" ", "")], [(0, 1, 0.885)], id="no spaces: 6 of 52 letters"),
        pytest.param(["What a GREAT day!", "what a great day"], [(0, 1, 1.0)], id="capital letters"),
        pytest.param(["ভালো", "ভালোই"], [], id="one short word and another"),
        pytest.param(["ভালো", "ভালো!"], [], id="too short to be compared"),
        pytest.param([SENTENCE, SENTENCE + "।", SENTENCE], [(0, 1, 1.0)], id="of equal texts the first stands for all"),
    ],
)
def test_pairs(texts, expected):
    assert pairs(texts) == expected


def test_every_kind_of_copy_is_found_among_many_sentences_and_nothing_else():
    originals = [s for e in Emotion for s in sentences(e, 60, "near") if len(s.split(" ")) >= 8][:240]
    kinds = [list(COPIES)[number % len(COPIES)] for number in range(len(originals))]
    copies = [COPIES[kind](text, generator(text, "near")) for kind, text in zip(kinds, originals, strict=True)]
    made = {(row, row + len(originals)) for row, copy in enumerate(copies) if copy != originals[row]}
    assert len(made) > 200
    found = {(one, other) for one, other, _ in pairs(originals + copies)}
    assert made - found == set()
    assert {(one, other) for one, other in found if other != one + len(originals) and one >= len(originals)} == set()


def test_the_order_of_the_texts_does_not_matter():
    texts = sentences(Emotion.FEAR, 150, "order")
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = pairs([texts[place] for place in order])
    back = sorted((*sorted((int(order[one]), int(order[other]))), s) for one, other, s in shuffled)
    assert back == pairs(texts)
    assert back


def test_a_flood_of_spam_is_connected_by_few_pairs():
    texts = [f"{SENTENCE} {number}" for number in range(400)]
    found = pairs(texts)
    assert {row for one, other, _ in found for row in (one, other)} == set(range(400))
    assert len(found) < 400 * 50 * NEIGHBOURS / 2


def test_a_lower_threshold_finds_more():
    texts = [SENTENCE, SENTENCE.replace("চিড়িয়াখানায়", "পাহাড়ে").replace("ভাগ্নি", "ভাইঝি")]
    low = CONFIG.model_copy(update={"min_text_similarity": 0.7})
    assert (pairs(texts), [row[:2] for row in pairs(texts, low)]) == ([], [(0, 1)])


def slowly(one, other):
    """Levenshtein's table as it stands in textbooks."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above = row
        row = [i]
        for j, b in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


@given(letters, letters)
def test_edits_are_those_of_the_textbook(one, other):
    assert edits(one, other) == slowly(one, other)
    assert edits(one.split(" "), other.split(" ")) == slowly(one.split(" "), other.split(" "))


@given(letters.filter(bool), letters.filter(bool))
def test_similarity_is_symmetric_and_one_for_equal_texts_alone(one, other):
    assert text_similarity(one, other) == text_similarity(other, one)
    assert (text_similarity(one, other) == 1.0) == (one == other)

import pytest

from bhab.schema import EMOTIONS, Emotion
from bhab.synthetic.grammar import MAX_WORDS, MIN_WORDS, SLOT, patterns, sentences
from bhab.synthetic.lexicon import Noun, forms, genitive, lexicon, locative
from bhab.text.clean import clean
from bhab.text.verbs import verbs
from bhab.text.words import words

SALT = "test"


@pytest.mark.parametrize(
    ("root", "tense", "person", "expected"),
    [
        pytest.param("কর", "pres", "1", "করি", id="one vowel in all forms"),
        pytest.param("থাক", "perf", "3", "থেকেছে", id="long a rises in the participle"),
        pytest.param("আন", "plu", "h", "এনেছিলেন", id="long a at the start"),
        pytest.param("লিখ", "pres", "3", "লেখে", id="high stem in the present"),
        pytest.param("লিখ", "pres", "1", "লিখি", id="low stem in the first person"),
        pytest.param("শুন", "imp", "h", "শুনুন", id="imperative with honour"),
        pytest.param("শুন", "vn", "3", "শোনা", id="verbal noun"),
        pytest.param("খা", "cont", "2", "খাচ্ছ", id="stem in a vowel"),
        pytest.param("যা", "past", "1", "গেলাম", id="another stem in the past"),
        pytest.param("যা", "inf", "3", "যেতে", id="infinitive"),
        pytest.param("দি", "fut", "3", "দেবে", id="irregular future"),
        pytest.param("হ", "cond", "3", "হলে", id="conditional"),
        pytest.param("ঘুমা", "past", "h", "ঘুমালেন", id="derived verb"),
        pytest.param("পাঠা", "perf", "1", "পাঠিয়েছি", id="derived verb, perfect"),
        pytest.param("কর", "npast", "h", "করেননি", id="did not"),
        pytest.param("আস", "past", "3", "এল", id="to come"),
    ],
)
def test_verbs_inflect(root, tense, person, expected):
    assert verbs()[root].form(tense, person) == clean(expected)


@pytest.mark.parametrize(
    ("stem", "of", "at"),
    [
        pytest.param("ঘর", "ঘরের", "ঘরে", id="consonant"),
        pytest.param("বাসা", "বাসার", "বাসায়", id="long a"),
        pytest.param("বাড়ি", "বাড়ির", "বাড়িতে", id="short i"),
        pytest.param("বই", "বইয়ের", "বইয়ে", id="i of its own"),
        pytest.param("রেডিও", "রেডিওর", "রেডিওতে", id="o of its own"),
        pytest.param("চা", "চায়ের", "চায়ে", id="one syllable"),
        pytest.param("বিদ্যুৎ", "বিদ্যুতের", "বিদ্যুতে", id="khanda ta"),
        pytest.param("প্রশিক্ষণ মিটিং", "প্রশিক্ষণ মিটিংয়ের", "প্রশিক্ষণ মিটিংয়ে", id="anusvara"),
        pytest.param("রেস্তোরাঁ", "রেস্তোরাঁর", "রেস্তোরাঁয়", id="candrabindu last"),
        pytest.param("ঠাকুরগাঁও", "ঠাকুরগাঁওয়ের", "ঠাকুরগাঁওয়ে", id="gaon"),
    ],
)
def test_nouns_inflect(stem, of, at):
    assert (genitive(clean(stem)), locative(clean(stem))) == (clean(of), clean(at))


def test_every_slot_of_every_pattern_can_be_filled():
    for rule, alternatives in patterns().items():
        for slot in (slot for pattern in alternatives for slot in SLOT.findall(pattern)):
            name = slot.partition(":")[0]
            noun_class, _, form = name.partition(".")
            known = name in patterns() or name in verbs() or slot[0] == "="
            assert known or all(forms(noun, form or "b") for noun in lexicon()[noun_class]), (rule, slot)


def test_every_rule_is_used():
    used = {slot.partition(":")[0] for rule in patterns().values() for p in rule for slot in SLOT.findall(p)}
    assert set(patterns()) - used == set(EMOTIONS)


def test_words_of_the_lexicon_are_in_the_form_of_clean():
    stems = {noun.stem for nouns in lexicon().values() for noun in nouns}
    assert {stem for stem in stems if clean(stem) != stem} == set()


@pytest.mark.parametrize(
    ("noun", "form", "expected"),
    [
        pytest.param(Noun("কবি", "elder"), "o", {"কবিকে", "কবিদের", "কবিদেরকে"}, id="a person is an object in -ke"),
        pytest.param(Noun("বই", "count"), "o", {"বই", "বইটা", "বইটি", "বইগুলো"}, id="a thing takes classifiers"),
        pytest.param(Noun("সিলেট", "proper"), "l", {"সিলেটে"}, id="a name of a place takes none"),
        pytest.param(Noun("নীল", "word"), "g", {"নীল"}, id="an adjective does not inflect"),
    ],
)
def test_forms_of_a_slot(noun, form, expected):
    assert set(forms(noun, form)) == expected


@pytest.mark.parametrize("emotion", Emotion)
def test_sentences_are_distinct_clean_and_of_bounded_length(emotion):
    found = sentences(emotion, 300, SALT)
    assert len(set(found)) == 300
    assert [s for s in found if clean(s) != s or not MIN_WORDS <= len(words(s)) <= MAX_WORDS] == []


def test_fewer_sentences_are_a_prefix_of_more_and_a_salt_gives_others():
    assert sentences(Emotion.SAD, 20, SALT) == sentences(Emotion.SAD, 60, SALT)[:20]
    assert set(sentences(Emotion.SAD, 20, SALT)).isdisjoint(sentences(Emotion.SAD, 20, "other"))


def test_there_are_sentences_enough():
    assert len(sentences(Emotion.DISGUST, 2500, SALT)) == 2500


def test_first_sentences(golden):
    golden(
        "synthetic/sentences.jsonl", [{"emotion": e, "sentences": sentences(Emotion(e), 10, SALT)} for e in EMOTIONS]
    )

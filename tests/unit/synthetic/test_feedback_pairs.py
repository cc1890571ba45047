import re
from collections import Counter

import pytest

from bhab.schema import EMOTIONS
from bhab.synthetic.feedback import pairs, topics
from bhab.text.clean import clean
from bhab.text.grammar import FAMILIAR, POLITE
from bhab.text.vocabulary import MAX_WORDS
from bhab.text.words import words, words_and_marks

SLOT = re.compile(r"\{[bglod]\}")


@pytest.fixture(scope="module")
def some():
    return pairs(2100, "test")


def test_fewer_pairs_are_a_prefix_of_more_and_another_salt_gives_others(some):
    assert pairs(50, "test") == some[:50]
    assert len(set(pairs(50, "other")) & set(some)) < 10
    assert len(set(some)) == 2100


def test_the_emotions_come_in_turn(some):
    counts = Counter(pair.emotion for pair in some)
    assert sorted(counts) == sorted(EMOTIONS)
    assert min(counts.values()) > 280


def test_every_text_is_canonical_and_fits(some):
    for pair in some:
        assert clean(pair.reply) == pair.reply
        assert pair.context is None or clean(pair.context) == pair.context
        assert 3 <= len(words_and_marks(pair.reply)) <= MAX_WORDS
        assert not set("{}|") & set(f"{pair.context}{pair.reply}")


def test_one_listener_has_one_register(some):
    for pair in some:
        said = set(words(pair.reply))
        assert not (said & POLITE and said & FAMILIAR)


@pytest.mark.parametrize(
    ("opening", "other"),
    [pytest.param("শোনো,", POLITE, id="shono"), pytest.param("শুনুন,", FAMILIAR, id="shunun")],
)
def test_how_one_speaks_says_how_one_is_spoken_to(some, opening, other):
    heard = [pair for pair in some if (pair.context or "").startswith(clean(opening))]
    assert len(heard) > 100
    assert not any(set(words(pair.reply)) & other for pair in heard)


def test_who_says_nothing_is_answered_by_what_fits_the_emotion(some):
    bare = [pair for pair in some if pair.context is None]
    assert len(bare) > 60
    for pair in bare:
        phrases = topics()[pair.emotion].phrases
        assert pair.template in {f"{opener} {closer}" for opener in phrases["^"] for closer in phrases["<"]}


def test_the_noun_of_the_context_is_the_noun_of_the_reply(some):
    named = [pair for pair in some if pair.context is not None and SLOT.search(pair.template)]
    assert len(named) > 1000
    for pair in named:
        heard = {word[:2] for word in words(pair.context)}
        assert heard & {word[:2] for word in words(pair.reply)}, pair


def test_every_topic_has_what_a_reply_needs():
    for name, topic in topics().items():
        marks = "^<" if name in EMOTIONS else "?=>"
        assert all(len(topic.phrases[mark]) >= 2 for mark in marks), name
        assert name in EMOTIONS or len(topic.nouns) >= 5, name

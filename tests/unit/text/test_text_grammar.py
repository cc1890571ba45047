import pytest

from bhab.text.clean import clean
from bhab.text.grammar import Grammar, learn

ANYTHING = Grammar(frozenset(), frozenset(), frozenset())
KNOWN = [
    clean(text) for text in ("আমি ভাত খাই।", "আমি মাছ খাই।", "আমি চা খাই।", "তুমি ভাত খাও।", "আপনি কি চা খান?", "ধীরে ধীরে চলো।")
]


def rules(text):
    """The rules that `text` breaks, the order of word classes aside."""
    return [fault for fault in ANYTHING.faults(clean(text)) if fault != "order"]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        pytest.param("আমি ভাত খাই।", [], id="a good sentence"),
        pytest.param("আমি আজ বাজারে যাব, আপনি বাড়িতে থাকুন।", [], id="two clauses, two subjects"),
        pytest.param("কিছুদিন বিশ্রাম নিন।", [], id="a command without a subject"),
        pytest.param("আজকের দিন ভালো, তুমি এসো।", [], id="dina is a day, not a command"),
        pytest.param("মায়ের জন্য চিন্তা হয়।", [], id="for governs the genitive"),
        pytest.param("আমি ভাত খাই", ["end"], id="no mark at the end"),
        pytest.param("", ["end"], id="nothing"),
        pytest.param("আহা,; বসুন।", ["marks"], id="two marks in a row"),
        pytest.param("আমি ভাত খাও।", ["agreement"], id="I eat, with the verb of you"),
        pytest.param("তুমি কাল বাড়ি যাবেন।", ["agreement"], id="you will go, with the verb of honour"),
        pytest.param("আপনি বসুন, তোমার কথা শুনছি।", ["register"], id="apni and tumi for one listener"),
        pytest.param("ভয় পেয়ো না, আপনার পাশে আছি। বলো।", ["register"], id="a familiar command to apni"),
        pytest.param("মা জন্য চিন্তা হয়।", ["case"], id="for without the genitive"),
        pytest.param("আমি আমি ভাত খাই।", ["repeated"], id="a word twice"),
    ],
)
def test_a_broken_rule_is_named(text, broken):
    assert rules(text) == broken


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        pytest.param("আমি ভাত খাই।", True, id="known"),
        pytest.param("আমি আম খাই।", True, id="another noun in its place"),
        pytest.param("ধীরে ধীরে চলো।", True, id="a word that is known to be said twice"),
        pytest.param("ভাত আমি খাই।", False, id="another order"),
        pytest.param("আমি ভাত।", False, id="the verb left out"),
    ],
)
def test_order_is_what_known_texts_have(text, fine):
    assert (learn(KNOWN, 2).faults(clean(text)) == []) is fine


def test_what_was_learned_from_is_passed():
    grammar = learn(KNOWN, 100)
    assert [grammar.faults(text) for text in KNOWN] == [[]] * len(KNOWN)

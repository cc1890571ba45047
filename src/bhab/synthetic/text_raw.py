"""A clean sentence as people type it: everything here is undone by bhab.text.clean."""

from collections.abc import Callable

from bhab.curation.chance import unit_interval
from bhab.text.normal import DANDA

# Shares of the texts that have each; of the order in which they occur in Bengali comments.
EMOJI_SHARE = 0.12
SPACES_SHARE = 0.06
COMPOSED_SHARE = 0.50  # keyboards differ: half write the nukta letters as one code point
JOINER_SHARE = 0.03
PIPE_SHARE = 0.04
LINK_SHARE = 0.02

EMOJI = ("\U0001f642", "\U0001f60a", "\U0001f64f", "\u2764\ufe0f", "\U0001f914", "\U0001f44d\U0001f3fd")
LINKS = ("https://example.org/a?b=1", "www.example.com/khobor", "http://example.net")
NUKTA_LETTERS = {"\u09a1\u09bc": "\u09dc", "\u09a2\u09bc": "\u09dd", "\u09af\u09bc": "\u09df"}
ZERO_WIDTH_NON_JOINER = "\u200c"


def dressed(sentence: str, key: str, salt: str) -> str:
    """Return `sentence` as the person called `key` might have typed it; `clean` gives the sentence back."""

    def pick(items: tuple[str, ...], what: str) -> str:
        return items[int(unit_interval(key, f"{salt}-{what}-which") * len(items))]

    steps: tuple[tuple[str, float, Callable[[str], str]], ...] = (
        ("composed", COMPOSED_SHARE, _composed),
        ("spaces", SPACES_SHARE, lambda text: f" {text.replace(' ', '  ', 1)} "),
        ("joiner", JOINER_SHARE, lambda text: text.replace(" ", f"{ZERO_WIDTH_NON_JOINER} ", 1)),
        ("pipe", PIPE_SHARE, lambda text: text.replace(DANDA, " |")),
        ("emoji", EMOJI_SHARE, lambda text: f"{text} {pick(EMOJI, 'emoji')}"),
        ("link", LINK_SHARE, lambda text: f"{text} {pick(LINKS, 'link')}"),
    )
    for what, share, step in steps:
        if unit_interval(key, f"{salt}-{what}") < share:
            sentence = step(sentence)
    return sentence


def _composed(text: str) -> str:
    for pair, letter in NUKTA_LETTERS.items():
        text = text.replace(pair, letter)
    return text

"""Pairs of one's own: what someone says of how they feel, and what one says to them.

Layout   ROOT is a file with one JSON object a line: `emotion`, `reply`, and as far as there are any `context` (what the
         reply answers) and `template` (what replies that differ only in names and things have in common; without it
         each reply is its own).
Labels   our seven and common words for them, in any case.
Keys     the number of the line.
"""

from collections.abc import Iterator
from pathlib import Path

from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.schema import Pair
from bhab.sources.base import WORDS, emotion_of
from bhab.sources.json_lines import Row, json_rows
from bhab.text.clean import clean
from bhab.text.vocabulary import MAX_WORDS
from bhab.text.words import words, words_and_marks


def read(root: Path) -> Iterator[tuple[str, Pair | Drop]]:
    """Yield every row with its key, in the order of the file. Raises SourceLayoutError if there is no file."""
    if not root.is_file():
        found = "a folder" if root.is_dir() else "nothing"
        raise SourceLayoutError(f"{root}: found {found}, expected a file of replies, JSON lines")
    for number, row in json_rows(root):
        yield str(number), row if isinstance(row, Drop) else _pair(row)


def _pair(row: Row) -> Pair | Drop:
    texts = {name: row.get(name) or "" for name in ("emotion", "context", "reply", "template")}
    odd = next((name for name, value in texts.items() if not isinstance(value, str)), None)
    if odd is not None:
        return Drop("row_broken", f"{odd!r} is {row[odd]!r:.80}, expected a string")
    emotion = emotion_of(str(texts["emotion"]), WORDS)
    if emotion is None:
        return Drop("label_unknown", "no emotion, expected one of the seven")
    if isinstance(emotion, Drop):
        return emotion
    context, reply = clean(str(texts["context"])), clean(str(texts["reply"]))
    if not words(reply):
        return Drop("text_empty", f"the reply is {texts['reply']!r:.80}, expected words")
    if (n := len(words_and_marks(reply))) > MAX_WORDS:
        return Drop("text_too_long", f"a reply of {n} words and marks, expected at most {MAX_WORDS}")
    return Pair(emotion, context or None, reply, clean(str(texts["template"])) or reply)

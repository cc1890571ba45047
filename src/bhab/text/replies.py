"""The words of replies and of what they answer."""

import pyarrow as pa

from bhab.text.words import words, words_and_marks


def spoken(rows: pa.Table) -> list[list[str]]:
    """Return what rows of a table REPLIES say: the words of each context there is, words and marks of each reply."""
    contexts = [words(context) for context in rows["context"].to_pylist() if context is not None]
    return contexts + [words_and_marks(reply) for reply in rows["reply"].to_pylist()]

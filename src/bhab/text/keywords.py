"""Content words: words that are not in bnlp's list of Bengali stopwords."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bhab.text.clean import clean

# `import bnlp` looks for NLTK's sentence model and downloads it if it is not found. Nothing here splits sentences,
# so empty files in its place keep the import off the network.
NLTK_FOLDERS = ("tokenizers/punkt", "tokenizers/punkt_tab/english")
NLTK_FILES = ("collocations.tab", "sent_starters.txt", "abbrev_types.txt", "ortho_context.tab")


@cache
def stopwords() -> frozenset[str]:
    """Return bnlp's Bengali stopwords in the form of `clean`: its list mixes composed and decomposed letters."""
    with without_download():
        from bnlp import BengaliCorpus  # 1.6 s
    return frozenset(clean(word) for word in BengaliCorpus.stopwords)


def content_words(words: Sequence[str]) -> list[str]:
    """Return the words of a clean text that are not stopwords, in order."""
    return [word for word in words if word not in stopwords()]


@contextmanager
def without_download() -> Iterator[None]:
    """Import bnlp inside this: it finds the files it would else look for in the network."""
    import nltk  # type: ignore[import-untyped]  # ships no types

    with tempfile.TemporaryDirectory() as root:
        for folder in NLTK_FOLDERS:
            (Path(root) / folder).mkdir(parents=True)
        for name in NLTK_FILES:
            (Path(root) / NLTK_FOLDERS[-1] / name).touch()
        nltk.data.path.insert(0, root)
        try:
            yield
        finally:
            nltk.data.path.remove(root)

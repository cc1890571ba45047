"""What models have ids for: words, or the subwords that words are parted into, as stage `tokenize` decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bhab.errors import TableError
from bhab.text import subwords
from bhab.text.vocabulary import SPACE, Vocabulary, load


@dataclass(frozen=True, slots=True)
class Units:
    """A vocabulary, and what parts words into what it has ids for."""

    vocabulary: Vocabulary
    part: subwords.Pieces = list  # words are their own parts

    def ids(self, words: Sequence[str]) -> list[int]:
        """Return TOKENS ids of a text of `words`, as `Vocabulary.encode` does."""
        return self.vocabulary.encode(self.part(words))


def read_units(vocabulary: Path, model: Path) -> Units:
    """Return the units of a vocabulary file, with the SentencePiece `model` if it is one of subwords.

    Raises TableError if the model is not there or has other ids.
    """
    known = load(vocabulary)
    if not any(word.startswith(SPACE) for word in known.words):
        return Units(known)
    if not model.is_file():
        raise TableError(f"{model}: no such file, expected the SentencePiece model beside the vocabulary")
    pieces, of_model = subwords.load(model.read_bytes())
    if of_model.digest() != known.digest():
        raise TableError(f"{model}: its {len(of_model)} pieces are not those of the vocabulary, expected the same ids")
    return Units(known, pieces)

"""Tokenised texts in memory, and the word vectors an embedding starts from.

A text is a row of TOKENS ids: START, its words, END, PAD. Each id is asked after all before it, so `previous` is the
row without its last id and `targets` the row without its first. Of a text that was cut nobody knows the end: its END
is not asked.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from torch import Tensor

from bhab.errors import TableError
from bhab.schema import EMOTIONS, TOKENS, Split
from bhab.store import read_json
from bhab.text.vocabulary import END, PAD, Vocabulary
from bhab.training.lexicon import Ids, Lexicon


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences with an emotion; all tensors are int64."""

    emotions: Tensor  # (texts,)
    keywords: Tensor  # (texts, keywords), shown to the encoder
    previous: Tensor  # (texts, TOKENS - 1)
    targets: Tensor  # (texts, TOKENS - 1)

    def __len__(self) -> int:
        return len(self.emotions)

    def rows(self, rows: Tensor | slice) -> "Sentences":
        """Return some of the sentences."""
        return Sentences(self.emotions[rows], self.keywords[rows], self.previous[rows], self.targets[rows])


def labelled(texts: pa.Table, split: Split) -> pa.Table:
    """Return the rows of a table TOKENISED in `split` with an emotion, by sample_id."""
    keep = pc.and_(pc.equal(texts["split"], split), pc.is_valid(texts["emotion"]))
    return texts.filter(keep).sort_by("sample_id")


def tokens_of(rows: pa.Table) -> Ids:
    """Return the ids of the texts, (texts, TOKENS)."""
    flat = np.asarray(pc.list_flatten(rows["tokens"]).to_numpy(), dtype=np.int64)
    return flat.reshape(len(rows), TOKENS)


def emotions_of(rows: pa.Table) -> Ids:
    """Return the emotions as places in EMOTIONS, (texts,)."""
    places = pc.index_in(rows["emotion"].combine_chunks(), pa.array(EMOTIONS))
    return np.asarray(places.to_numpy(), dtype=np.int64)


def sentences(rows: pa.Table, lexicon: Lexicon, keywords: int) -> Sentences:
    """Return the texts in `rows` with the `keywords` words of each that are most characteristic of its emotion."""
    tokens, emotions = tokens_of(rows), emotions_of(rows)
    shown = [lexicon.keywords(text, emotion, keywords) for text, emotion in zip(tokens, emotions, strict=True)]
    cut = rows["truncated"].to_numpy().astype(np.bool_)  # (texts,)
    targets = np.where(cut[:, None] & (tokens == END), PAD, tokens)[:, 1:]  # (texts, TOKENS - 1)
    return Sentences(
        torch.from_numpy(emotions),
        torch.from_numpy(np.array(shown, dtype=np.int64).reshape(-1, keywords)),
        torch.from_numpy(tokens[:, :-1]),
        torch.from_numpy(targets),
    )


def read_vectors(folder: Path, vocabulary: Vocabulary) -> NDArray[np.float32]:
    """Return the word vectors in `folder`, (words, dimensions). Raises TableError if they are of other words."""
    path = folder / "vectors.safetensors"
    if read_json(folder / "card.json").get("vocabulary_sha256") != vocabulary.digest():
        raise TableError(f"{path}: vectors of another vocabulary than the one of {len(vocabulary)} words given")
    try:
        vectors: NDArray[np.float32] = load_file(path)["vectors"]
    except (FileNotFoundError, SafetensorError, KeyError) as error:
        raise TableError(f"{path}: no tensor `vectors` in safetensors ({error})") from error
    return vectors

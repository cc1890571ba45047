"""Replies and what they answer as rows of ids, and the word vectors an embedding starts from.

A reply is a row of TOKENS ids: START, its words and marks, END, PAD. Each id is asked after all before it, so
`previous` is the row without its last id and `targets` the row without its first. A context is a row of MAX_WORDS ids,
its words and PAD behind them; a context that is not known is all PAD.
"""

from collections.abc import Sequence
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
from bhab.text.units import Units
from bhab.text.vocabulary import END, MAX_WORDS, PAD, Vocabulary
from bhab.text.words import words, words_and_marks


@dataclass(frozen=True, slots=True)
class Replies:
    """Replies with what they answer; all tensors are int64."""

    emotions: Tensor  # (replies,)
    contexts: Tensor  # (replies, MAX_WORDS), shown to the encoder
    previous: Tensor  # (replies, TOKENS - 1)
    targets: Tensor  # (replies, TOKENS - 1)

    def __len__(self) -> int:
        return len(self.emotions)

    def rows(self, rows: Tensor | slice) -> "Replies":
        """Return some of them."""
        return Replies(self.emotions[rows], self.contexts[rows], self.previous[rows], self.targets[rows])


def in_split(rows: pa.Table, split: Split) -> pa.Table:
    """Return the rows of a table REPLIES in `split`, in their order."""
    return rows.filter(pc.equal(rows["split"], split))


def replies_of(rows: pa.Table, units: Units) -> Replies:
    """Return the rows of a table REPLIES as ids, in their order. Of a reply that was cut nobody knows the end."""
    places = pc.index_in(rows["emotion"].combine_chunks(), pa.array(EMOTIONS))
    parted = [units.part(words_and_marks(reply)) for reply in rows["reply"].to_pylist()]
    tokens = torch.tensor(list(map(units.vocabulary.encode, parted)), dtype=torch.int64).reshape(-1, TOKENS)
    cut = torch.tensor([len(parts) > MAX_WORDS for parts in parted], dtype=torch.bool).unsqueeze(1)
    return Replies(
        torch.from_numpy(np.asarray(places.to_numpy(), dtype=np.int64)),
        contexts_of(rows["context"].to_pylist(), units),
        tokens[:, :-1],
        tokens.masked_fill(cut & (tokens == END), PAD)[:, 1:],
    )


def contexts_of(contexts: Sequence[str | None], units: Units) -> Tensor:
    """Return contexts, each in the form of `clean` or None, as ids (contexts, MAX_WORDS)."""
    rows = [units.ids(words(context or ""))[1:-1] for context in contexts]  # without START, and the END of a full row
    ids = torch.tensor(rows, dtype=torch.int64).reshape(-1, MAX_WORDS)
    return ids.masked_fill(ids == END, PAD)


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

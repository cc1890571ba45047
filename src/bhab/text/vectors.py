"""Skip-gram vectors of the words of a vocabulary (Mikolov et al. 2013)."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bhab.config import EmbedConfig
from bhab.text.vocabulary import SPECIAL, SPECIAL_WORDS, UNKNOWN, Vocabulary

Vectors = NDArray[np.float32]  # (vocabulary, dimensions)


def train(texts: Sequence[Sequence[str]], vocabulary: Vocabulary, config: EmbedConfig) -> Vectors:
    """Return a vector for each word of `vocabulary`, trained on `texts`, its words in order.

    An unknown word is one word, `<unknown>`, in all its places. Words that are in no text, and the special words that
    stand for none, have the vector zero.
    """
    vectors = np.zeros((len(vocabulary), config.dimensions), dtype=np.float32)
    known = [[word if word in vocabulary.ids else SPECIAL_WORDS[UNKNOWN] for word in text] for text in texts]
    if not any(known):
        return vectors
    from gensim.models import Word2Vec  # heavy, and needed by one stage

    model = Word2Vec(
        known,
        sg=1,
        vector_size=config.dimensions,
        window=config.window,
        negative=config.negative,
        epochs=config.epochs,
        min_count=1,
        seed=config.seed,
        workers=1,  # with more, the order of updates and so the bytes depend on the machine
        hashfxn=_hash,
    )
    for word in model.wv.index_to_key:
        vectors[vocabulary.ids[word]] = model.wv[word]
    return vectors


def nearest(vectors: Vectors, word: int, n: int) -> list[tuple[int, float]]:
    """Return the `n` words most similar to `word` by cosine, best first; none without a vector, nor a special one."""
    lengths = np.linalg.norm(vectors, axis=1)  # (vocabulary,)
    if lengths[word] == 0:
        return []
    units = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    similar = units @ units[word]  # (vocabulary,)
    candidates = [other for other in np.argsort(-similar, kind="stable") if lengths[other] > 0]
    found = [int(other) for other in candidates if other != word and other >= len(SPECIAL)]
    return [(other, float(similar[other])) for other in found[:n]]


def _hash(word: str) -> int:
    """Hash a word the same in every process, which Python's own does not."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")

"""What the feedback model says for each emotion, and how varied and how new it is."""

from itertools import pairwise

import numpy as np
import pyarrow as pa

from bhab.models import Feedback
from bhab.schema import EMOTIONS
from bhab.text.vocabulary import UNKNOWN
from bhab.training.generate import generate
from bhab.training.lexicon import FIRST_WORD, Lexicon, keyword_sets
from bhab.training.texts import emotions_of, tokens_of

Spoken = dict[str, list[list[int]]]  # emotion -> sentences -> word ids


def talk(model: Feedback, train_rows: pa.Table, lexicon: Lexicon, keywords: int, n: int) -> Spoken:
    """Return `n` sentences for each emotion of the training texts, or as many as it has different sets of keywords."""
    emotions, tokens = emotions_of(train_rows), tokens_of(train_rows)
    spoken = {}
    for place, emotion in enumerate(EMOTIONS):
        shown = [lexicon.keywords(text, place, keywords) for text in tokens[emotions == place]]
        sets = keyword_sets(np.array(shown, dtype=np.int64).reshape(-1, keywords), lexicon.weights[:, place], n)
        spoken[emotion] = [generate(model, place, row) for row in sets.tolist()]
    return spoken


def distinct_2(spoken: Spoken) -> float:
    """Return the share of different pairs of neighbouring words (Li et al. 2016); 0 if there are none."""
    pairs = [pair for sentences in spoken.values() for sentence in sentences for pair in pairwise(sentence)]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def memorised_share(spoken: Spoken, train_rows: pa.Table) -> float:
    """Return the share of the sentences that is, word for word, one of the training texts; 0 if there is none."""
    known = {tuple(row[(row >= FIRST_WORD) | (row == UNKNOWN)].tolist()) for row in tokens_of(train_rows)}
    said = [tuple(sentence) for sentences in spoken.values() for sentence in sentences]
    return sum(sentence in known for sentence in said) / len(said) if said else 0.0

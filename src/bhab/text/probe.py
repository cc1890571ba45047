"""What small models say of texts they have not seen: two logistic regressions, and the nearest texts.

One regression reads n-grams of words, one of characters, and the five nearest texts by words vote. Their mean is less
sure of itself than one regression on all n-grams, and right more often.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bhab.config import ProbeConfig
from bhab.curation.out_of_fold import Rows, predict_out_of_fold, vote_out_of_fold
from bhab.text.words import words

WORDS = (1, 2)  # in a row
CHARACTERS = (2, 5)  # of one word and the spaces around it: Bengali stems with most of their endings
MIN_TEXTS = 2  # an n-gram of one text alone tells nothing of another
STRENGTH = 5.0  # scikit-learn's C
RARE = (3, 3)  # characters: long enough to tell a language and a keyboard mash, short enough to be met again


def probe_texts(
    texts: Sequence[str], labels: NDArray[np.int64], folds: NDArray[np.int64], config: ProbeConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return out-of-fold probabilities (n, 7) in the order of EMOTIONS, and how unlike the others each text is (n,).

    `texts` are in the form of `bhab.text.clean`; `labels` are places in EMOTIONS, -1 for none.
    """
    if not texts:
        return np.zeros((0, 7)), np.zeros(0)
    spelt = count_ngrams(texts, tokenizer=words, token_pattern=None, ngram_range=WORDS, min_df=MIN_TEXTS)
    written = count_ngrams(texts, analyzer="char_wb", ngram_range=CHARACTERS, min_df=MIN_TEXTS)
    by_word, by_character = (
        predict_out_of_fold(partial(weigh, counts), labels, folds, STRENGTH, config) for counts in (spelt, written)
    )
    nearest = vote_out_of_fold(partial(tfidf, spelt), labels, folds)
    probabilities = (by_word + by_character + nearest) / 3
    return probabilities, rarity(count_ngrams(texts, analyzer="char_wb", ngram_range=RARE), folds)


def count_ngrams(texts: Sequence[str], **how: Any) -> Any:  # noqa: ANN401 - options and result are scikit-learn's
    """Return how often each n-gram is in each text, a sparse matrix of (n, n-grams); no columns if there are none."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    try:
        return CountVectorizer(dtype=np.float64, **how).fit_transform(texts)
    except ValueError:  # scikit-learn's word for an empty vocabulary
        return csr_matrix((len(texts), 0))


def weigh(counts: Any, seen: Rows) -> Any:  # noqa: ANN401 - a sparse matrix
    """Return TF-IDF of all rows and a constant, for there may be no n-gram at all."""
    from scipy.sparse import csr_matrix, hstack

    return hstack([csr_matrix(np.ones((len(seen), 1))), tfidf(counts, seen)]).tocsr()


def tfidf(counts: Any, seen: Rows) -> Any:  # noqa: ANN401 - a sparse matrix
    """Return TF-IDF of all rows, with the document frequencies of the `seen` rows alone.

    N-grams that no seen row has stay: they take up room in a strange text, and make the model less sure of it.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    if not counts.shape[1]:
        return counts
    return TfidfTransformer(sublinear_tf=True).fit(counts[seen]).transform(counts)


def rarity(counts: Any, folds: NDArray[np.int64]) -> NDArray[np.float64]:  # noqa: ANN401 - a sparse matrix
    """Return the mean surprise of each text's n-grams, in nats: -log of the share of texts of other folds with them."""
    found = np.zeros(counts.shape[0])
    held = (counts > 0).astype(np.float64)
    for fold in np.unique(folds):
        seen, asked = folds != fold, np.flatnonzero(folds == fold)
        texts = np.asarray(held[seen].sum(axis=0)).ravel()  # (n-grams,)
        ngrams = np.asarray(held[asked].sum(axis=1)).ravel()  # (asked,)
        found[asked] = (held[asked] @ np.log((seen.sum() + 1) / (texts + 1))) / np.maximum(ngrams, 1)
    return found

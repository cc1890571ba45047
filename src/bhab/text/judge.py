"""The text probe: which emotion a sentence says, judged by words and pieces of words.

Two linear models look at TF-IDF of n-grams of characters and of words: a support vector machine and complement naive
Bayes (Rennie, Shih, Teevan, Karger, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers", 2003), which errs
elsewhere. Their logits are added. Every emotion weighs the same, however many texts it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bhab.config import ProbeConfig
from bhab.schema import EMOTIONS
from bhab.text.words import words

CHARACTERS = (1, 5)  # of one word and the spaces around it
WORDS = (1, 2)  # in a row
MIN_TEXTS = 2  # an n-gram of one text alone tells nothing of another
STRENGTH = 0.1  # scikit-learn's C
TOLERANCE = 0.01  # of the support vector machine; a hundredth of it takes ten times as long and is right no more often
SMOOTHING = 0.3  # scikit-learn's alpha, of naive Bayes
MARGIN, LIKELIHOOD = 1.5, 1.0  # by what margins and log likelihoods are multiplied: ours, on one of five folds

Probabilities = NDArray[np.float64]  # (n, 7), in the order of EMOTIONS


@dataclass(frozen=True, slots=True)
class TextProbe:
    """What `fit_texts` learned. `models` is None where there was one emotion or none to learn."""

    emotions: NDArray[np.int64]  # places in EMOTIONS
    models: tuple[Any, ...] | None

    def ask(self, texts: Sequence[str]) -> Probabilities:
        """Return the probabilities of the emotions of texts in the form of `bhab.text.clean`.

        An emotion it has not learned has 0; where it has learned none, all have 1/7.
        """
        said = np.zeros((len(texts), len(EMOTIONS)))
        if self.models is None or not texts:
            said[:, self.emotions if len(self.emotions) else slice(None)] = 1 / (len(self.emotions) or len(EMOTIONS))
            return said
        features, machine, bayes = self.models
        seen = features.transform(texts)
        likelihood = bayes.predict_joint_log_proba(seen)
        margin = machine.decision_function(seen)
        if margin.ndim == 1:  # of two emotions scikit-learn gives one margin
            margin = np.column_stack([-margin, margin])
        logits = MARGIN * margin + LIKELIHOOD * (likelihood - likelihood.mean(axis=1, keepdims=True))
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        said[:, self.emotions] = raised / raised.sum(axis=1, keepdims=True)
        return said


def fit_texts(texts: Sequence[str], labels: NDArray[np.int64], config: ProbeConfig) -> TextProbe:
    """Return a probe of `texts`, which are in the form of `bhab.text.clean`.

    `labels` are places in EMOTIONS; texts with -1, none, are passed over.
    """
    known = np.flatnonzero(labels >= 0)
    emotions = np.unique(labels[known])
    if len(emotions) < 2:  # noqa: PLR2004 - nothing to tell apart
        return TextProbe(emotions, None)
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_union
    from sklearn.svm import LinearSVC

    shared = {"min_df": min(MIN_TEXTS, len(known)), "sublinear_tf": True}
    features = make_union(
        TfidfVectorizer(analyzer="char_wb", ngram_range=CHARACTERS, **shared),
        TfidfVectorizer(tokenizer=_words, token_pattern=None, ngram_range=WORDS, **shared),
    )
    try:
        seen = features.fit_transform([texts[row] for row in known.tolist()])
    except ValueError:  # scikit-learn's word for texts that share nothing
        return TextProbe(emotions, None)
    machine = LinearSVC(C=STRENGTH, class_weight="balanced", tol=TOLERANCE, random_state=config.seed)
    bayes = ComplementNB(alpha=SMOOTHING)
    return TextProbe(emotions, (features, machine.fit(seen, labels[known]), bayes.fit(seen, labels[known])))


def _words(text: str) -> list[str]:
    return words(text) or ["-"]  # an empty vocabulary is an error to scikit-learn

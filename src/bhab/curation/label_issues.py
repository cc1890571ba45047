"""Which labels are probably wrong: told from out-of-fold probabilities, and from the rows that people looked at.

Probabilities are float64 (n, 7) in the order of EMOTIONS, from models that did not see the row; labels are int64
places in EMOTIONS, NONE for none. Nothing else is asked for: no votes, no features, no other data.
"""

import numpy as np
from numpy.typing import NDArray

from bhab.curation.confident import confident_joint, noise_matrix
from bhab.curation.labels import NONE
from bhab.schema import EMOTIONS

FLOOR = 1e-4  # a probability below tells no more than this: models are not that sure
PRIOR_ROWS = 10  # a class with few rows is taken to be found as often as all others, by as many rows
BLUR = 0.3  # of the rows of a class count as half found: that one is found always, another nearly so, tells little
CLASS_WEIGHT = 2.0  # see `score_labels`
MIN_REVIEWS = 20  # of each kind; with fewer nothing is learned from them
RIDGE = 3.0  # of the logistic regression; 1 and 0.3 do nearly as well
MAX_SHIFT, HALVINGS = 40.0, 60  # of log-odds, and steps of the search for the right one
LEAST = 1e-3  # probability that its features tell from none

Probabilities = NDArray[np.float64]
Places = NDArray[np.int64]
Scores = NDArray[np.float64]


def score_labels(probabilities: Probabilities, labels: Places) -> Scores:
    """Return the estimated probability that each label is wrong, NaN where there is none: shape (n,).

    Its log-odds are those against the label, and CLASS_WEIGHT times how much seldomer than others rows of this class
    are found again by models that did not see them: a label that models cannot learn was not given with care. That
    share is what confident learning (Northcutt, Jiang, Chuang 2021) counts on the diagonal of its joint distribution.
    All are then moved alike, so that their mean is the share of wrong labels that the same paper estimates.

    The weight was chosen on a fifth of FER2013's faces, with two models of another kind: from 1.5 to 3 the results are
    much alike; with 0, which is Cleanlab's self-confidence, ROC-AUC is .03 to .07 lower. benchmarks/label_issues.py.
    """
    score = np.full(len(labels), np.nan)
    known = np.flatnonzero(labels != NONE)
    if len(known):
        probabilities, labels = probabilities[known], labels[known]
        score[known] = _level(_against(probabilities, labels), _noise(probabilities, labels))
    return score


def _noise(probabilities: Probabilities, labels: Places) -> float:
    """Return the estimated share of wrong labels, never quite 0 or 1; all rows have one."""
    share = 1 - float(np.trace(noise_matrix(labels, confident_joint(probabilities, labels))))
    return (share * len(labels) + 0.5) / (len(labels) + 1)  # as if half a row more were wrong, and half a row right


def _level(log_odds: Scores, share: float) -> Scores:
    """Return the probabilities whose log-odds differ from `log_odds` by one constant, and whose mean is `share`."""
    low, high = -MAX_SHIFT, MAX_SHIFT
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _probability(log_odds + middle).mean() > share else (middle, high)
    return _probability(log_odds + low)


def _against(probabilities: Probabilities, labels: Places) -> Scores:
    """Return the log-odds that each label is wrong; all rows have one."""
    found = probabilities.argmax(axis=1) == labels
    n = np.bincount(labels, minlength=len(EMOTIONS))
    hits = np.bincount(labels, weights=found, minlength=len(EMOTIONS))
    share = (hits + PRIOR_ROWS * found.mean()) / (n + PRIOR_ROWS)  # (emotions,), found again
    learned = _log_odds((1 - BLUR) * share + BLUR / 2)  # (emotions,)
    seldomer = np.average(learned, weights=n) - learned  # (emotions,)
    given = probabilities[np.arange(len(labels)), labels]  # (n,)
    return -_log_odds(given) + CLASS_WEIGHT * seldomer[labels]


def score_with_reviews(probabilities: Probabilities, labels: Places, reviewed: NDArray[np.int8]) -> Scores:
    """Return what `score_labels` returns, learned from the rows that people looked at.

    `reviewed` is 1 where the label was found wrong, 0 where right, -1 where nobody looked. A logistic regression on
    the probabilities, the label, and both together; with fewer than MIN_REVIEWS wrong or right labels, `score_labels`.
    """
    known = np.flatnonzero(labels != NONE)
    seen = reviewed[known]
    if min((seen == 0).sum(), (seen == 1).sum()) < MIN_REVIEWS:
        return score_labels(probabilities, labels)
    from sklearn.linear_model import LogisticRegression  # heavy, and needed only with reviews

    features = _features(probabilities[known], labels[known])
    rows = seen >= 0
    model = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky").fit(features[rows], seen[rows])
    score = np.full(len(labels), np.nan)
    score[known] = _probability(features @ model.coef_[0] + model.intercept_[0])
    return score


def _features(probabilities: Probabilities, labels: Places) -> NDArray[np.float64]:
    """Return (n, features): log-probabilities, the label, each with each, and those of the label and the best other."""
    rows = np.arange(len(labels))
    logs = np.log(np.clip(probabilities, LEAST, 1))  # (n, emotions)
    label = np.eye(len(EMOTIONS))[labels]  # (n, emotions)
    given = logs[rows, labels][:, np.newaxis]  # (n, 1)
    others = np.where(label == 1, -np.inf, logs).max(axis=1, keepdims=True)  # (n, 1)
    logs = logs - logs.mean(axis=0)
    crossed = (label[:, :, np.newaxis] * logs[:, np.newaxis, :] / 2).reshape(len(labels), -1)  # (n, emotions ** 2)
    return np.concatenate([logs, label, given, label * given, others, crossed], axis=1)


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(probability, FLOOR, 1 - FLOOR)
    return np.log(clipped / (1 - clipped))


def _probability(log_odds: Scores) -> Scores:
    return 1 / (1 + np.exp(-log_odds))

"""Probabilities of labels by models that did not see the row: a logistic regression a fold, or the nearest rows.

Rows are masks of (n,) bool, labels int64 places in EMOTIONS and -1 for none, folds int64. A matrix holds one row a
sample, dense or sparse. The same inputs give the same bytes as long as `config.threads` stays.
"""

from collections.abc import Callable
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from bhab.config import ProbeConfig
from bhab.progress import progress
from bhab.schema import EMOTIONS

Rows = NDArray[np.bool_]
Matrix = Any  # scikit-learn takes numpy's and scipy's alike
Features = Callable[[Rows], Matrix]  # from the rows that may be looked at to a matrix of all rows

INNER_FOLDS = 3
STEPS, INNER_STEPS = 40, 15  # of L-BFGS; stopping it early regularises, and more did not raise the accuracy on texts
IMPROBABLE, PROBABLE = 0.1, 0.5  # a label less probable than the first, beside one more probable than the second
NEAREST = 5  # rows that vote; 3 and 8 find as many wrong labels in texts
UNDECIDED = 0.3  # of a vote, shared by all emotions: five that agree are not proof
BLOCK = 512  # rows compared with all others at once
MOST_PRUNED = (
    0.03  # of the rows: where models fail at more, what they find improbable is hard, not wrong, and is needed
)


def predict_out_of_fold(
    features: Features, labels: NDArray[np.int64], folds: NDArray[np.int64], strength: float, config: ProbeConfig
) -> NDArray[np.float64]:
    """Return (n, 7) probabilities in the order of EMOTIONS, each row by a model that saw no row of its fold.

    A row is predicted by what is learned from the labelled rows of the other folds, less those whose labels look wrong
    from within these other folds (prune, then train: Northcutt, Jiang, Chuang, "Confident Learning", 2021).
    `strength` is scikit-learn's C. An emotion that none of those rows has gets 0; where there are none, all get 1/7.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

    probabilities = np.full((len(labels), len(EMOTIONS)), 1 / len(EMOTIONS))
    numbers = np.unique(folds)
    with threadpool_limits(config.threads):
        for fold in progress(numbers, len(numbers), "probing"):
            held_out = folds == fold
            known = ~held_out & (labels >= 0)
            if known.any():
                matrix = features(~held_out)
                trusted = known & ~look_wrong(matrix, labels, folds, known, strength)
                probabilities[held_out] = learn(matrix, labels, trusted, strength, STEPS)(held_out)
    return probabilities


def vote_out_of_fold(features: Features, labels: NDArray[np.int64], folds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (n, 7) shares of the emotions among the nearest labelled rows of other folds, rare emotions weighing more.

    The features are rows of length 1, or 0. Nearest by cosine; what is as near as the NEAREST-th votes too. An
    ambiguous row has neighbours of either label, where a regression may be sure (Bahri, Jiang, Gupta, "Deep k-NN for
    Noisy Labels", 2020). Where there is no row to learn from, all get 1/7.
    """
    shares = np.full((len(labels), len(EMOTIONS)), 1 / len(EMOTIONS))
    for fold in np.unique(folds):
        known = np.flatnonzero((folds != fold) & (labels >= 0))
        if not len(known):
            continue
        matrix = features(folds != fold)
        others = matrix[known].T.tocsr()
        carried = np.eye(len(EMOTIONS))[labels[known]]  # (known, emotions)
        weights = carried / np.maximum(carried.sum(axis=0), 1) * len(known) / len(EMOTIONS)
        last = len(known) - min(NEAREST, len(known))
        rows = np.flatnonzero(folds == fold)
        for asked in np.split(rows, range(BLOCK, len(rows), BLOCK)):
            alike = (matrix[asked] @ others).toarray()  # (asked, known)
            nearest = alike >= np.partition(alike, last, axis=1)[:, last : last + 1]
            votes = nearest @ weights + UNDECIDED / len(EMOTIONS)
            shares[asked] = votes / votes.sum(axis=1, keepdims=True)
    return shares


def look_wrong(
    matrix: Matrix, labels: NDArray[np.int64], folds: NDArray[np.int64], known: Rows, strength: float
) -> Rows:
    """Return which of the `known` rows carry a label that a model of the other known rows finds improbable."""
    doubt = np.zeros(len(labels))  # only of rows that look wrong at all
    part = folds % INNER_FOLDS  # a group stays whole
    for each in np.unique(part[known]):
        asked, seen = known & (part == each), known & (part != each)
        if seen.any():
            said = learn(matrix, labels, seen, strength, INNER_STEPS)(asked)
            given = said[np.arange(len(said)), labels[asked]]
            doubt[asked] = np.where((given < IMPROBABLE) & (said.max(axis=1) > PROBABLE), 1 - given, 0)
    most = np.argsort(-doubt, kind="stable")[: int(MOST_PRUNED * known.sum())]
    wrong = np.zeros(len(labels), dtype=bool)
    wrong[most] = doubt[most] > 0
    return wrong


def learn(
    matrix: Matrix, labels: NDArray[np.int64], rows: Rows, strength: float, steps: int
) -> Callable[[Rows], NDArray[np.float64]]:
    """Return a function from rows to their probabilities (rows, 7), learned from `rows`, all of which have labels."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    classes = np.unique(labels[rows])
    model = LogisticRegression(C=strength, max_iter=steps, class_weight="balanced")
    if len(classes) > 1:
        with catch_warnings():
            simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
            model.fit(matrix[rows], labels[rows])

    def ask(asked: Rows) -> NDArray[np.float64]:
        said = np.zeros((int(asked.sum()), len(EMOTIONS)))
        said[:, classes] = model.predict_proba(matrix[asked]) if len(classes) > 1 else 1.0
        return said

    return ask

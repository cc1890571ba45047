"""How many labels are wrong, and as what: the confident joint of Northcutt, Jiang, Chuang, "Confident Learning" (2021).

Probabilities are float64 (n, 7) in the order of EMOTIONS, out of fold; labels int64 places there, NONE for none.
"""

import numpy as np
from numpy.typing import NDArray

from bhab.curation.labels import NONE
from bhab.schema import EMOTIONS

CLASSES = len(EMOTIONS)

Places = NDArray[np.int64]
Probabilities = NDArray[np.float64]


def confident_joint(probabilities: Probabilities, labels: Places) -> Places:
    """Return the likely true emotion of each labelled row, NONE where none is likely enough: shape (labelled rows,).

    An emotion is likely where it reaches the mean probability it has among the rows that carry it as their label;
    of several the most probable (Northcutt, Jiang, Chuang, "Confident Learning", JAIR 70, 2021, equation 1). Unlike
    there, one that is less probable than the label does not count: the mean of a rare or noisy emotion may be near 0.
    """
    known = labels != NONE
    probabilities, labels = probabilities[known], labels[known]
    carried = np.bincount(labels, minlength=CLASSES)
    own = np.bincount(labels, weights=probabilities[np.arange(len(labels)), labels], minlength=CLASSES)
    least = np.where(carried > 0, own / np.maximum(carried, 1), np.inf)
    given = probabilities[np.arange(len(labels)), labels][:, np.newaxis]
    likely = np.where((probabilities >= least) & (probabilities >= given), probabilities, -1.0)
    return np.where(likely.max(axis=1) >= 0, likely.argmax(axis=1), NONE)


def noise_matrix(labels: Places, likely: Places) -> NDArray[np.float64]:
    """Return the share of all labels that are given (row) and truly (column) each emotion: (7, 7), the sum 1.

    Rows of the confident joint are scaled to the counts of the labels (equation 3 of the same); a label of which no
    row is likely anything is taken to be right.
    """
    found = likely != NONE
    joint = np.zeros((CLASSES, CLASSES))
    np.add.at(joint, (labels[found], likely[found]), 1)
    empty = joint.sum(axis=1) == 0
    joint[empty, empty] = 1  # on the diagonal
    carried = np.bincount(labels, minlength=CLASSES) / max(len(labels), 1)
    shares: NDArray[np.float64] = joint / joint.sum(axis=1, keepdims=True) * carried[:, np.newaxis]
    return shares

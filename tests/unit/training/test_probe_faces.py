"""Out-of-fold predictions of faces: learned from the other folds only, and for every row."""

import numpy as np
import pytest

from bhab.config import ProbeConfig
from bhab.schema import EMOTIONS, Modality
from bhab.training.probe import probe_faces

NONE = -1
SQUARE = 12
FACES = 84
FOLDS = 2


def config(**changed):
    folds = dict.fromkeys(Modality, FOLDS)
    made = {"seed": 1, "threads": 1, "folds": folds, "salt": "test", "epochs": 2, "networks": 1, "processes": 1}
    return ProbeConfig(**made | changed)


def squares(labels, seed=0):
    """Return faces whose emotion is the place of a bright square."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 60, (len(labels), 48, 48), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        row, column = divmod(int(label), 3)
        image[row * 16 + 2 : row * 16 + 2 + SQUARE, column * 16 + 2 : column * 16 + 2 + SQUARE] += 180
    return images


def corpus(n=FACES):
    labels = np.arange(n) % len(EMOTIONS)
    folds = np.arange(n) // len(EMOTIONS) % FOLDS
    return squares(labels), labels, folds


@pytest.fixture(scope="module")
def probed():
    return probe_faces(*corpus(), config())


def test_a_row_is_a_distribution_over_emotions(probed):
    probabilities, outlier = probed
    assert probabilities.shape == (FACES, len(EMOTIONS))
    assert probabilities.dtype == outlier.dtype == np.float64
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert np.isfinite(outlier).all()
    assert outlier.shape == (FACES,)


def test_the_same_rows_give_the_same_bytes(probed):
    again = probe_faces(*corpus(), config())
    assert [part.tobytes() for part in again] == [part.tobytes() for part in probed]


def test_networks_say_the_same_in_processes_of_their_own():
    folds, labels = np.arange(14) % FOLDS, np.arange(14) % len(EMOTIONS)
    alone, together = (
        probe_faces(squares(labels), labels, folds, config(epochs=1, networks=2, processes=n))[0] for n in (1, 2)
    )
    assert together.tobytes() == alone.tobytes()
    one = probe_faces(squares(labels), labels, folds, config(epochs=1))[0]
    assert not np.allclose(alone, one)


def test_no_row_is_predicted_from_labels_of_its_own_fold(probed):
    images, labels, folds = corpus()
    other = np.where(folds == 0, (labels + 1) % len(EMOTIONS), labels)
    probabilities, _ = probe_faces(images, other, folds, config())
    assert np.array_equal(probabilities[folds == 0], probed[0][folds == 0])
    assert not np.array_equal(probabilities[folds == 1], probed[0][folds == 1])


def test_unlabelled_rows_are_predicted_and_teach_nothing(probed):
    images, labels, folds = corpus()
    blank = np.zeros((2, 48, 48), dtype=np.uint8)
    probabilities, outlier = probe_faces(
        np.concatenate([images, blank]), np.append(labels, [NONE, NONE]), np.append(folds, [0, 1]), config()
    )
    np.testing.assert_allclose(probabilities[:FACES], probed[0], atol=1e-9)
    assert np.isfinite(probabilities[FACES:]).all()
    assert np.isfinite(outlier).all()


@pytest.mark.parametrize(
    ("labels", "folds"),
    [
        pytest.param([], [], id="no rows"),
        pytest.param([3], [0], id="one row"),
        pytest.param([3, NONE], [0, 1], id="one labelled row: its fold has nothing to learn from"),
        pytest.param([NONE] * 4, [0, 1, 0, 1], id="no labels"),
        pytest.param([2] * 6, [0, 1] * 3, id="one emotion only"),
        pytest.param([0, 1, 2, 3], [0, 0, 0, 0], id="all rows in one fold"),
    ],
)
def test_few_rows_give_finite_values(labels, folds):
    labels, folds = np.array(labels, dtype=np.int64), np.array(folds, dtype=np.int64)
    probabilities, outlier = probe_faces(squares(np.maximum(labels, 0)), labels, folds, config(epochs=1))
    assert probabilities.shape == (len(labels), len(EMOTIONS))
    np.testing.assert_allclose(probabilities.sum(axis=1), np.ones(len(labels)), rtol=1e-12)
    assert outlier.shape == (len(labels),)
    assert np.isfinite(outlier).all()

"""The detector names a planted permutation, and never finds one in a right map that only has sampling noise."""

import numpy as np
import pytest

from bhab.claims.permutation import by_diagonal, by_supports
from bhab.claims.references import REFERENCES
from bhab.errors import ClaimError

PUBLIC = REFERENCES["fer2013_public_test"]
NAMES = sorted(PUBLIC)
CODES = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]  # FER2013's own order
ALWAYS = [[0, n, 0] for n in (50, 900, 2000)]


def model(rng, n, accuracy):
    """Return a confusion matrix over NAMES of a model that errs the same way on every class."""
    shares = np.array([PUBLIC[name] for name in NAMES]) / sum(PUBLIC.values())
    errors = rng.dirichlet(np.full(7, 2.0))
    chances = accuracy * np.eye(7) + (1 - accuracy) * errors
    return np.array([rng.multinomial(k, chances[i]) for i, k in enumerate(rng.multinomial(n, shares))])


@pytest.mark.parametrize(
    ("supports", "reference", "verdict", "moved"),
    [
        pytest.param({"neutral": 653, "sad": 415, "surprise": 607}, "fer2013_public_test", "permuted",
                     {"neutral": "sad", "sad": "surprise", "surprise": "neutral"}, id="the paper's three rows"),
        pytest.param({n: PUBLIC[c] for n, c in zip(NAMES, CODES, strict=True)}, "fer2013_public_test", "permuted",
                     {"neutral": "sad", "sad": "surprise", "surprise": "neutral"}, id="alphabetical names over codes"),
        pytest.param(PUBLIC, "fer2013_public_test", "right", {}, id="the reference itself"),
        pytest.param({"neutral": 653}, "fer2013_public_test", "undecided", {}, id="one row proves nothing"),
        pytest.param(REFERENCES["fer2013_private_test"], "fer2013_public_test", "undecided", {},
                     id="another sample: sad and neutral are about as many"),
        pytest.param({n: 10 * PUBLIC[n] for n in ("happy", "disgust", "surprise")}, "fer2013_public_test", "right", {},
                     id="ten times as many of three distinct classes"),
        pytest.param({"happy": 560, "disgust": 8950, "surprise": 4150}, "fer2013_public_test", "permuted",
                     {"happy": "disgust", "disgust": "happy"}, id="a sample with two names exchanged"),
        pytest.param(dict(zip(NAMES, [799, 436, 741, 663, 620, 638, 722], strict=True)), "fer2013_public_test",
                     "unlike", {}, id="another corpus"),
        pytest.param(dict.fromkeys(NAMES, 0), "fer2013_public_test", "undecided", {}, id="no sample at all"),
    ],
)  # fmt: skip
def test_supports_tell(supports, reference, verdict, moved):
    naming = by_supports(supports, REFERENCES[reference])
    assert (naming.verdict, {n: naming.found[n] for n in naming.moved}) == (verdict, moved)


def test_the_permutation_is_named_in_words():
    naming = by_supports({"neutral": 653, "sad": 415, "surprise": 607}, PUBLIC)
    assert naming.sentence == "rows named neutral, sad, surprise are sad, surprise, neutral"


def test_classes_with_equal_counts_cannot_be_told():
    reference = {"a": 500, "b": 500, "c": 90, "d": 2000}
    naming = by_supports({"a": 500, "b": 500, "c": 2000, "d": 90}, reference)
    assert (naming.moved, naming.unsure) == (("c", "d"), ("a", "b"))


def test_no_right_map_is_called_permuted_by_its_supports():
    rng = np.random.default_rng(1)
    reference = REFERENCES["fer2013_training"]
    shares = np.array(list(reference.values())) / sum(reference.values())
    samples = [dict(zip(reference, map(int, rng.multinomial(n, shares)), strict=True)) for n in (70, 700, 7000) * 40]
    assert {by_supports(sample, reference).verdict for sample in samples} <= {"right", "undecided"}


@pytest.mark.parametrize("accuracy", [0.0, 0.2, 0.5, 0.9])
def test_no_right_map_is_called_permuted_by_its_diagonal(accuracy):
    rng = np.random.default_rng(2)
    verdicts = {by_diagonal(NAMES, model(rng, n, accuracy)).verdict for n in (70, 700, 7000) * 10}
    assert verdicts <= {"right", "undecided"}


def test_the_diagonal_names_the_permutation_of_predictions():
    rng = np.random.default_rng(3)
    place = [NAMES.index(code) for code in CODES]
    for _ in range(20):
        shown = np.zeros((7, 7), int)
        shown[:, place] = model(rng, 3589, 0.6)  # what is predicted as NAMES[i] is shown under CODES[i]
        naming = by_diagonal(NAMES, shown)
        assert {n: naming.found[n] for n in naming.moved} == {
            "sad": "neutral",
            "surprise": "sad",
            "neutral": "surprise",
        }


@pytest.mark.parametrize(
    "matrix",
    [
        pytest.param(ALWAYS, id="a model that always says the same"),
        pytest.param(np.zeros((3, 3), int), id="no sample at all"),
        pytest.param([[1, 0, 0], [0, 0, 1], [0, 1, 0]], id="one sample of each class"),
    ],
)
def test_a_matrix_that_says_nothing_is_undecided(matrix):
    naming = by_diagonal(["a", "b", "c"], matrix)
    assert (naming.verdict, naming.moved) == ("undecided", ())


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        pytest.param(
            lambda: by_supports({"rage": 3}, PUBLIC), "found rows .'rage'., expected some of", id="strange name"
        ),
        pytest.param(lambda: by_supports({}, PUBLIC), "label map", id="no row"),
        pytest.param(lambda: by_diagonal(["a", "b"], [[1, 2]]), "rows of .2., expected 2", id="not square"),
    ],
)
def test_what_cannot_be_judged_is_refused(ask, sentence):
    with pytest.raises(ClaimError, match=sentence):
        ask()

import numpy as np
import pytest

from bhab.training.calibration import Bin, calibration, equal_mass, error_by_chance
from bhab.training.scores import judge


@pytest.fixture
def answered(answers_of, evaluate_config):
    def make(truth, probabilities):
        answers = answers_of(truth, probabilities)
        return answers, judge(answers, evaluate_config)[0]

    return make


@pytest.mark.parametrize(
    ("confidence", "n", "right", "ece"),
    [
        pytest.param(0.75, 4, 3, 0.0, id="as sure as right"),
        pytest.param(0.9, 4, 2, 0.4, id="too sure"),
        pytest.param(1.0, 2, 2, 0.0, id="certain falls in the last bin"),
    ],
)
def test_calibration_error_is_the_distance_of_confidence_and_accuracy(answered, confidence, n, right, ece):
    probabilities = np.full((n, 7), (1 - confidence) / 6)
    probabilities[:, 0] = confidence
    answers, score = answered(np.where(np.arange(n) < right, 0, 1), probabilities)
    assert calibration(answers.confidence, answers.right) == [Bin(n, pytest.approx(confidence), right)]
    assert (score.ece.value, score.ece_equal_mass.value) == pytest.approx((ece, ece), abs=1e-6)


def test_bins_of_equal_mass_hold_as_many_rows_each():
    confidence = np.random.default_rng(1).random(150) ** 3
    places = equal_mass(confidence)
    assert np.bincount(places).tolist() == [10] * 15
    assert (np.diff(places[np.argsort(confidence)]) >= 0).all()


def test_a_calibrated_model_stays_under_the_error_of_chance_in_19_of_20_draws():
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.3, 1.0, 500)
    limit = error_by_chance(confidence, 400, np.random.default_rng(2))
    bins = [calibration(confidence, rng.random(500) < confidence) for _ in range(200)]
    errors = [sum(abs(b.n * b.confidence - b.hits) for b in found) / 500 for found in bins]
    assert 0.90 < np.mean(np.array(errors) < limit) < 0.99

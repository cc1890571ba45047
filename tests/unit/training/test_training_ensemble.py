import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.ensemble import GradientBoostingClassifier

from bhab.config import EnsembleConfig
from bhab.errors import TableError
from bhab.models.ensemble import Forest
from bhab.models.fer import FER
from bhab.schema import EMOTIONS, Split
from bhab.store import read_json, write_json
from bhab.training.checkpoint import Card, Trained, write_model
from bhab.training.compress import ask_onnx
from bhab.training.ensemble import ABSENT, ensemble_of, load_model, out_of_fold, plant, pooled
from bhab.training.export import to_onnx
from bhab.training.faces import Faces, faces_of, labelled
from bhab.training.fer import ask
from bhab.training.seed import repeatable

CONFIG = EnsembleConfig(
    members=("bhab_net", "light_cnn"),
    embeddings="bhab_net",
    components=16,
    svm_c=0.01,
    logistic_c=0.1,
    boosting_rounds=3,
    boosting_learning_rate=0.1,
    boosting_depth=3,
    prior=1,
    seed=1,
)


@pytest.fixture(scope="module")
def recipes(recipe):
    return {name: recipe(width=0.25) for name in CONFIG.members}


@pytest.fixture(scope="module")
def members(recipes):
    repeatable(1, 1)
    return {name: FER[name](own).eval() for name, own in recipes.items()}


@pytest.fixture(scope="module")
def material(corpus_of):
    corpus = corpus_of(train=8, validation=4, test=2)
    return [faces_of(corpus.faces, labelled(corpus.splits, split)) for split in Split]


@pytest.fixture(scope="module")
def made(members, recipes, material):
    return ensemble_of(members, recipes, *material[:2], CONFIG)


def rows(n=300, seed=1):
    return np.random.default_rng(seed).normal(size=(n, 6)).astype(np.float32)


@pytest.mark.parametrize(
    ("labels", "depth"),
    [
        pytest.param([0, 1, 2, 3, 4, 5, 6], 3, id="seven emotions"),
        pytest.param([0, 2, 6], 2, id="three"),
        pytest.param([0, 1, 2, 3, 4, 5, 6], 1, id="stumps"),
        pytest.param([0, 1, 2, 3, 4, 5, 6], 6, id="trees that end sooner"),
    ],
)
def test_a_planted_forest_says_what_was_fitted(labels, depth):
    seen = rows()
    truth = np.array(labels)[np.digitize(seen[:, 0] + 0.3 * seen[:, 1], np.linspace(-1, 1, len(labels) - 1))]
    fitted = GradientBoostingClassifier(n_estimators=5, max_depth=depth, max_features="sqrt", random_state=1)
    fitted.fit(seen, truth)
    forest = Forest(5, depth)
    plant(forest, fitted)
    asked = np.concatenate([seen, rows(100, seed=2)])
    found = forest(torch.from_numpy(asked)).softmax(dim=1).numpy()
    assert np.abs(found[:, fitted.classes_] - fitted.predict_proba(asked)).max() < 1e-6
    missing = sorted(set(range(7)) - set(labels))
    assert (found[:, missing] < np.exp(ABSENT / 2)).all()


def test_a_forest_is_exact_on_its_thresholds():
    seen = np.repeat(np.float32([[0.1], [0.1 + 2**-27], [0.3]]), 4, axis=0)
    fitted = GradientBoostingClassifier(n_estimators=2, max_depth=2, random_state=1).fit(seen, np.repeat([0, 1, 2], 4))
    forest = Forest(2, 2)
    plant(forest, fitted)
    assert (
        np.abs(forest(torch.from_numpy(seen)).softmax(dim=1).numpy()[:, :3] - fitted.predict_proba(seen)).max() < 1e-6
    )


def says(labels, right, n=7, sure=0.9):
    """Log probabilities of a model that is right about a face where `right` says so, and else means the next."""
    meant = np.where(right, labels, (labels + 1) % n)
    chances = np.full((len(labels), n), (1 - sure) / (n - 1))
    chances[np.arange(len(labels)), meant] = sure
    return np.log(chances)


def test_the_pool_listens_to_the_model_that_is_right():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 7, 400)
    said = np.stack([says(labels, rng.random(400) < share) for share in (0.9, 0.6, 0.1)])
    weights, bias = pooled(said, labels, prior=1)
    assert weights[0] > weights[1] > weights[2] == 0
    assert np.abs(bias).max() < 0.5


def test_a_strong_prior_leaves_weights_equal():
    labels = np.arange(70) % 7
    said = np.stack([says(labels, labels >= 0), says(labels, labels < 0)])
    weights, bias = pooled(said, labels, prior=1e9)
    assert weights == pytest.approx([0.5, 0.5], abs=1e-5)
    assert bias == pytest.approx(np.zeros(7), abs=1e-5)


def test_the_pool_mends_a_model_that_is_too_sure():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 7, 2000)
    said = says(labels, rng.random(2000) < 0.6, sure=0.999)[None]
    (weight,), _ = pooled(said, labels, prior=1)
    assert softmax(weight * said[0], axis=1).max(axis=1).mean() == pytest.approx(0.6, abs=0.05)


def test_an_ensemble_is_better_than_chance_and_the_same_again(made, members, recipes, material):
    train, validation, test = material
    again = ensemble_of(members, recipes, train, validation, CONFIG)
    assert all(
        torch.equal(one, other)
        for one, other in zip(made.state_dict().values(), again.state_dict().values(), strict=True)
    )
    said = ask(made, test.images)
    assert (said.argmax(dim=1) == test.labels).float().mean() > 0.5
    answers = out_of_fold(made, test.images)
    assert answers.shape == (8, len(test.labels), len(EMOTIONS))
    assert np.exp(answers).sum(axis=2) == pytest.approx(np.ones(answers.shape[:2]), abs=1e-5)
    summed = np.tensordot(made.weights.numpy(), answers, axes=1) + made.bias.numpy()
    assert summed == pytest.approx(said.numpy(), abs=1e-4)
    assert made.names[:2] == ("bhab_net", "light_cnn")
    assert made.names[2:5] == ("svm on texture", "logistic on texture", "boosting on texture")


def test_its_members_are_the_networks_that_were_trained(made, members, material):
    images = material[2].images
    answers = out_of_fold(made, images)
    for place, member in enumerate(members.values()):
        assert answers[place] == pytest.approx(ask(member, images).log_softmax(dim=1).numpy(), abs=1e-4)


def test_it_goes_into_onnx_with_all_it_is(made, material):
    images = material[2].images
    assert np.abs(ask_onnx(to_onnx(made, EMOTIONS), images) - ask(made, images).numpy()).max() < 1e-3


def test_an_emotion_without_a_training_face_is_not_expected(members, recipes, material):
    train, validation, test = material
    few = train.labels != EMOTIONS.index("disgust")
    some = Faces(*(getattr(train, name)[few] for name in ("images", "labels", "targets", "votes")))
    made = ensemble_of(members, recipes, some, validation, CONFIG)
    classic = out_of_fold(made, test.images)[2:]
    assert np.exp(classic[:, :, EMOTIONS.index("disgust")]).max() < 0.01


def test_it_is_read_back_as_it_was_written(tmp_path, made, material, recipes, fer_config):
    train = fer_config("bhab_net").model_copy(update={"models": CONFIG.members, "recipes": recipes})
    params = {"ensemble": CONFIG.model_dump(mode="json"), "train_fer": train.model_dump(mode="json")}
    card = Card(model="ensemble", params=params, input={}, trained_on=1)
    write_model(Trained(card, made, []), tmp_path / "ensemble")
    found, model = load_model(tmp_path / "ensemble")
    assert found == card
    assert torch.equal(ask(model, material[2].images), ask(made, material[2].images))


def test_another_model_is_read_as_ever(tmp_path, members, fer_config):
    train = fer_config("light_cnn", width=0.25)
    card = Card(model="light_cnn", params=train.model_dump(mode="json"), input={}, trained_on=1)
    write_model(Trained(card, members["light_cnn"], []), tmp_path / "light_cnn")
    assert type(load_model(tmp_path / "light_cnn")[1]).__name__ == "LightCnn"


def test_no_ensemble_is_no_model(tmp_path):
    write_model(Trained(Card(model="ensemble", params={}, input={}, why="no faces"), None, []), tmp_path / "ensemble")
    assert load_model(tmp_path / "ensemble")[1] is None
    write_json(read_json(tmp_path / "ensemble/card.json") | {"why": None}, tmp_path / "ensemble/card.json")
    with pytest.raises(TableError, match=r"card\.json"):
        load_model(tmp_path / "ensemble")

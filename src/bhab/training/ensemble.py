"""How the ensemble is made: classic models learn from training faces, and validation faces tell whom to believe.

No network learnt from a validation face, and no classic model: what they say of these is out of fold, so the weights
of the pool (Wolpert 1992, stacked generalisation) are fitted to the errors each will make on faces nobody has seen. A
network that was stopped by its validation loss has seen them through that keyhole alone.
"""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types
from torch import Tensor, nn

from bhab.config import ENSEMBLE, EnsembleConfig, FerRecipe, TrainFerConfig
from bhab.models.ensemble import Ensemble, Forest, View
from bhab.schema import EMOTIONS
from bhab.training.checkpoint import CARD, Card, checked, load_fer, read_card, with_weights
from bhab.training.faces import Faces, batch_of
from bhab.training.seed import repeatable

BATCH = 128  # faces looked at once
FEWEST = 3  # emotions in training; with two, scikit-learn's models have another shape
ABSENT = -20.0  # logit of an emotion that no training face has
SUBSAMPLE = 0.5  # of the rows, for each tree (Friedman 2002)
ITERATIONS = 2000  # at most, of the linear models

Matrix = NDArray[np.float64]
Places = NDArray[np.int64]


def ensemble_of(
    members: Mapping[str, nn.Module],
    recipes: Mapping[str, FerRecipe],
    faces: Faces,
    validation: Faces,
    config: EnsembleConfig,
) -> Ensemble:
    """Return the ensemble of `members`, its classic models taught by `faces`, its weights by `validation` faces."""
    repeatable(config.seed, 1)
    model = Ensemble(recipes, config).eval()
    for name, member in members.items():
        model.members[name].load_state_dict(member.state_dict())
    seen = in_batches(lambda shown: torch.cat(model.look(shown)[1:], dim=1), faces.images)
    textures = model.texture.components.in_features
    with threadpool_limits(1):  # sums over more threads are in another order
        teach(model.texture, seen[:, :textures], faces.labels.numpy(), config)
        teach(model.embedding, seen[:, textures:], faces.labels.numpy(), config)
    weights, bias = pooled(out_of_fold(model, validation.images), validation.labels.numpy(), config.prior)
    model.weights.copy_(torch.from_numpy(weights))
    model.bias.copy_(torch.from_numpy(bias))
    return model


def out_of_fold(model: Ensemble, images: Tensor) -> Matrix:
    """Return the log probabilities of each of its models, (models, faces, emotions), for faces none has learnt from."""
    said = in_batches(lambda shown: model.answers(shown).transpose(0, 1), images)  # (faces, models, emotions)
    return said.transpose(1, 0, 2).astype(np.float64)


def in_batches(look: Callable[[Tensor], Tensor], images: Tensor) -> NDArray[np.float32]:
    """Return what `look` makes of uint8 (faces, 48, 48), float32 (faces, ...)."""
    with torch.inference_mode():
        return torch.cat([look(batch_of(part).cpu()) for part in images.split(BATCH)]).numpy()


def teach(view: View, seen: NDArray[np.float32], labels: Places, config: EnsembleConfig) -> None:
    """Give `view` the principal components of what is `seen` of the training faces, and models that learn from them."""
    scale = StandardScaler().fit(seen)
    kept = min(view.components.out_features, *seen.shape)
    found = PCA(kept, whiten=True, svd_solver="covariance_eigh", random_state=config.seed).fit(scale.transform(seen))
    spread = np.sqrt(np.maximum(found.explained_variance_, np.finfo(np.float32).eps))
    turned = found.components_ / spread[:, np.newaxis] / scale.scale_  # (kept, size)
    _linear(view.components, turned, -turned @ scale.mean_ - found.mean_ @ found.components_.T / spread, empty=0.0)
    with torch.inference_mode():
        rows = view.components(torch.from_numpy(seen)).numpy()  # as they will be asked about
    svm = LinearSVC(C=config.svm_c, dual=False, max_iter=ITERATIONS, random_state=config.seed)
    logistic = LogisticRegression(C=config.logistic_c, max_iter=ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the pool weighs what came of it
        for kind, learner in ((view.svm, svm), (view.logistic, logistic)):
            learner.fit(rows, labels)
            _linear(kind, learner.coef_, learner.intercept_, empty=ABSENT, places=learner.classes_)
    boosting = GradientBoostingClassifier(
        n_estimators=config.boosting_rounds,
        learning_rate=config.boosting_learning_rate,
        max_depth=config.boosting_depth,
        max_features="sqrt",
        subsample=SUBSAMPLE,
        random_state=config.seed,
    )
    plant(view.boosting, boosting.fit(rows, labels))


def _linear(layer: nn.Linear, weight: Matrix, bias: Matrix, empty: float, places: Places | None = None) -> None:
    """Copy rows of weights into `layer`, to `places` or from the first on; rows that get none answer `empty`."""
    rows = torch.arange(len(weight)) if places is None else torch.from_numpy(places)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.fill_(empty)
        layer.weight[rows], layer.bias[rows] = torch.from_numpy(weight).float(), torch.from_numpy(bias).float()


def plant(forest: Forest, fitted: GradientBoostingClassifier) -> None:
    """Copy what `fitted` grew into `forest`, which then says the same but for the rounding of sums to float32."""
    forest.first.fill_(ABSENT)
    forest.first[torch.from_numpy(fitted.classes_)] = torch.from_numpy(np.log(fitted.init_.class_prior_)).float()
    for number, grown in enumerate(fitted.estimators_):
        for emotion, tree in zip(fitted.classes_, grown, strict=True):
            _grow(forest, number * len(EMOTIONS) + int(emotion), tree, fitted.learning_rate)


def _grow(forest: Forest, place: int, fitted: DecisionTreeRegressor, learning_rate: float) -> None:
    tree = fitted.tree_
    nodes = np.zeros(forest.inner + forest.leaves, dtype=np.int64)  # of the fitted tree, by place in the heap
    for at in range(forest.inner):
        node = nodes[at]
        below = [2 * at + 1, 2 * at + 2]
        if tree.children_left[node] < 0:  # it ends sooner: all below is this leaf
            forest.threshold[place, at], nodes[below] = np.inf, node
            continue
        forest.feature[place, at] = int(tree.feature[node])
        forest.threshold[place, at] = _rounded_down(tree.threshold[node])
        nodes[below] = tree.children_left[node], tree.children_right[node]
    forest.value[place] = torch.from_numpy(learning_rate * tree.value[nodes[forest.inner :], 0, 0])


def _rounded_down(threshold: float) -> float:
    """Return the largest float32 that is no larger: a float32 is at most the one if it is at most the other."""
    short = np.float32(threshold)
    return float(np.nextafter(short, -np.inf) if short > threshold else short)


def pooled(said: Matrix, labels: Places, prior: float) -> tuple[Matrix, Matrix]:
    """Return the weight of each model, none below 0, and a bias for each emotion, with which they are right most often.

    `said` are log probabilities (models, faces, emotions). Least is the mean cross-entropy, and a pull to equal weights
    and no bias that counts as much as `prior` faces; that is convex, so there is one answer.
    """
    models, faces, emotions = said.shape
    truth = np.eye(emotions)[labels]  # (faces, emotions)
    equal = np.concatenate([np.full(models, 1 / models), np.zeros(emotions)])

    def loss(at: Matrix) -> tuple[float, Matrix]:
        log_p = log_softmax(np.tensordot(at[:models], said, axes=1) + at[models:], axis=1)  # (faces, emotions)
        over = (np.exp(log_p) - truth) / faces
        away = prior / faces * (at - equal)
        slope = np.concatenate([np.tensordot(said, over, axes=2), over.sum(axis=0)])
        return float(-(truth * log_p).sum() / faces + away @ (at - equal) / 2), slope + away

    bounds = [(0.0, None)] * models + [(None, None)] * emotions
    found = minimize(loss, equal, jac=True, bounds=bounds, method="L-BFGS-B").x
    return found[:models], found[models:]


def load_model(folder: Path) -> tuple[Card, nn.Module | None]:
    """Return a model of faces, a network or the ensemble of some, ready to be asked, and its card."""
    card = read_card(folder)
    if card.model != ENSEMBLE or card.why is not None:
        return load_fer(folder)
    config = checked(EnsembleConfig, card.params.get("ensemble", {}), folder / CARD)
    train = checked(TrainFerConfig, card.params.get("train_fer", {}), folder / CARD)
    repeatable(config.seed, 1)
    return card, with_weights(Ensemble(train.recipes, config), folder)

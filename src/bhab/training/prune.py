"""Pruning: the weights of least magnitude become zero, and the rest learn to do without them (Han et al. 2015).

Which ones is decided over all layers together, each measured by the spread of its own weights: by magnitude alone, a
layer whose weights happen to be small would be cut off whole, and nothing before it could learn. Norms and biases stay:
they are few, and every channel needs its own. Zeros make a file small once it is packed; a dense kernel multiplies by
them as by any other number.
"""

from collections.abc import Iterator
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor, nn

from bhab.config import CompressConfig, TrainFerConfig
from bhab.training.faces import Faces, TrainingFaces
from bhab.training.fer import FerTraining
from bhab.training.seed import repeatable

LEAST = 1e-12  # root mean square of a layer, to divide by


def pruned(
    model: nn.Module, faces: TrainingFaces, validation: Faces, train: TrainFerConfig, config: CompressConfig
) -> nn.Module:
    """Return a copy of `model` without `config.sparsity` of its weights, taught again as `train` taught it.

    The learning rate rises once, to a share of that of the recipe, and falls. The best epoch is chosen by `validation`.
    """
    ((name, recipe),) = train.recipes.items()
    again = recipe.model_copy(
        update={
            "epochs": config.epochs,
            "learning_rate": recipe.learning_rate * config.learning_rate_share,
            "schedule": "one_cycle",
            "plateau_patience": None,
            "plateau_factor": None,
            "stop_patience": None,
        }
    )
    repeatable(train.seed, train.threads)
    copy = deepcopy(model)
    drop_smallest(copy, config.sparsity)
    training = FerTraining(copy, faces, validation, train.model_copy(update={"recipes": {name: again}}))
    for weights in _prunable(copy):
        weights.register_hook(partial(_of_the_kept, weights))  # momentum and decay of a zero are zero
    for _ in training.epochs():
        pass
    return copy.cpu()


def drop_smallest(model: nn.Module, sparsity: float) -> None:
    """Set the share `sparsity` of the weights of `model`, those of least magnitude in their layers, to zero."""
    magnitudes = torch.cat([_magnitudes(weights).flatten() for weights in _prunable(model)])
    dropped = int(sparsity * len(magnitudes))
    if not dropped:
        return
    limit = magnitudes.kthvalue(dropped).values
    with torch.no_grad():
        for weights in _prunable(model):
            weights.masked_fill_(_magnitudes(weights) <= limit, 0.0)


def _prunable(model: nn.Module) -> Iterator[Tensor]:
    """Yield the weights of convolutions, linear and recurrent layers; norms and biases have one axis."""
    return (parameter for parameter in model.parameters() if parameter.ndim > 1)


def _magnitudes(weights: Tensor) -> Tensor:
    """Return the magnitude of each weight, in root mean squares of its layer."""
    return weights.detach().abs() / weights.detach().square().mean().sqrt().clamp(min=LEAST)


def _of_the_kept(weights: Tensor, gradient: Tensor) -> Tensor:
    """Return `gradient` without that of weights that are zero, so that they stay so."""
    return gradient.masked_fill(weights == 0, 0.0)

"""The training of a model of faces, one epoch after the other, and the one way to ask such a model."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from bhab.config import FerRecipe, TrainFerConfig
from bhab.errors import ParamsError
from bhab.models.fer import FER, head_of
from bhab.schema import EMOTIONS
from bhab.training.faces import Faces, TrainingFaces, batch_of
from bhab.training.history import BestWeights, Epoch
from bhab.training.resume import State
from bhab.training.seed import device, repeatable

QUESTION_BATCH = 512  # faces asked at once; no training depends on it
MOMENTUM = 0.9  # of SGD, in Nesterov's form
RISE = 0.2  # of the steps of a cycle, until the learning rate is at its height
SAMPLE = 1024  # training faces whose accuracy tells of overfitting


class FerTraining:
    """A training under way. What is random in an epoch follows from the seed and its number, so any can be the first.

    Cross-entropy; Adam or SGD; a learning rate that falls when the validation loss stands still, as in the paper, or
    that rises and falls once (Smith, Topin 2018). An epoch shows each face once.
    """

    def __init__(self, model: nn.Module, faces: TrainingFaces, validation: Faces, config: TrainFerConfig) -> None:
        self.model, self.faces, self.validation, self.config = _laid_out(model), faces, validation, config
        (recipe,) = config.recipes.values()
        self.recipe = recipe
        self.weights = weights_of(faces.labels, recipe.class_weights)  # (faces,)
        self.voters = Voters(model).to(device()) if recipe.votes_weight else None
        self.optimiser = _optimiser([*model.parameters(), *(self.voters.parameters() if self.voters else ())], recipe)
        self.schedule = _schedule(self.optimiser, recipe, steps=recipe.epochs * -(-len(faces.labels) // recipe.batch))
        self.best = BestWeights()
        self.history: list[Epoch] = []

    def epochs(self) -> Iterator[Epoch]:
        """Train, from where this training stands, and yield a record after each epoch.

        After the last the model has the weights of the epoch `kept`: that with the lowest validation loss, or the last
        of a cycle that came to its end, where its steps are smallest.
        """
        patience = self.recipe.stop_patience or self.recipe.epochs
        while len(self.history) < self.recipe.epochs and self.best.stale < patience:
            self.history.append(self._epoch(len(self.history) + 1))
            yield self.history[-1]
        if not self._ended():
            self.best.restore(self.model)
        if self.voters:
            self.voters.hook.remove()

    @property
    def kept(self) -> int:
        """The epoch whose weights the model has, after the last; 0 before the first."""
        return len(self.history) if self._ended() else len(self.history) - self.best.stale

    def _ended(self) -> bool:
        return self.recipe.schedule == "one_cycle" and len(self.history) == self.recipe.epochs

    def state(self) -> State:
        """Return all that `resume` needs, after an epoch."""
        return {
            "model": self.model.state_dict(),
            "voters": self.voters and self.voters.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "best": asdict(self.best),
            "history": [asdict(epoch) for epoch in self.history],
        }

    def resume(self, state: State | None) -> None:
        """Stand where another training of the same faces, recipe and seed stood when it gave `state`, if it did."""
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        if self.voters:
            self.voters.load_state_dict(state["voters"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.best = BestWeights(**state["best"])
        self.history = [Epoch(**epoch) for epoch in state["history"]]

    def _epoch(self, epoch: int) -> Epoch:
        rng = np.random.default_rng([self.config.seed, epoch])
        repeatable(int(rng.integers(2**31)), self.config.threads)
        rate = float(self.optimiser.param_groups[0]["lr"])
        train_loss = self._learn(self.faces.shown(epoch, rng), rng)
        loss, accuracy = self._judge(self.validation)
        self.best.see(loss, self.model)
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step(loss)
        return Epoch(epoch, rate, train_loss, self._judge(self.faces.first(SAMPLE))[1], loss, accuracy)

    def _learn(self, shown: Callable[[Tensor], Tensor], rng: np.random.Generator) -> float:
        """Show each face once; return the mean loss."""
        self.model.train()
        losses = 0.0
        order = torch.from_numpy(rng.permutation(len(self.faces.labels)))
        for rows in order.split(self.recipe.batch):
            pictures, weights = batch_of(shown(rows)), self.weights[rows].to(device())
            wanted = torch.stack([self.faces.targets[rows], self.faces.votes[rows]]).to(device())  # (2, batch, 7)
            if self.recipe.mixup:
                other = torch.from_numpy(rng.permutation(len(rows)))
                share = rng.beta(self.recipe.mixup, self.recipe.mixup)
                pictures = share * pictures + (1 - share) * pictures[other]
                wanted = share * wanted + (1 - share) * wanted[:, other]
            with self._precision():
                logits = self.model(pictures)  # (batch, emotions)
            smoothing = self.recipe.label_smoothing
            each = cross_entropy(logits.float(), wanted[0], reduction="none", label_smoothing=smoothing)  # (batch,)
            loss = (each * weights).mean()
            if self.voters:  # a face without votes has no share to miss
                loss += self.recipe.votes_weight * cross_entropy(self.voters(), wanted[1])
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            if isinstance(self.schedule, LambdaLR):
                self.schedule.step()
            losses += loss.item() * len(rows)
        return losses / len(order)

    def _judge(self, faces: Faces) -> tuple[float, float]:
        with self._precision():
            logits = ask(self.model, faces.images)  # (faces, emotions)
        hits = (logits.argmax(dim=1) == faces.labels).double()
        return float(cross_entropy(logits, faces.targets)), float(hits.mean())

    def _precision(self) -> torch.autocast:
        precision = self.recipe.precision or self.config.precision
        return torch.autocast(device().type, torch.bfloat16, enabled=precision == "bfloat16")


class Voters(nn.Module):
    """A second head on what the last layer of a model is given; it learns what voters say of the same face."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        head = head_of(model)
        self.head = nn.Linear(head.in_features, len(EMOTIONS))
        self.hook = head.register_forward_pre_hook(self._see)

    def _see(self, _head: nn.Module, given: tuple[Tensor]) -> None:
        (self.seen,) = given  # (batch, features)

    def forward(self) -> Tensor:
        """Return logits (batch, emotions) of what the model was asked last."""
        logits: Tensor = self.head(self.seen.float())
        return logits


def recipe_of(name: str, config: TrainFerConfig) -> FerRecipe:
    """Return the recipe of model `name`. Raises ParamsError if there is none, or no such model."""
    if name not in FER or name not in config.recipes:
        known = sorted(FER.keys() & config.recipes.keys())
        raise ParamsError(f"train_fer.models: no model {name!r} with a recipe, expected one of {known}")
    return config.recipes[name]


def ask(model: nn.Module, images: Tensor, batch: int = QUESTION_BATCH) -> Tensor:
    """Return the logits, float32 (rows, emotions), of uint8 (rows, 48, 48); in evaluation mode."""
    _laid_out(model).eval()
    with torch.inference_mode():
        answers = [model(batch_of(part)).float().cpu() for part in images.split(batch)]
    return torch.cat(answers) if len(images) else torch.zeros(0, len(EMOTIONS))


def _laid_out(model: nn.Module) -> nn.Module:
    """Lay the weights out as `batch_of` lays out faces: 1.4 times as fast on a CPU, in training and in use."""
    return model.to(device(), memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]  # missing in its stub only


def weights_of(labels: Tensor, power: float) -> Tensor:
    """Return what the loss of each face counts, 1 in the mean: the share of its emotion to the power of -`power`."""
    shares = torch.bincount(labels, minlength=len(EMOTIONS)).float() / max(len(labels), 1)  # (emotions,)
    weights = shares.clamp(min=1 / max(len(labels), 1))[labels] ** -power  # (faces,)
    return weights / weights.mean()


def _optimiser(parameters: Sequence[nn.Parameter], recipe: FerRecipe) -> Optimizer:
    """Return the recipe's optimiser; norms and biases do not decay (He et al. 2019, section 3.1)."""
    decaying, rest = ([p for p in parameters if (p.ndim > 1) is decays] for decays in (True, False))
    groups = [{"params": decaying, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    if recipe.optimiser == "adam":
        return Adam(groups, lr=recipe.learning_rate)
    return SGD(groups, lr=recipe.learning_rate, momentum=MOMENTUM, nesterov=True)


def _schedule(optimiser: Optimizer, recipe: FerRecipe, steps: int) -> LambdaLR | ReduceLROnPlateau:
    if recipe.plateau_patience is None or recipe.plateau_factor is None:
        return LambdaLR(optimiser, lambda step: one_cycle(step, steps))
    return ReduceLROnPlateau(optimiser, factor=recipe.plateau_factor, patience=recipe.plateau_patience)


def one_cycle(step: int, steps: int) -> float:
    """Return the share of the highest learning rate at `step`: it rises in a line, then falls as a cosine to 0."""
    rise = max(1, round(RISE * steps))
    if step < rise:
        return (step + 1) / rise
    return (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2

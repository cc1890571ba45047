"""What small networks say of faces they have not seen: which emotion, and whether it is a face in its place at all.

Images are uint8 (n, 48, 48), labels int64 places in EMOTIONS or -1, folds int64. Each network draws from a seed of its
own, so what it says depends neither on how many others there are nor on the process it is trained in.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD
from torch.optim.lr_scheduler import OneCycleLR

from bhab.config import ProbeConfig
from bhab.models.face_probe import FaceProbe
from bhab.progress import progress
from bhab.schema import EMOTIONS
from bhab.training.faces import batch_of
from bhab.training.frame import score_frames
from bhab.training.processes import side_by_side
from bhab.training.seed import repeatable
from bhab.training.warp import slightly

BATCH = 64
LEARNING_RATE = 0.05  # at the peak of the cycle (Smith, Topin 2018, "Super-Convergence")
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
WARM_UP = 0.25  # share of the steps before the peak
SMOOTHING = 0.1  # of labels, for some are wrong (Szegedy et al. 2016)
QUESTION_BATCH = 512

Images = NDArray[np.uint8]
Places = NDArray[np.int64]


def probe_faces(
    images: Images, labels: Places, folds: Places, config: ProbeConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return out-of-fold probabilities (n, 7) in the order of EMOTIONS, and how unlike a face each image is, (n,).

    Every row, labelled or not, is predicted by a network that saw no row of its fold; where that leaves no label to
    learn from, all emotions are equally probable. Of the second only the order counts; it needs no labels.
    """
    probabilities = np.full((len(images), len(EMOTIONS)), 1 / len(EMOTIONS))
    numbers = np.unique(folds)
    wanted = [(int(fold), network) for fold in numbers for network in range(config.networks)]
    calls = [
        (images, np.where(folds == fold, -1, labels), folds == fold, [fold, network], config)
        for fold, network in wanted
    ]
    work = side_by_side(_ask_one, calls, config.processes)
    said = dict(zip(wanted, progress(work, len(wanted), "probing faces"), strict=True))
    for fold in numbers:
        of_fold = [said[int(fold), network] for network in range(config.networks)]
        probabilities[folds == fold] = np.mean(of_fold, axis=0)
    return probabilities, score_frames(images, config)


def _ask_one(
    images: Images, labels: Places, asked: NDArray[np.bool_], drawn: list[int], config: ProbeConfig
) -> NDArray[np.float64]:
    """Return what a network trained on all rows that have one of `labels` says of the rows `asked`; `drawn` seeds."""
    seen = np.flatnonzero(labels >= 0)
    if len(seen) == 0:
        return np.full((int(asked.sum()), len(EMOTIONS)), 1 / len(EMOTIONS))
    rng = np.random.default_rng([config.seed, *drawn])
    repeatable(int(rng.integers(2**31)), config.threads)
    model = FaceProbe().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in its stub
    _fit(model, torch.from_numpy(images[seen]), torch.from_numpy(labels[seen]), config.epochs, rng)
    said = _ask(model, torch.from_numpy(images[asked])).double().softmax(dim=1)
    return np.asarray(said.numpy())


def _fit(model: nn.Module, faces: Tensor, labels: Tensor, epochs: int, rng: np.random.Generator) -> None:
    steps = epochs * -(-len(faces) // BATCH)
    optimiser = SGD(model.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY, nesterov=True)
    cycle = OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps + 1, pct_start=WARM_UP)
    model.train()
    for _ in range(epochs):
        for rows in torch.from_numpy(rng.permutation(len(faces))).split(BATCH):
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(slightly(batch_of(faces[rows]), rng))
            loss = cross_entropy(logits.float(), labels[rows], label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            cycle.step()


def _ask(model: nn.Module, faces: Tensor) -> Tensor:
    """Return logits (n, 7): for each face the mean of what is said of it and of its mirror image."""
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        answers = [
            (model(batch) + model(batch.flip(dims=(3,)))).float() / 2
            for batch in map(batch_of, faces.split(QUESTION_BATCH))
        ]
    return torch.cat(answers)

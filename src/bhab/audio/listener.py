"""What emotion a clip sounds like to a logistic regression: asked before and after a clip is denoised.

It hears what `bhab.audio.probe` measures of sound, nothing of the words, and is fitted on training clips alone. It is
stored as JSON. Clips are 16 kHz mono int16, shape (samples,).
"""

from collections.abc import Sequence
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from bhab.audio.probe import MAX_SPREAD, STRENGTH, measures
from bhab.errors import TableError
from bhab.schema import EMOTIONS
from bhab.store import read_json, require_emotions

STEPS = 40  # of L-BFGS: stopping early regularises, as in bhab.curation.out_of_fold
DIGITS = 9  # kept of a weight: the last ones depend on the processor


class Listener(BaseModel):
    """A fitted regression; the rows of `weights` and `bias` are in the order of `emotions`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    emotions: list[str]
    trained_on: int
    known: list[bool]  # emotions that a training clip had; the others are never heard
    mean: list[float]
    spread: list[float]
    weights: list[list[float]]
    bias: list[float]

    def hear(self, clip: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return the probability of each emotion, (7,) in the order of EMOTIONS; all alike if it learned nothing."""
        if not self.trained_on:
            return np.full(len(EMOTIONS), 1 / len(EMOTIONS))
        scaled = scale(measures(clip), np.array(self.mean), np.array(self.spread))
        logits = np.where(self.known, np.array(self.weights) @ scaled + np.array(self.bias), -np.inf)
        odds = np.exp(logits - logits.max())
        return np.asarray(odds / odds.sum())


def fit_listener(clips: Sequence[NDArray[np.int16]], labels: NDArray[np.int64]) -> Listener:
    """Return what is learned from `clips` with `labels`, places in EMOTIONS; without clips it hears nothing."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    names, classes = list(EMOTIONS), np.unique(labels)
    known = [place in classes for place in range(len(names))]
    if len(classes) < 2:  # noqa: PLR2004 - one emotion tells nothing apart
        return Listener(emotions=names, trained_on=0, known=known, mean=[], spread=[], weights=[], bias=[])
    sound = np.stack([measures(clip) for clip in clips])  # (clips, measures)
    mean, deviation = sound.mean(axis=0).round(DIGITS), sound.std(axis=0)
    spread = np.where(deviation > 0, deviation, 1).round(DIGITS) + 10.0**-DIGITS  # never 0
    model = LogisticRegression(C=STRENGTH, max_iter=STEPS, class_weight="balanced")
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
        model.fit(scale(sound, mean, spread), labels)
    two = len(classes) == 2  # noqa: PLR2004 - then one row tells both apart
    coefficients = np.concatenate([np.zeros_like(model.coef_), model.coef_]) if two else model.coef_
    intercepts = np.array([0.0, model.intercept_[0]]) if two else model.intercept_
    weights, bias = np.zeros((len(names), sound.shape[1])), np.zeros(len(names))
    weights[classes], bias[classes] = coefficients, intercepts
    return Listener(
        emotions=names,
        trained_on=len(clips),
        known=known,
        mean=mean.tolist(),
        spread=spread.tolist(),
        weights=weights.round(DIGITS).tolist(),
        bias=bias.round(DIGITS).tolist(),
    )


def scale(sound: NDArray[np.float64], mean: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return measures in standard deviations, no row much longer than 1."""
    return np.asarray(np.clip((sound - mean) / spread, -MAX_SPREAD, MAX_SPREAD) / np.sqrt(len(mean)))


def read_listener(path: Path) -> Listener:
    """Return a stored listener. Raises LabelMapError if its emotions are not ours, TableError if it is none."""
    content = read_json(path)
    require_emotions(content.get("emotions"), path)
    try:
        return Listener.model_validate(content)
    except ValidationError as error:
        fault = error.errors()[0]
        raise TableError(f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error

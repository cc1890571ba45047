"""Pictures of training and of a model's errors, as matplotlib figures."""

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure  # not pyplot: no global state, no window
from numpy.typing import NDArray

from bhab.fairness.intervals import wilson
from bhab.schema import EMOTIONS
from bhab.training.calibration import CALIBRATION_BINS, Bin

TRAIN = "#4477aa"  # Tol's bright scheme, told apart by colour-blind readers
VALIDATION = "#ee6677"
DARK_SHARE = 0.5  # of a row; the number on a darker cell is white


def confusion_figure(counts: NDArray[np.int64]) -> Figure:
    """Return the confusion matrix: counts, coloured by their share of the true emotion."""
    figure = Figure(figsize=(6, 5.4))
    axes = figure.subplots()
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)  # (emotions, emotions)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=45, ha="right")
    axes.set_yticks(range(len(EMOTIONS)), EMOTIONS)
    axes.set(xlabel="predicted", ylabel="labelled")
    for row in range(len(EMOTIONS)):
        for column in range(len(EMOTIONS)):
            colour = "white" if shares[row, column] > DARK_SHARE else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    return figure


def curves_figure(history: pa.Table) -> Figure:
    """Return loss and accuracy of training and validation by epoch; a dotted line where the learning rate fell."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs, rates = history["epoch"].to_pylist(), history["learning_rate"].to_pylist()
    steps = zip(epochs[1:], rates[:1] + rates, rates, rates[1:], strict=False)  # not one that falls all the time
    falls = [now for now, earlier, before, rate in steps if rate < before == earlier]
    for axes, what in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for part, colour in (("train", TRAIN), ("validation", VALIDATION)):
            axes.plot(epochs, history[f"{part}_{what}"].to_pylist(), "o-", markersize=3, color=colour, label=part)
        for epoch in falls:
            axes.axvline(epoch - 0.5, linestyle=":", color="grey")
        axes.set(xlabel="epoch", ylabel=what)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend()
    return figure


def reliability_figure(bins: list[Bin]) -> Figure:
    """Return how often predictions were right by how sure they were, with 95 % intervals, over how many there were."""
    figure = Figure(figsize=(4.6, 5.2))
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="calibrated")
    confidence, n = [b.confidence for b in bins], [b.n for b in bins]
    shares = [wilson(b.hits, b.n) for b in bins]
    ends = [[s.value - s.low for s in shares], [s.high - s.value for s in shares]]
    axes.errorbar(confidence, [s.value for s in shares], ends, fmt="o", markersize=4, color=TRAIN)
    axes.set(ylabel="share that is right", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.legend()
    below.bar(confidence, n, 0.7 / CALIBRATION_BINS, color=TRAIN)
    below.set(xlabel="confidence", ylabel="faces")
    return figure

"""Pictures of the learned voice, as matplotlib figures: how it reads, what it says, how it learned."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.axes import Axes
from matplotlib.figure import Figure  # not pyplot: no global state, no window

from bhab.audio.mel import Mel
from bhab.schema import MEL_HOP, SPEECH_RATE_HZ
from bhab.training.figures import TRAIN, VALIDATION
from bhab.training.voice_gate import Trial

COLUMNS = 4
MELS_SHOWN = 3


def alignments_figure(trials: Sequence[Trial]) -> Figure:
    """Return what was read when: one panel for each held-out sentence, time to the right, the text upwards."""
    rows = max(1, -(-len(trials) // COLUMNS))
    figure = Figure(figsize=(3 * COLUMNS, 2.7 * rows), layout="constrained")
    panels = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes in panels[len(trials) :]:
        axes.remove()
    for axes, trial in zip(panels, trials, strict=False):
        weights = trial.told.alignment.T  # (characters, steps)
        axes.imshow(weights, origin="lower", aspect="auto", cmap="Blues", vmin=0, vmax=1, interpolation="none")
        axes.set_title(f"{trial.clip.emotion}, r = {trial.alignment.diagonality:.3f}", fontsize=9)
        axes.set(xlabel="decoder step", ylabel="character")
    return figure


def mels_figure(trials: Sequence[Trial]) -> Figure:
    """Return mel spectrograms of some held-out sentences: as spoken, and as Tacotron 2 says them."""
    shown = trials[:MELS_SHOWN]
    rows = max(1, len(shown))
    figure = Figure(figsize=(12, 2.4 * rows), layout="constrained")
    panels = figure.subplots(rows, 2, squeeze=False)
    for (left, right), trial in zip(panels, shown, strict=False):
        _mel(left, trial.clip.mel, f"{trial.clip.emotion}: reference")
        _mel(right, trial.told.mel, f"{trial.clip.emotion}: Tacotron 2")
    return figure


def _mel(axes: Axes, mel: Mel, title: str) -> None:
    seconds = len(mel) * MEL_HOP / SPEECH_RATE_HZ
    axes.imshow(
        mel.T,
        origin="lower",
        aspect="auto",
        interpolation="none",
        cmap="magma",
        extent=(0, seconds, 0, mel.shape[1]),
        vmin=-4.6,
        vmax=4,
    )
    axes.set_title(title, fontsize=9)
    axes.set(xlabel="s", ylabel="mel band")


def voice_curves_figure(history: pa.Table) -> Figure:
    """Return the losses of both networks by epoch."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    for axes, network in zip(figure.subplots(1, 2), ("tacotron2", "waveglow"), strict=True):
        rows = history.filter(pc.equal(history["network"], network))
        for part, colour in (("train", TRAIN), ("validation", VALIDATION)):
            axes.plot(
                rows["epoch"].to_pylist(),
                rows[f"{part}_loss"].to_pylist(),
                "o-",
                markersize=2,
                color=colour,
                label=part,
            )
        axes.set(xlabel="epoch", ylabel="loss", title=network)
        axes.legend()
    return figure

"""Figures of the report's pages: dots with 95 % intervals, readable without colour."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008), told apart by people with any kind of colour blindness; the yellow is too pale on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#767676"
BAND = "#f5f6f7"  # behind every other emotion, to keep its dots together
ROW_IN = 0.34  # inches for one row of a figure
WIDTH_IN = 7.0
SPLITS_SHOWN = ("validation", "test")
STEPS = 20  # of 0 to 1, on an axis that does not show all of it

LEAKS = {"all": "all test faces", "without_leaked": "without those that have a twin in training"}

Json = Mapping[str, Any]


def accuracy_by_group(scored: Json) -> "Figure":
    """Return a dot and whisker for each scored group of {attribute, groups}, worst on top."""
    rows = [row for row in scored["groups"] if row["score"]]
    figure, axes = _canvas(len(rows))
    for y, row in enumerate(rows):
        colour = COLOURS[0] if row["named"] else GREY
        _dot(axes, y, row["score"], colour, "o")
    axes.set_yticks(range(len(rows)), [f"{row['group']}  (n {row['n']:,})" for row in rows])
    axes.set_xlabel(f"accuracy by {scored['attribute']}, with 95 % interval")
    return figure


def recall_by_group(scored: Json) -> "Figure":
    """Return recall of the emotions with a gap, a dot and whisker for each named group, the largest gap on top."""
    groups = sorted(row["group"] for row in scored["groups"] if row["named"] and row["score"])
    parts = sorted(
        (part for part in scored["emotions"] if part["gap"]), key=lambda part: (-part["gap"]["value"], part["emotion"])
    )
    height = max(1.0, len(groups) * 0.45)  # rows of one emotion, in units of ROW_IN
    figure, axes = _canvas(len(parts), height)
    offsets = (np.arange(len(groups)) - (len(groups) - 1) / 2) * min(0.22, 0.7 / len(groups))
    for y, part in enumerate(parts):
        if y % 2:
            axes.axhspan(y - 0.5, y + 0.5, color=BAND, linewidth=0)
        for row in part["groups"]:
            if row["score"] and row["named"]:
                place = groups.index(row["group"])
                _dot(axes, y + offsets[place], row["score"], *_style(place))
    axes.set_yticks(range(len(parts)), [part["emotion"] for part in parts])
    axes.set_xlabel(f"recall by emotion and {scored['attribute']}, with 95 % interval")
    _legend(axes, groups)
    return figure


def gains_by_transform(transforms: Sequence[Json]) -> "Figure":
    """Return the gain of each {transform, validation, test} over none, a dot and whisker a split, in their order."""
    from matplotlib.ticker import AutoLocator

    rows = [row for row in transforms if any(row[split] and row[split]["gain"] for split in SPLITS_SHOWN)]
    figure, axes = _canvas(len(rows), len(SPLITS_SHOWN) / 2)
    ends = [0.01]
    for y, row in enumerate(rows):
        for place, split in enumerate(SPLITS_SHOWN):
            gain = row[split] and row[split]["gain"]
            if gain:
                _dot(axes, y + 0.3 * (place - 0.5), gain, *_style(place))
                ends += [abs(gain["low"]), abs(gain["high"])]
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_xlim(-1.1 * max(ends), 1.1 * max(ends))
    axes.xaxis.set_major_locator(AutoLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.1f}")
    axes.set_yticks(range(len(rows)), [row["transform"] for row in rows])
    axes.set_xlabel("gain in accuracy over no augmentation, points, with 95 % interval over faces")
    _legend(axes, SPLITS_SHOWN)
    return figure


def accuracy_of_models(rows: Sequence[Json]) -> "Figure":
    """Return dots and whiskers of {model, all, without_leaked}: the standard figure, and under it the leak-free one.

    The axis goes as far as intervals reach: differences of models are small beside 0 to 1.
    """
    figure, axes = _canvas(len(rows), 1.3)
    parts = [(key, words) for key, words in LEAKS.items() if any(row[key] for row in rows)]
    for place, (key, _) in enumerate(parts):
        for y, row in enumerate(rows):
            if row[key]:
                _dot(axes, y + (place - (len(parts) - 1) / 2) * 0.3, row[key], *_style(place))
    ends = [row[key][end] for row in rows for key, _ in parts if row[key] for end in ("low", "high")]
    steps = np.arange(np.floor(min(ends) * STEPS), np.ceil(max(ends) * STEPS) + 1) / STEPS
    axes.set_xlim(steps[0], steps[-1])
    axes.set_xticks(steps)
    axes.set_yticks(range(len(rows)), [row["model"] for row in rows])
    axes.set_xlabel("accuracy on test faces, with 95 % interval")
    _legend(axes, [words for _, words in parts])
    return figure


def _canvas(rows: int, height: float = 1.0) -> tuple["Figure", "Axes"]:
    """Return a figure that is never shown on a screen, and its axes from 0 to 1 with row 0 on top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, 0.9 + ROW_IN * height * max(rows, 1)))
    axes = figure.add_subplot()
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(rows, 1) - 0.5, -0.5)
    return figure, axes


def _dot(axes: "Axes", y: float, score: Json, colour: str, marker: str) -> None:
    axes.plot([score["low"], score["high"]], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot([score["value"]], [y], marker=marker, color=colour, markersize=6, linestyle="none")


def _style(place: int) -> tuple[str, str]:
    return COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]


def _legend(axes: "Axes", groups: Sequence[str]) -> None:
    for place, group in enumerate(groups):
        colour, marker = _style(place)
        axes.plot([], [], marker=marker, color=colour, markersize=6, linewidth=1.6, label=group)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(4, max(1, len(groups))), frameon=False, fontsize=9)

"""What an audit compares, and what it makes of what does not agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bhab.claims.printed import Printed, Range, as_printed


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure, or one statement, beside what follows from the rest of the work."""

    check: str
    where: str
    name: str
    printed: str
    found: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What a check is about: a title, the sentence about what it found, and what follows for a reader."""

    kind: Literal["arithmetic", "method"]
    title: str
    says: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything one check found at one place. Each cell is {name, printed, found}."""

    check: str
    kind: str
    title: str
    where: str
    cells: tuple[dict[str, str], ...]
    sentence: str
    why: str


CHECKS: Mapping[str, Check] = {
    "column_sum": Check(
        "arithmetic",
        "The rows do not sum to the printed total",
        "prints a total that its rows do not sum to",
        "A row or the total is wrong, and with it every share that was computed from them.",
    ),
    "row_sum": Check(
        "arithmetic",
        "A row does not sum to its own total",
        "has a row whose cells do not sum to its total",
        "A cell or the row's total is wrong.",
    ),
    "share_sum": Check(
        "arithmetic",
        "The shares do not sum to one",
        "prints shares that do not sum to one, however they were rounded",
        "A share is wrong, or a class is missing.",
    ),
    "share_of_count": Check(
        "arithmetic",
        "A share does not follow from its count",
        "prints shares that its own counts do not give",
        "A count or a share is wrong.",
    ),
    "average": Check(
        "arithmetic",
        "An average does not follow from the rows",
        "prints an average that its rows do not give",
        "The rows and their average come from different runs, or one was typed wrongly.",
    ),
    "f1": Check(
        "arithmetic",
        "F1 does not follow from precision and recall",
        "prints F1 scores that its precisions and recalls do not give",
        "One of the three is wrong.",
    ),
    "accuracy": Check(
        "arithmetic",
        "Accuracy does not follow from recalls and supports",
        "prints an accuracy that is not the mean of its recalls, weighted by support",
        "Accuracy is that mean by definition; the figures come from different runs.",
    ),
    "whole_hits": Check(
        "arithmetic",
        "No whole number of hits gives this recall",
        "prints a recall that no whole number of hits out of its support gives",
        "Recall is hits over support (the GRIM test of Brown and Heathers 2017); one of them is wrong.",
    ),
    "confusion_support": Check(
        "arithmetic",
        "Supports are not the row sums of the confusion matrix",
        "prints supports that are not the row sums of its confusion matrix",
        "The two come from different sets of samples.",
    ),
    "confusion_recall": Check(
        "arithmetic",
        "Recall does not follow from the confusion matrix",
        "prints recalls that its confusion matrix does not give (diagonal over row sum)",
        "The matrix and the scores cannot be of the same model on the same samples.",
    ),
    "confusion_precision": Check(
        "arithmetic",
        "Precision does not follow from the confusion matrix",
        "prints precisions that its confusion matrix does not give (diagonal over column sum)",
        "The matrix and the scores cannot be of the same model on the same samples.",
    ),
    "confusion_accuracy": Check(
        "arithmetic",
        "Accuracy does not follow from the confusion matrix",
        "prints an accuracy that its confusion matrix does not give (diagonal over all)",
        "The matrix and the accuracy cannot be of the same model on the same samples.",
    ),
    "equal_errors": Check(
        "arithmetic",
        "All mistakes of a class are the same number",
        "has rows in which every mistake occurs equally often, which chance does not do",
        "Counting mistakes does not give this; the cells were probably filled in.",
    ),
    "same_quantity": Check(
        "arithmetic",
        "One quantity is printed with different values",
        "is printed with different values",
        "At most one of them is right.",
    ),
    "curve_end": Check(
        "arithmetic",
        "A curve does not end at the printed figure",
        "is a curve that does not end at the figure printed for it",
        "The curve and the figure are of different runs.",
    ),
    "label_map": Check(
        "arithmetic",
        "Names stand on the wrong rows",
        "carry class names in another order than the codes they stand for",
        "Every score printed beside these names belongs to another class.",
    ),
    "training_accuracy": Check(
        "method",
        "Training accuracy is published as a result",
        "is published with an accuracy computed on rows it was trained on",
        "It says how well the model remembers, not how well it recognises anyone new.",
    ),
    "no_held_out_data": Check(
        "method",
        "No data was held out",
        "was judged without any data that training did not see",
        "No figure in it says how the model does on a new face.",
    ),
    "validation_is_training": Check(
        "method",
        "Validation accuracy equals training accuracy",
        "has a validation accuracy equal to its training accuracy, on sets merged before they were split",
        "A model does worse on new rows than on those it has seen: training rows are probably in validation (leakage).",
    ),
    "no_recurrent_layer": Check(
        "method",
        "A recurrent network without a recurrent layer",
        "is described as recurrent, while none of its layers is",
        "The architecture that was described is not the one that was measured.",
    ),
    "dropout_at_evaluation": Check(
        "method",
        "Dropout stays on at evaluation",
        "is judged with dropout left on",
        "Each evaluation gives other figures, and none is that of the whole model.",
    ),
    "pickled": Check(
        "method",
        "An artefact is a pickle",
        "comes with an artefact whose loading runs code",
        "Loading it runs whatever code is in it, and no other program can read it.",
    ),
}


def against(check: str, where: str, name: str, figure: Printed, found: Range) -> Compared:
    """Return a printed figure beside the range that follows from other figures."""
    middle = (found[0] + found[1]) / 2
    return Compared(check, where, name, figure.text, as_printed(middle, figure), figure.meets(found))


def grouped(compared: Iterable[Compared]) -> list[Finding]:
    """Return a finding for each check and place at which something does not agree, in the order of CHECKS."""
    found: dict[tuple[str, str], list[Compared]] = {}
    for one in compared:
        if not one.agrees:
            found.setdefault((one.check, one.where), []).append(one)
    order = list(CHECKS)
    return [
        _finding(CHECKS[check], cells)
        for (check, _), cells in sorted(found.items(), key=lambda i: order.index(i[0][0]))
    ]


def _finding(check: Check, cells: list[Compared]) -> Finding:
    first = cells[0]
    told = "{c.name}: {c.found}" if check.kind == "method" else "{c.name} printed {c.printed}, found {c.found}"
    said = "; ".join(told.format(c=c) for c in cells)
    return Finding(
        check=first.check,
        kind=check.kind,
        title=check.title,
        where=first.where,
        cells=tuple({"name": c.name, "printed": c.printed, "found": c.found} for c in cells),
        sentence=f"{first.where} {check.says}: {said}",
        why=check.why,
    )

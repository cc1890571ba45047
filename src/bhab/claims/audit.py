"""What was published, typed in as data: tables, figures that are printed twice, curves, label maps, models.

An audit is a YAML file whose scalars stay text, so that a printed 0.80 keeps its second decimal. Where the rows of a
table are not at hand, `rows_sum` may state what somebody recorded as their sum, with the source of that statement.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from bhab.claims.printed import Figure, Printed
from bhab.claims.references import REFERENCES
from bhab.config import Section
from bhab.errors import ClaimError

Role = Literal["count", "total", "share", "precision", "recall", "f1", "support"]
Average = Literal["macro", "weighted"]


class Part(Section):
    """A part of a published work: its place there, and where the figures typed in here were read."""

    where: str
    source: str


class Table(Part):
    """One table. Rows are in the order of `columns`; an empty cell is `-`."""

    columns: dict[str, Role] = Field(min_length=1)
    rows: dict[str, tuple[Figure | None, ...]] = Field(default_factory=dict)
    rows_sum: dict[str, Figure] = Field(default_factory=dict, description="by column, where the rows are not at hand")
    totals: dict[str, Figure] = Field(default_factory=dict, description="as printed, by column")
    averages: dict[Average, dict[str, Figure]] = Field(default_factory=dict)
    accuracy: Figure | None = None
    confusion: dict[str, tuple[int, ...]] = Field(default_factory=dict, description="rows are true classes")

    @model_validator(mode="before")
    @classmethod
    def _dashes_are_empty(cls, value: object) -> object:
        if isinstance(value, dict) and isinstance(value.get("rows"), dict):
            rows = {name: [None if cell == "-" else cell for cell in row] for name, row in value["rows"].items()}
            return value | {"rows": rows}
        return value

    @model_validator(mode="after")
    def _fits_its_columns(self) -> Self:
        for name, row in self.rows.items():
            if len(row) != len(self.columns):
                raise ValueError(f"row {name!r} has {len(row)} cells, expected {len(self.columns)}")
        stated = {*self.rows_sum, *self.totals, *(c for average in self.averages.values() for c in average)}
        if stated - set(self.columns):
            raise ValueError(f"{sorted(stated - set(self.columns))} are no columns of the table")
        for name, cells in self.confusion.items():
            if len(cells) != len(self.confusion) or (self.rows and name not in self.rows):
                raise ValueError(f"row {name!r} of the confusion matrix does not fit the {len(self.confusion)} classes")
        return self

    def column(self, name: str) -> dict[str, Printed]:
        """Return the cells of a column that are not empty, by row."""
        place = list(self.columns).index(name)
        return {row: cell for row, cells in self.rows.items() if (cell := cells[place]) is not None}

    def is_full(self, column: str) -> bool:
        """Return whether the table has rows, and each of them a figure in this column."""
        return 0 < len(self.column(column)) == len(self.rows)

    def of_role(self, role: Role) -> str | None:
        """Return the first column with this role, None if there is none."""
        return next((name for name, own in self.columns.items() if own == role), None)

    def by_role(self, role: Role) -> dict[str, Printed]:
        """Return the cells of the first column with this role, by row; nothing if there is none."""
        name = self.of_role(role)
        return {} if name is None else self.column(name)


class Mention(Section):
    """A figure and where it is printed."""

    where: str
    value: Figure


class Quantity(Section):
    """One quantity that is printed in several places."""

    what: str
    source: str
    printed: tuple[Mention, ...] = Field(min_length=2)


class Curve(Part):
    """A curve whose last point is also printed as a figure."""

    printed: Figure
    points: tuple[Figure, ...] = Field(min_length=1)


class LabelMap(Part):
    """Counts printed beside class names, and the well-known set they should be of."""

    supports: dict[str, int] = Field(min_length=1)
    reference: Literal[tuple(REFERENCES)]  # type: ignore[valid-type]  # the names are data


class Result(Section):
    """An accuracy that was published, and the rows it was computed on."""

    what: str
    value: Figure | None = None
    computed_on: Literal["training", "validation", "test"]
    equals_training: bool = Field(default=False, description="recorded as equal to the accuracy on training rows")
    merged: bool = Field(default=False, description="its rows and the training rows come from sets that were merged")


class Model(Part):
    """A model as it was described, and as it was built."""

    described_as: str
    layers: tuple[str, ...] = Field(default=(), description="as the model's summary lists them")
    recurrent: bool = Field(default=False, description="the description says it has a recurrent layer")
    dropout_at_evaluation: str | None = Field(
        default=None, description="`off`, or what keeps it on, as the code has it"
    )
    held_out: bool | None = Field(default=None, description="whether any data was held out; empty if nothing says so")
    results: tuple[Result, ...] = ()
    artefacts: dict[str, str] = Field(default_factory=dict, description="format by name")


class Audit(Section):
    """One published work."""

    title: str
    source: str
    tables: tuple[Table, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    curves: tuple[Curve, ...] = ()
    label_maps: tuple[LabelMap, ...] = ()
    models: tuple[Model, ...] = ()

    @model_validator(mode="after")
    def _places_are_unique(self) -> Self:
        places = [part.where for part in self.parts()]
        twice = sorted({p for p in places if places.count(p) > 1})
        if twice:
            raise ValueError(f"found {twice} more than once, expected a place for each part")
        return self

    def parts(self) -> tuple[Part, ...]:
        """Return everything of the work that has a place of its own."""
        return (*self.tables, *self.curves, *self.label_maps, *self.models)


def load_audit(path: Path) -> Audit:
    """Read an audit. Raises ClaimError with one line for each thing that is wrong."""
    try:
        return Audit.model_validate(read_yaml_text(path))
    except ValidationError as error:
        raise ClaimError(faults_of(path, error)) from error


def load_audits(folder: Path) -> dict[str, Audit]:
    """Return every audit in `folder` by the name of its file."""
    return {path.stem: load_audit(path) for path in sorted(folder.glob("*.yaml"))}


def read_yaml_text(path: Path) -> object:
    """Return YAML with every scalar as text. Raises ClaimError if there is no such file or it is not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except FileNotFoundError as error:
        raise ClaimError(f"{path}: no such file") from error
    except yaml.YAMLError as error:
        raise ClaimError(f"{path}: not YAML ({error})") from error


def faults_of(path: Path, error: ValidationError) -> str:
    """Return one line for each fault of a file that does not fit its class."""
    faults: Sequence[str] = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return "\n".join(f"{path}: {fault}" for fault in faults)

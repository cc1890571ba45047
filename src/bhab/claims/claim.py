"""claims.yaml: figures of our own documents, each bound to where it comes from.

A claim quotes the words of the document, so that changed words break it, and says one of:
- query: a path into a JSON or YAML file, or an aggregate over a Parquet table, recomputed each time;
- measured: a run on real data or a benchmark that is not repeated here, with its command and date;
- quoted: the work of others that says so.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from bhab.claims.audit import faults_of, read_yaml_text
from bhab.claims.printed import printed
from bhab.config import Section
from bhab.errors import ClaimError

OWN_OUTPUTS = ("reports/metrics/claims.json", "reports/site")  # a claim on these would be about itself


class Query(Section):
    """Where a figure is recomputed from: `path` in a JSON or YAML file, or `where` and `column` of a Parquet table."""

    file: str = Field(description="from the project's root")
    path: str | None = Field(
        default=None, description="keys with dots between them; * is every one of a list or object"
    )
    where: dict[str, str] = Field(default_factory=dict, description="columns of a table and the values they must have")
    column: str | None = Field(default=None, description="of a table; none needed to count rows")
    take: Literal["value", "count", "sum", "mean"] = "value"

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> Self:
        if self.file.startswith(OWN_OUTPUTS):
            raise ValueError(f"{self.file} is made from the claims; name what it was made from")
        if self.file.endswith(".parquet") == (self.path is not None):
            raise ValueError(f"{self.file}: expected `path` for JSON or YAML, and no `path` for a Parquet table")
        if self.path is None and (self.take == "value" or (self.column is None) != (self.take == "count")):
            raise ValueError("a table gives a count, or the sum or mean of a column")
        return self


class Measured(Section):
    """A run that is not repeated here."""

    command: str
    date: str
    on: str = Field(description="data and machine")


class Claim(Section):
    """One figure of a document."""

    id: str
    document: str
    says: str = Field(description="words of the document, line breaks aside, with the figure in them")
    value: str | None = Field(default=None, description="the figure; of a query only")
    query: Query | None = None
    measured: Measured | None = None
    quoted: str | None = Field(default=None, description="the work that says so")
    tolerance: float | None = Field(default=None, gt=0, description="in the unit of the query; else how it was rounded")

    @model_validator(mode="after")
    def _has_one_source_and_its_figure(self) -> Self:
        if sum(source is not None for source in (self.query, self.measured, self.quoted)) != 1:
            raise ValueError("expected one of `query`, `measured`, `quoted`")
        if (self.value is None) != (self.query is None):
            raise ValueError("expected `value` beside `query`, and beside nothing else")
        if self.value is not None:
            printed(self.value)
            if self.says.count(self.value) != 1:
                raise ValueError(f"`says` holds {self.value!r} {self.says.count(self.value)} times, expected once")
        return self


class Ignored(Section):
    """Words of a document with digits in them that are no result."""

    says: str
    because: str


class Claims(Section):
    """claims.yaml. Each figure of `documents` is a claim, ignored, or listed as unbound."""

    documents: tuple[str, ...]
    claims: tuple[Claim, ...]
    ignore: tuple[Ignored, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [claim.id for claim in self.claims]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"found {twice} more than once, expected an id for each claim")
        strange = sorted({c.document for c in self.claims} - set(self.documents))
        if strange:
            raise ValueError(f"claims on {strange}, expected only those of {list(self.documents)}")
        return self


def load_claims(path: Path) -> Claims:
    """Read claims.yaml. Raises ClaimError with one line for each thing that is wrong."""
    try:
        return Claims.model_validate(read_yaml_text(path))
    except ValidationError as error:
        raise ClaimError(faults_of(path, error)) from error

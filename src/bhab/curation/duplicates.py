"""Which samples have equal content, and what that breaks: leakage between published splits, contradicting labels."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from bhab.schema import DUPLICATES, Modality, Split, arrow_schema


@dataclass(frozen=True, slots=True)
class ExactFigures:
    """How many samples of one modality share their content with another, and what follows."""

    groups: int
    items: int
    redundant: int
    groups_spanning_splits: int
    test_items_with_train_twin: int
    contradicting_groups: int
    contradicting_items: int


def exact_duplicates(samples: pa.Table, modality: Modality) -> pa.Table:
    """Return DUPLICATES: one row for each sample whose content another sample of this table has too."""
    frame = samples.select(["sample_id", "content_sha256", "source_split", "emotion"]).to_pandas()
    twins = frame[frame["content_sha256"].duplicated(keep=False)].sort_values("sample_id")
    groups = twins.groupby("content_sha256", sort=False)
    found = pd.DataFrame(
        {
            "sample_id": twins["sample_id"],
            "modality": str(modality),
            "duplicate_group": groups["sample_id"].transform("min"),
            "redundant": twins["content_sha256"].duplicated(),
            "spans_splits": groups["source_split"].transform("nunique") > 1,
            "contradicts": groups["emotion"].transform("nunique") > 1,
        }
    )
    return pa.Table.from_pandas(found, schema=arrow_schema(DUPLICATES), preserve_index=False)


def exact_figures(samples: pa.Table, duplicates: pa.Table) -> ExactFigures:
    """Count what `exact_duplicates(samples)` found."""
    found = duplicates.to_pandas()
    published = samples.select(["sample_id", "source_split"]).to_pandas().set_index("sample_id")["source_split"]
    split = found["sample_id"].map(published)
    train_groups = found.loc[split == Split.TRAIN, "duplicate_group"]
    return ExactFigures(
        groups=found["duplicate_group"].nunique(),
        items=len(found),
        redundant=int(found["redundant"].sum()),
        groups_spanning_splits=found.loc[found["spans_splits"], "duplicate_group"].nunique(),
        test_items_with_train_twin=int(((split == Split.TEST) & found["duplicate_group"].isin(train_groups)).sum()),
        contradicting_groups=found.loc[found["contradicts"], "duplicate_group"].nunique(),
        contradicting_items=int(found["contradicts"].sum()),
    )

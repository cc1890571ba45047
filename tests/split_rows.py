"""The split of a few faces, without votes."""

from curation_rows import faces, pairs

from bhab.config import SourceConfig, SplitConfig
from bhab.curation.duplicates import exact_duplicates
from bhab.curation.groups import groups
from bhab.schema import LABELS, Modality
from bhab.store import table_of
from pipelines import split as stage

CONFIG = SplitConfig(
    salt="test",
    validation_fraction=0.1,
    test_fraction=0.1,
    deduplicate=True,
    contradictions="drop",
    drop_near=False,
)
TERMS = {"adapter": "image_folder", "modality": "faces", "root": "x", "licence": "MIT", "consent": "synthetic"}
SOURCES = {
    "corpus": SourceConfig(**TERMS),
    "bench": SourceConfig(**TERMS, keep_split=True),
    "bench3": SourceConfig(**TERMS, keep_split=True),
}


def before(table, near=()):
    """What the stages before find in these faces, without votes; `near` are pairs of names."""
    row = {"modality": "faces", "origin": "source", "n_votes": 0}
    return stage.Before(
        groups=groups(table, pairs(*near), Modality.FACES),
        pairs=pairs(*near),
        duplicates=exact_duplicates(table, Modality.FACES),
        labels=table_of([row | emotion for emotion in table.select(["sample_id", "emotion"]).to_pylist()], LABELS),
    )


def divide(rows, config=CONFIG, near=()):
    table = faces(*rows)
    return stage.split({Modality.FACES: table}, before(table, near), SOURCES, config)


def splits_of(divided):
    return {row["sample_id"].lstrip("0"): row["split"] for row in divided.splits.to_pylist()}


def reasons_of(divided):
    return {row["source_key"].removesuffix(".raw"): row["reason"] for row in divided.rejects.to_pylist()}

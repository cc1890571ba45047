from pathlib import Path

import pytest

from bhab.config import load_params
from bhab.errors import TableError
from bhab.lineage.trace import trace
from bhab.schema import (
    AUGMENTED,
    DUPLICATES,
    EMOTIONS,
    FACE_BYTES,
    FACES,
    FINDINGS,
    GROUPS,
    LABEL_ISSUES,
    LABELS,
    PAIRS,
    PREDICTIONS,
    PROBE,
    REJECTS,
    SPLITS,
    sample_id,
)
from bhab.store import table_of, write_shards, write_table

PARAMS = load_params(Path("params.yaml"))
SOURCE = "synthetic_faces"
FACE, TWIN, GONE = (sample_id(SOURCE, key) for key in ("17", "18", "19"))
LIKELY = {f"p_{emotion}": 0.0 for emotion in EMOTIONS} | {"p_happy": 0.75, "p_sad": 0.25}


def face(key):
    return {
        "sample_id": sample_id(SOURCE, key),
        "content_sha256": "",
        "source": SOURCE,
        "source_key": key,
        "source_split": "train",
        "source_label": "3",
        "emotion": "happy",
        "subject_id": None,
        "licence": "MIT",
        "consent": "synthetic",
        "image": bytes(FACE_BYTES),
        "source_width_px": 48,
        "source_height_px": 48,
        "brightness": 0.0,
        "contrast": 0.0,
        "sharpness": 0.0,
    }


def issue(**told):
    return {
        "sample_id": FACE,
        "modality": "faces",
        "source": SOURCE,
        "emotion": "sad",
        "suggested": "happy",
        "p_given": 0.25,
        "p_suggested": 0.75,
        "score": 0.9,
        "rank": 1,
        "flagged": True,
        **told,
    }


TABLES = {
    "interim/curation/duplicates": (
        DUPLICATES,
        [
            {
                "sample_id": i,
                "modality": "faces",
                "duplicate_group": FACE,
                "redundant": i != FACE,
                "spans_splits": False,
                "contradicts": True,
            }
            for i in (FACE, TWIN)
        ],
    ),
    "interim/curation/pairs": (
        PAIRS,
        [
            {
                "one_id": FACE,
                "other_id": "f" * 20,
                "modality": "faces",
                "kind": "mirrored",
                "similarity": 0.99,
                "spans_splits": False,
                "contradicts": False,
            }
        ],
    ),
    "interim/curation/groups": (
        GROUPS,
        [{"sample_id": i, "modality": "faces", "group_id": FACE} for i in (FACE, TWIN)],
    ),
    "interim/quality/findings": (
        FINDINGS,
        [
            {"sample_id": FACE, "modality": "faces", "check": check, "score": 0.5, "flagged": flagged}
            for check, flagged in (("face_blurred", True), ("face_dark", False))
        ],
    ),
    "interim/labels/labels": (
        LABELS,
        [
            {
                "sample_id": FACE,
                "modality": "faces",
                "emotion": "sad",
                "origin": "annotators",
                "n_votes": 3,
                "agreement": 2 / 3,
                "source_agreement": 0.8,
            }
        ],
    ),
    "interim/probe/faces": (PROBE, [{"sample_id": FACE, "modality": "faces", "fold": 1, "outlier": 0.0, **LIKELY}]),
    "interim/suspects/label_issues": (LABEL_ISSUES, [issue()]),
    "processed/split/splits": (
        SPLITS,
        [
            {
                "sample_id": FACE,
                "modality": "faces",
                "source": SOURCE,
                "emotion": "sad",
                "group_id": FACE,
                "split": "train",
                "leaked": False,
            }
        ],
    ),
    "processed/split/rejects": (
        REJECTS,
        [{"source": SOURCE, "source_key": "18", "stage": "split", "reason": "duplicate", "detail": "content equal"}],
    ),
    "interim/rejects": (
        REJECTS,
        [{"source": SOURCE, "source_key": "19", "stage": "ingest", "reason": "file_empty", "detail": "0 bytes"}],
    ),
    "processed/predictions/light_cnn": (
        PREDICTIONS,
        [
            {
                "sample_id": FACE,
                "model": "light_cnn",
                "split": "test",
                "emotion": "sad",
                "predicted": "happy",
                "leaked": False,
                **LIKELY,
            }
        ],
    ),
}
TAKEN_IN = (
    "ingest",
    "synthetic_faces '17' became a row of faces, by adapter fer2013_csv from data/raw/synthetic/faces; published as "
    "train, of a person the source does not name; its label '3' stands for happy.",
)
GROUPED = ("curate", f"It is in a group of 2 that share a split, {FACE}.")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write_shards(table_of([face("17"), face("18")], FACES), folder / "data/interim/faces", 2)
    for name, (columns, rows) in TABLES.items():
        write_table(table_of(rows, columns), folder / "data" / f"{name}.parquet")
    child = {"sample_id": "child", "parent_id": FACE, "emotion": "sad", "image": bytes(FACE_BYTES)}
    write_shards(table_of([child | {"sample_id": "c" * 20}], AUGMENTED), folder / "data/processed/faces_augmented", 2)
    return folder


def told(events):
    return [(event.stage, event.sentence) for event in events]


def test_the_life_of_a_kept_sample(project):
    assert told(trace(project, FACE, PARAMS)) == [
        TAKEN_IN,
        ("curate", f"Its content is equal to that of {TWIN}, and their labels contradict."),
        ("curate", f"It is the mirror image of {'f' * 20} (similarity 0.990)."),
        GROUPED,
        ("quality", "2 checks, flagged by face_blurred (0.5)."),
        (
            "labels",
            "Its label is sad, given by its annotators; 3 annotators voted, 67% of them for it; 80% of the votes that "
            "the source published are for its own.",
        ),
        ("probe", "A model that saw nothing of its group expects happy 75%, sad 25%."),
        ("suspect", "It is flagged: its label is wrong with probability 0.90, happy is suggested; rank 1."),
        ("split", "It is used for train, as sad."),
        ("augment", f"Augmented children: {'c' * 20}."),
        ("evaluate_fer@light_cnn", "light_cnn says happy, but its label is sad: happy 75%, sad 25%."),
    ]


@pytest.mark.parametrize(
    ("sample", "life"),
    [
        pytest.param(
            f"{SOURCE}:18",
            [
                (TAKEN_IN[0], TAKEN_IN[1].replace("17", "18")),
                ("curate", f"Its content is equal to that of {FACE}, and their labels contradict."),
                GROUPED,
                ("split", f"{SOURCE} '18' was dropped: duplicate, content equal."),
            ],
            id="left out by the split, asked for by its source's name",
        ),
        pytest.param(GONE, [("ingest", f"{SOURCE} '19' was dropped: file_empty, 0 bytes.")], id="never taken in"),
    ],
)
def test_the_life_of_a_dropped_sample(project, sample, life):
    assert told(trace(project, sample, PARAMS)) == life


def test_a_sample_that_nobody_knows_is_explained(project):
    with pytest.raises(TableError, match="no sample or reject 'nobody', expected a sample_id of 20 hexadecimal digits"):
        trace(project, "nobody", PARAMS)


def test_stages_that_did_not_run_say_nothing(project, tmp_path):
    write_shards(table_of([face("17")], FACES), tmp_path / "data/interim/faces", 2)
    assert told(trace(tmp_path, FACE, PARAMS)) == [TAKEN_IN]

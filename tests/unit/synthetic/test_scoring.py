from pathlib import Path

import pytest

from bhab.errors import TableError
from bhab.schema import DUPLICATES, FINDINGS, REJECTS, SPEECH, Modality, arrow_schema, sample_id
from bhab.store import table_of
from bhab.synthetic.plan import FaultKind
from bhab.synthetic.scoring import Planted, Score, observe, planted_faults, scores, unchecked
from pipelines.faults import faults

SOURCE = "synthetic_speech"


def planted(kind, *keys, modality=Modality.SPEECH, source=SOURCE):
    return Planted(kind, modality, source, keys)


def reject(key, reason, source=SOURCE):
    return {"source": source, "source_key": key, "stage": "ingest", "reason": reason, "detail": ""}


def duplicate(key, group, *, redundant=False, spans=False):
    own = {"sample_id": sample_id(SOURCE, key), "modality": "speech", "duplicate_group": group}
    return own | {"redundant": redundant, "spans_splits": spans, "contradicts": False}


def finding(key, *, flagged=True):
    own = {"sample_id": sample_id(SOURCE, key), "modality": "speech", "check": "audio_clipped"}
    return own | {"score": 0.5, "flagged": flagged}


def observed(keys="abcdef", rejects=(), duplicates=(), findings=(), source=SOURCE):
    names = ("sample_id", "source", "source_key")
    rows = [dict(zip(names, (sample_id(source, key), source, key), strict=True)) for key in keys]
    samples = table_of(rows, tuple(column for column in SPEECH if column.name in names))
    return observe(
        {SOURCE},
        samples=[samples],
        rejects=table_of(rejects, REJECTS),
        duplicates=table_of(duplicates, DUPLICATES),
        findings=table_of(findings, FINDINGS),
    )


SILENT, CLIPPED, EXACT, CROSS = (
    FaultKind.SILENT,
    FaultKind.CLIPPED,
    FaultKind.EXACT_DUPLICATE,
    FaultKind.CROSS_SPLIT_DUPLICATE,
)
PAIR = (duplicate("a", "g1"), duplicate("b", "g1", redundant=True))
SPANNING = (duplicate("c", "g2", spans=True), duplicate("d", "g2", redundant=True, spans=True))


@pytest.mark.parametrize(
    ("faults_", "seen", "expected"),
    [
        pytest.param(
            [planted(SILENT, "x")],
            {"rejects": [reject("x", "audio_silent")]},
            [(SILENT, 1, 1, 1, 1.0, 1.0)],
            id="found",
        ),
        pytest.param(
            [planted(SILENT, "x")],
            {"rejects": [reject("x", "audio_too_short")]},
            [(SILENT, 1, 0, 0, 0.0, 0.0)],
            id="rejected for another reason",
        ),
        pytest.param(
            [planted(SILENT, "x"), planted(SILENT, "y")],
            {"rejects": [reject(key, "audio_silent") for key in "xz"]},
            [(SILENT, 2, 1, 2, 0.5, 0.5)],
            id="one missed and one false alarm",
        ),
        pytest.param(
            [planted(SILENT, "x")],
            {"rejects": [reject("x", "audio_silent"), reject("z", "audio_silent", source="real")]},
            [(SILENT, 1, 1, 1, 1.0, 1.0)],
            id="another source's silence is no alarm",
        ),
        pytest.param(
            [planted(CLIPPED, "a")],
            {"findings": [finding("a"), finding("b"), finding("c", flagged=False)]},
            [(CLIPPED, 1, 1, 2, 1.0, 0.5)],
            id="finding, and a false one",
        ),
        pytest.param(
            [planted(EXACT, "a", "b")], {"duplicates": PAIR}, [(EXACT, 1, 1, 1, 1.0, 1.0)], id="pair in one group"
        ),
        pytest.param(
            [planted(EXACT, "a", "b")],
            {"duplicates": [duplicate("a", "g1"), duplicate("b", "g2")]},
            [(EXACT, 1, 0, 0, 0.0, 0.0)],
            id="pair in two groups",
        ),
        pytest.param(
            [planted(EXACT, "a", "b"), planted(CROSS, "c", "d")],
            {"duplicates": [*PAIR, *SPANNING]},
            [(CROSS, 1, 1, 1, 1.0, 1.0), (EXACT, 1, 1, 2, 1.0, 1.0)],
            id="a copy across splits is a right alarm of the exact check too",
        ),
        pytest.param(
            [planted(EXACT, "a", "b"), planted(CROSS, "e", "f")],
            {"duplicates": [*PAIR, *SPANNING]},
            [(CROSS, 1, 0, 1, 0.0, 0.0), (EXACT, 1, 1, 2, 1.0, 0.5)],
            id="a spanning group that nobody planted",
        ),
    ],
)
def test_scores(faults_, seen, expected):
    wanted = [Score(kind, Modality.SPEECH, *figures) for kind, *figures in expected]
    assert scores(faults_, observed(**seen)) == wanted


def test_modalities_are_scored_apart():
    text = planted(FaultKind.WRONG_LABEL_NAME, "x", modality=Modality.TEXTS, source="synthetic_texts")
    both = [planted(FaultKind.WRONG_LABEL_NAME, "x"), text]
    found = scores(both, observed(rejects=[reject("x", "label_unknown")]))
    assert [(score.modality, score.recall, score.alarms) for score in found] == [("speech", 1.0, 1), ("texts", 0.0, 0)]


def test_what_no_stage_looks_for_is_listed_not_scored():
    kinds = [FaultKind.WRONG_LABEL, FaultKind.WRONG_LABEL, FaultKind.NEAR_DUPLICATE]
    never = [planted(kind, str(number)) for number, kind in enumerate(kinds)]
    assert scores(never, observed()) == []
    assert unchecked(never) == [
        {"kind": "near_duplicate", "modality": "speech", "planted": 1},
        {"kind": "wrong_label", "modality": "speech", "planted": 2},
    ]


def test_nothing_planted_in_empty_tables_is_an_empty_result():
    tables = {"rejects": REJECTS, "duplicates": DUPLICATES, "findings": FINDINGS}
    empty = {name: arrow_schema(columns).empty_table() for name, columns in tables.items()}
    assert faults([], observe(set(), samples=[], **empty)) == {"faults": [], "unchecked": []}


EXPECTED = "expected faults with kind, modality, source and keys"
ROW = {"kind": "silent", "modality": "speech", "source": SOURCE, "keys": ["x"]}


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        pytest.param({}, "f.json: faults are None, expected a list", id="no list"),
        pytest.param(
            {"faults": [{**ROW, "kind": "loud"}]},
            f"""f.json: ValueError("'loud' is not a valid FaultKind"), {EXPECTED}""",
            id="unknown kind",
        ),
        pytest.param(
            {"faults": [{"kind": "silent"}]},
            f"f.json: KeyError('modality'), {EXPECTED}",
            id="a field is missing",
        ),
    ],
)
def test_a_manifest_that_is_none_is_refused(manifest, message):
    with pytest.raises(TableError) as caught:
        planted_faults(manifest, Path("f.json"))
    assert str(caught.value) == message


def test_a_manifest_is_read_as_written():
    assert planted_faults({"faults": [ROW]}, Path("f.json")) == [planted(SILENT, "x")]

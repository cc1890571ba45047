from pathlib import Path

import pytest

from bhab.errors import TableError
from bhab.schema import DUPLICATES, FINDINGS, LABEL_ISSUES, PAIRS, REJECTS, SPEECH, Modality, sample_id
from bhab.store import table_of
from bhab.synthetic.plan import FaultKind
from bhab.synthetic.scoring import Planted, Recall, Said, Score, observe, planted_faults, scores
from pipelines.faults import faults

SOURCE = "synthetic_speech"


def planted(kind, *keys, modality=Modality.SPEECH, source=SOURCE, variant=""):
    return Planted(kind, modality, source, keys, variant)


def reject(key, reason, source=SOURCE):
    return {"source": source, "source_key": key, "stage": "ingest", "reason": reason, "detail": ""}


def duplicate(key, group, *, redundant=False, spans=False):
    own = {"sample_id": sample_id(SOURCE, key), "modality": "speech", "duplicate_group": group}
    return own | {"redundant": redundant, "spans_splits": spans, "contradicts": False}


def finding(key, *, flagged=True, check="audio_clipped"):
    own = {"sample_id": sample_id(SOURCE, key), "modality": "speech", "check": check}
    return own | {"score": 0.5, "flagged": flagged}


def pair(one, other):
    ids = {"one_id": sample_id(SOURCE, one), "other_id": sample_id(SOURCE, other)}
    return ids | {"modality": "speech", "kind": "near", "similarity": 0.9, "spans_splits": False, "contradicts": False}


def issue(key, *, flagged=True):
    own = {"sample_id": sample_id(SOURCE, key), "modality": "speech", "source": SOURCE, "emotion": "sad"}
    figures = {"suggested": "happy", "p_given": 0.1, "p_suggested": 0.8, "score": 0.9, "rank": 1}
    return own | figures | {"flagged": flagged}


def said(**tables):
    """What a run says: all tables are empty but those given as rows."""
    rows = {name: tables.get(name, ()) for name in ("rejects", "duplicates", "pairs", "findings", "issues", "outliers")}
    return Said(
        rejects=table_of(rows["rejects"], REJECTS),
        duplicates=table_of(rows["duplicates"], DUPLICATES),
        pairs=table_of(rows["pairs"], PAIRS),
        findings=[table_of(rows["findings"], FINDINGS), table_of(rows["outliers"], FINDINGS)],
        label_issues=table_of(rows["issues"], LABEL_ISSUES),
    )


def observed(keys="abcdef", source=SOURCE, **tables):
    names = ("sample_id", "source", "source_key")
    rows = [dict(zip(names, (sample_id(source, key), source, key), strict=True)) for key in keys]
    samples = table_of(rows, tuple(column for column in SPEECH if column.name in names))
    return observe({SOURCE}, samples=[samples], said=said(**tables))


SILENT, CLIPPED, EXACT, CROSS, NEAR, WRONG, NO_FACE = (
    FaultKind.SILENT,
    FaultKind.CLIPPED,
    FaultKind.EXACT_DUPLICATE,
    FaultKind.CROSS_SPLIT_DUPLICATE,
    FaultKind.NEAR_DUPLICATE,
    FaultKind.WRONG_LABEL,
    FaultKind.NOT_A_FACE,
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
        pytest.param(
            [planted(NEAR, "a", "b"), planted(NEAR, "c", "d")],
            {"pairs": [pair("a", "b"), pair("e", "f")]},
            [(NEAR, 2, 1, 2, 0.5, 0.5)],
            id="a pair found, one missed, one false",
        ),
        pytest.param(
            [planted(NEAR, "a", "b")],
            {"pairs": [pair("a", "c"), pair("c", "b")]},
            [(NEAR, 1, 1, 2, 1.0, 0.0)],
            id="a near pair connected over a stranger, who is a false alarm twice",
        ),
        pytest.param(
            [planted(EXACT, "a", "b"), planted(NEAR, "a", "c")],
            {"duplicates": PAIR, "pairs": [pair("b", "c")]},
            [(EXACT, 1, 1, 1, 1.0, 1.0), (NEAR, 1, 1, 1, 1.0, 1.0)],
            id="a pair found through the exact copy of its original",
        ),
        pytest.param(
            [planted(WRONG, "a")],
            {"issues": [issue("a"), issue("b"), issue("c", flagged=False)]},
            [(WRONG, 1, 1, 2, 1.0, 0.5)],
            id="a wrong label among the suspects, and a right one",
        ),
        pytest.param(
            [planted(NO_FACE, "a"), planted(CLIPPED, "b")],
            {"findings": [finding("b")], "outliers": [finding("c", check="outlier")]},
            [(CLIPPED, 1, 1, 1, 1.0, 1.0), (NO_FACE, 1, 0, 1, 0.0, 0.0)],
            id="findings of quality and of suspects are told apart",
        ),
    ],
)
def test_scores(faults_, seen, expected):
    wanted = [Score(kind, Modality.SPEECH, *figures) for kind, *figures in expected]
    assert scores(faults_, observed(**seen)) == wanted


def test_variants_are_counted_apart():
    variants = [planted(NEAR, one, other, variant=name) for one, other, name in ("abx", "cdx", "efy")]
    [score] = scores(variants, observed(pairs=[pair("a", "b")]))
    assert score.variants == (Recall("x", 2, 1, 0.5), Recall("y", 1, 0, 0.0))


def test_modalities_are_scored_apart():
    text = planted(FaultKind.WRONG_LABEL_NAME, "x", modality=Modality.TEXTS, source="synthetic_texts")
    both = [planted(FaultKind.WRONG_LABEL_NAME, "x"), text]
    found = scores(both, observed(rejects=[reject("x", "label_unknown")]))
    assert [(score.modality, score.recall, score.alarms) for score in found] == [("speech", 1.0, 1), ("texts", 0.0, 0)]


def test_nothing_planted_in_empty_tables_is_an_empty_result():
    assert faults([], observe(set(), samples=[], said=said())) == {"faults": []}


EXPECTED = "expected faults with kind, modality, source, keys and variant"
ROW = {"kind": "silent", "modality": "speech", "source": SOURCE, "keys": ["x"], "variant": ""}


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

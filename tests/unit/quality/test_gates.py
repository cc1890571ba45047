import pytest

from bhab.config import GatesConfig
from bhab.errors import GateError
from bhab.quality.gates import ASKS, confounds, contracts, failed, held, label_issues, rejects, require, verdicts

ALL_REPORT = dict.fromkeys(ASKS, "report")
GOOD = {"column": "image", "expectation": "x", "success": True, "unexpected_count": 0}
RULE = {"rule": "peak", "severity": "report", "success": False, "unexpected_count": 2}


def config(**severities):
    limits = {"max_reject_share": 0.1, "max_label_issue_share": 0.1, "max_int8_loss": 0.01}
    return GatesConfig(examples=2, **limits, severities=ALL_REPORT | severities)


def test_every_gate_has_a_severity_and_a_question():
    assert sorted(GatesConfig.model_fields["severities"].annotation.model_fields) == sorted(ASKS)


def test_a_verdict_carries_severity_sentence_count_and_some_examples():
    found = verdicts({"leakage": failed("3 leak", ["a", "b", "c"]), "links": held("all hold")}, config(leakage="stop"))
    assert found == [
        {
            "gate": "links",
            "asks": ASKS["links"],
            "severity": "report",
            "passed": True,
            "sentence": "links: all hold",
            "n": 0,
            "examples": [],
        },
        {
            "gate": "leakage",
            "asks": ASKS["leakage"],
            "severity": "stop",
            "passed": False,
            "sentence": "leakage: 3 leak",
            "n": 3,
            "examples": ["a", "b"],
        },
    ]


def test_only_a_gate_that_must_hold_and_does_not_stops():
    found = {"leakage": failed("it leaks", []), "children": failed("a child", []), "links": held("fine")}
    require(verdicts(found, config(links="stop")))
    with pytest.raises(GateError, match=r"^leakage: it leaks\nchildren: a child$"):
        require(verdicts(found, config(links="stop", leakage="stop", children="stop")))


@pytest.mark.parametrize(
    ("found", "passed", "sentence"),
    [
        pytest.param(
            contracts({"faces": {"expectations": [GOOD], "rules": []}}),
            True,
            "all 1 expectations and rules of 1 tables hold",
            id="contracts that hold",
        ),
        pytest.param(
            contracts(
                {"speech": {"expectations": [GOOD | {"success": False, "unexpected_count": 1}], "rules": [RULE]}}
            ),
            False,
            "2 of 2 expectations and rules broken (speech: image x in 1 rows; speech: peak in 2 rows), expected none",
            id="a broken expectation and a broken rule",
        ),
        pytest.param(
            rejects({"sources": {"a": {"kept": 9, "rejects": {"x": 1}}, "b": {"kept": 0, "rejects": {}}}}, 0.1),
            True,
            "at most 10.0% of a source's items rejected on the way in",
            id="few rejects, and a source of nothing",
        ),
        pytest.param(
            rejects({"sources": {"a": {"kept": 0, "rejects": {"x": 1, "y": 1}}}}, 0.1),
            False,
            "too many items rejected on the way in: a: 2 of 2 (100.0%), expected at most 10.0%",
            id="a source of which nothing came in",
        ),
        pytest.param(
            label_issues({"faces": {"n": 10, "flagged": 1}, "texts": {"n": 0, "flagged": 0}}, 0.1),
            True,
            "at most 10.0% of a modality's labels that are probably wrong",
            id="few wrong labels, and no texts",
        ),
        pytest.param(
            label_issues({"faces": {"n": 10, "flagged": 2}}, 0.1),
            False,
            "too many labels that are probably wrong: faces: 2 of 10 (20.0%), expected at most 10.0%",
            id="many wrong labels",
        ),
        pytest.param(
            confounds({"speech": {"rings": []}}),
            True,
            "no factor beside the content tells the emotion better than the limits in params.yaml",
            id="no confound",
        ),
        pytest.param(
            confounds({"speech": {"rings": ["source", "intensity"]}, "faces": {"rings": []}}),
            False,
            "factors that tell the emotion without the content: 2 (speech: source; speech: intensity), expected none",
            id="the source tells the emotion",
        ),
    ],
)
def test_what_a_gate_finds(found, passed, sentence):
    assert (found.passed, found.sentence) == (passed, sentence)

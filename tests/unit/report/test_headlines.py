import pytest

from bhab.report.headlines import counted, headlines, interval, percent, points

SCORE = {"value": 0.581, "low": 0.552, "high": 0.61, "n": 1333}


@pytest.mark.parametrize(
    ("share", "words"),
    [
        pytest.param(0.58149, "58.1\u00a0%", id="one decimal"),
        pytest.param(0.0, "0.0\u00a0%", id="nothing"),
        pytest.param(None, "–", id="not measured"),
    ],
)
def test_percent(share, words):
    assert percent(share) == words


def test_words_of_other_figures():
    assert (points(0.0727), points(None)) == ("7.3 points", "–")
    assert (counted(1, "group"), counted(1200, "group")) == ("1 group", "1,200 groups")
    assert interval(SCORE) == "95\u00a0% interval 55.2 to 61.0, n 1,333"


def test_a_figure_whose_stage_did_not_run_is_not_there():
    assert headlines({}) == []


@pytest.mark.parametrize(
    ("name", "metrics", "expected"),
    [
        pytest.param(
            "fer_light_cnn",
            {"test": {"accuracy": SCORE}, "majority_share": 0.25},
            ("accuracy of light_cnn", "58.1\u00a0%"),
            id="a model",
        ),
        pytest.param(
            "faults",
            {
                "faults": [
                    {"planted": 6, "found": 5, "alarms": 6, "precision": 5 / 6},
                    {"planted": 4, "found": 4, "alarms": 8, "precision": 1.0},
                ],
            },
            ("planted faults found", "9 of 10"),
            id="planted faults",
        ),
        pytest.param(
            "split",
            {"faces": {"splits": {"train": {"n": 8}, "test": {"n": 2}}, "leaked": 1}},
            ("leaked faces", "1"),
            id="leaks",
        ),
        pytest.param(
            "fairness_light_cnn",
            {
                "largest": {
                    "recall": None,
                    "accuracy": {
                        "attribute": "gender",
                        "emotion": None,
                        "gap": {"value": 0.0727, "by_chance": 0.03, "worst": "male", "best": "female"},
                    },
                }
            },
            ("largest gap of light_cnn", "7.3 points"),
            id="a gap in accuracy where no emotion could be compared",
        ),
    ],
)
def test_a_headline(name, metrics, expected):
    assert [(h.what, h.figure) for h in headlines({name: metrics})] == [expected]


@pytest.mark.parametrize(
    "metrics",
    [
        pytest.param({"fer_light_cnn": {"test": {"accuracy": None}}}, id="a model without test faces"),
        pytest.param({"feedback": {"n": 0}}, id="feedback without test texts"),
        pytest.param({"faults": {"faults": []}}, id="no planted faults"),
        pytest.param({"fairness_light_cnn": {"largest": {"recall": None, "accuracy": None}}}, id="no gap"),
    ],
)
def test_what_has_no_figure_has_no_headline(metrics):
    assert headlines(metrics) == []

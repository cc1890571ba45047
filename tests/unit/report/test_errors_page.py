import pytest

from bhab.report.errors import of_model, of_nobody
from bhab.report.models import standing


def answer(sample_id, label, said, p):
    return {"sample_id": sample_id, "label": label, "said": said, "p": p, "leaked": False}


ROWS = [
    answer("1", "sad", "happy", 0.6),
    answer("2", "sad", "happy", 0.9),
    answer("3", "sad", "sad", 0.8),
    answer("4", "fear", "happy", 0.6),
    answer("5", "fear", "sad", 0.6),
    answer("6", "angry", "angry", 1.0),
]


def test_the_surest_mistakes_of_each_emotion_come_first():
    found = of_model("m", ROWS)
    assert (found["n"], found["wrong"]) == (6, 4)
    rows = [(r["emotion"], r["n"], r["wrong"], [f["sample_id"] for f in r["faces"]]) for r in found["by_emotion"]]
    assert rows == [("angry", 1, 0, []), ("fear", 2, 2, ["4", "5"]), ("sad", 3, 2, ["2", "1"])]


def test_pairs_that_are_confused_most_come_first_and_show_faces_by_id():
    rows = [
        (p["label"], p["said"], p["n"], p["of"], [f["sample_id"] for f in p["faces"]])
        for p in of_model("m", ROWS)["pairs"]
    ]
    assert rows == [
        ("sad", "happy", 2, 3, ["1", "2"]),
        ("fear", "happy", 1, 2, ["4"]),
        ("fear", "sad", 1, 2, ["5"]),
    ]


def test_faces_that_nobody_gets_right_come_by_how_many_agree():
    others = [
        [answer("1", "sad", "fear", 0.9), answer("2", "sad", "happy", 0.5), answer("3", "sad", "fear", 0.9)],
        [answer("1", "sad", "angry", 0.9), answer("2", "sad", "fear", 0.9), answer("3", "sad", "happy", 0.9)],
    ]
    found = of_nobody([ROWS, *others])
    assert (found["n"], found["of"]) == (2, 3)  # of the faces that all were asked about
    shown = [(f["sample_id"], f["said"], f["models"], f["p"]) for f in found["faces"]]
    assert shown == [("2", "happy", 2, pytest.approx(0.7)), ("1", "angry", 1, 0.9)]


@pytest.mark.parametrize(
    ("names", "pairs", "beats"),
    [
        pytest.param([], [], [], id="no models"),
        pytest.param(["a"], [], [[]], id="one model"),
        pytest.param(["a", "b", "c"], ["ab", "ac"], [["b", "c"], [], []], id="the first beats both"),
        pytest.param(["a", "b", "c"], ["bc"], [[], ["c"], []], id="the first only by chance"),
    ],
)
def test_who_beats_whom(names, pairs, beats):
    figure = {"value": 0.1, "low": 0.05, "high": 0.2}
    every = [a + b for place, a in enumerate(names) for b in names[place + 1 :]]
    rows = [{"one": p[0], "other": p[1], "accuracy": figure, "beyond_chance": p in pairs} for p in every]
    found = standing({"models": names, "pairs": rows})
    assert [row["beats"] for row in found] == beats
    for place, row in enumerate(found):
        turned = [other["cells"][place] for other in found]
        assert [cell and -cell["value"] for cell in row["cells"]] == [cell and cell["value"] for cell in turned]
        assert [cell and -cell["low"] for cell in row["cells"]] == [cell and cell["high"] for cell in turned]

from bhab.report.figures import accuracy_by_group, recall_by_group
from bhab.store import write_svg


def group(name, value, *, named=True):
    score = {"value": value, "low": value - 0.1, "high": value + 0.1, "n": 40} if value else None
    return {"group": name, "n": 40 if value else 7, "score": score, "named": named}


GROUPS = [group("male", 0.4), group("not stated", 0.5, named=False), group("female", 0.6), group("other", None)]
EMOTIONS = [
    {"emotion": "happy", "groups": GROUPS, "gap": {"value": 0.2}},
    {"emotion": "sad", "groups": GROUPS, "gap": {"value": 0.5}},
    {"emotion": "fear", "groups": [group("male", None)], "gap": None},
]
ATTRIBUTE = {"attribute": "gender", "groups": GROUPS, "emotions": EMOTIONS}


def rows_of(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_scored_groups_are_rows_from_worst_to_best():
    figure = accuracy_by_group(ATTRIBUTE)
    assert rows_of(figure) == ["male  (n 40)", "not stated  (n 40)", "female  (n 40)"]
    assert figure.axes[0].get_ylim() == (2.5, -0.5)  # row 0 on top


def test_emotions_with_a_gap_are_rows_the_largest_first_and_only_named_groups_have_a_colour():
    figure = recall_by_group(ATTRIBUTE)
    assert rows_of(figure) == ["sad", "happy"]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["female", "male"]


def test_a_figure_has_the_same_bytes_twice(tmp_path):
    for name in ("a.svg", "b.svg"):
        write_svg(recall_by_group(ATTRIBUTE), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()

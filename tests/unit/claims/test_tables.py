"""Every fault planted in a small table is found; a table that was rounded from real counts raises no alarm."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bhab.claims.audit import Audit
from bhab.claims.compare import compare
from bhab.claims.findings import grouped

COLUMNS = {"precision": "precision", "recall": "recall", "f1": "f1", "support": "support"}
MATRIX = [[45, 3, 2], [4, 30, 6], [1, 2, 27]]  # 120 rows, 102 hits
NAMES = ("angry", "happy", "sad")


def report(matrix, decimals, names=NAMES):
    """Return the classification report of `matrix` as a program would print it."""
    size = range(len(matrix))
    support = [sum(row) for row in matrix]
    said = [sum(row[i] for row in matrix) for i in size]
    hits = [matrix[i][i] for i in size]
    recall = [hits[i] / support[i] if support[i] else 0.0 for i in size]
    precision = [hits[i] / said[i] if said[i] else 0.0 for i in size]
    f1 = [2 * hits[i] / (support[i] + said[i]) if support[i] + said[i] else 0.0 for i in size]
    n = sum(support)

    def text(value):
        return f"{value:.{decimals}f}"

    def averages(weights):
        parts = {"precision": precision, "recall": recall, "f1": f1}
        mean = {k: text(sum(v[i] * weights[i] for i in size) / sum(weights)) for k, v in parts.items()}
        return mean | {"support": str(n)}

    return {
        "where": "Table 1",
        "source": "a test",
        "columns": COLUMNS,
        "rows": {names[i]: [text(precision[i]), text(recall[i]), text(f1[i]), str(support[i])] for i in size},
        "totals": {"support": str(n)},
        "averages": {"macro": averages([1] * len(matrix)), "weighted": averages(support)},
        "accuracy": text(sum(hits) / n),
        "confusion": {names[i]: [str(cell) for cell in matrix[i]] for i in size},
    }


def found(**parts):
    """Return the check and the names of the cells of every finding."""
    audit = Audit.model_validate({"title": "a work", "source": "a test"} | parts)
    return [(f.check, [cell["name"] for cell in f.cells]) for f in grouped(compare(audit))]


def even(names, hits, mistakes):
    """Return a confusion matrix with these numbers on and off its diagonal."""
    return {name: [str(hits if name == other else mistakes) for other in names] for name in names}


def cell(row, column, text):
    """Return a fault: one cell of a report reads `text` instead."""

    def plant(table):
        table["rows"][row][list(COLUMNS).index(column)] = text

    return plant


def put(key, value, *keys):
    """Return a fault: another value at `key` of a report, or of the object under `keys`."""

    def plant(table):
        place = table
        for step in keys:
            place = place[step]
        place[key] = value

    return plant


@pytest.mark.parametrize(
    ("plant", "checks"),
    [
        pytest.param(put("support", "130", "totals"), {"column_sum"}, id="printed total"),
        pytest.param(put("support", "130", "averages", "macro"), {"column_sum"}, id="support beside an average"),
        pytest.param(put("recall", "0.90", "averages", "macro"), {"average"}, id="macro average"),
        pytest.param(put("precision", "0.80", "averages", "weighted"), {"average"}, id="weighted average"),
        pytest.param(put("f1", "0.80", "averages", "macro"), {"average"}, id="macro F1"),
        pytest.param(put("accuracy", "0.90"), {"accuracy", "confusion_accuracy"}, id="accuracy"),
        pytest.param(cell("sad", "f1", "0.95"), {"f1", "average"}, id="F1 of a row"),
        pytest.param(
            cell("sad", "precision", "0.99"), {"f1", "average", "confusion_precision"}, id="precision of a row"
        ),
        pytest.param(cell("sad", "support", "31"), {"column_sum", "confusion_support"}, id="support of a row"),
        pytest.param(put("sad", ["1", "2", "99"], "confusion"), None, id="a cell of the confusion matrix"),
    ],
)
def test_a_planted_fault_is_found(plant, checks):
    table = report(MATRIX, 2)
    assert found(tables=[table]) == []
    plant(table)
    seen = {check for check, _ in found(tables=[table])}
    assert seen >= (checks or {"confusion_support", "confusion_recall", "confusion_accuracy"})
    assert not checks or seen <= checks | {"whole_hits", "confusion_recall"}


@pytest.mark.parametrize(
    ("table", "findings"),
    [
        pytest.param({"columns": {"n": "count"}, "rows": {"a": ["2"], "b": ["3"]}, "totals": {"n": "6"}},
                     [("column_sum", ["n"])], id="rows do not sum to the total"),
        pytest.param({"columns": {"n": "count"}, "rows_sum": {"n": "5,065"}, "totals": {"n": "6,065"}},
                     [("column_sum", ["n"])], id="the recorded sum of rows is not the total"),
        pytest.param({"columns": {"n": "count"}, "rows": {"a": ["2"]}, "totals": {"n": "over 2"}}, [], id="over"),
        pytest.param({"columns": {"n": "count"}, "rows": {"a": ["2"]}, "totals": {"n": "over 3"}},
                     [("column_sum", ["n"])], id="over, and below"),
        pytest.param({"columns": {"n": "count"}, "rows": {"a": ["2"], "b": ["-"]}, "totals": {"n": "6"}}, [],
                     id="with an empty cell nothing can be said"),
        pytest.param({"columns": {"x": "count", "y": "count", "all": "total"}, "rows": {"a": ["2", "3", "6"]}},
                     [("row_sum", ["a"])], id="a row does not sum to its total"),
        pytest.param({"columns": {"x": "count", "all": "total"}, "rows": {"a": ["2", "2"]}, "totals": {"all": "2"}}, [],
                     id="sound sums"),
        pytest.param({"columns": {"share": "share"}, "rows": {"a": ["50 %"], "b": ["40 %"]}},
                     [("share_sum", ["share"])], id="shares sum to less than one"),
        pytest.param({"columns": {"share": "share"}, "rows": {"a": ["33 %"], "b": ["33 %"], "c": ["33 %"]}}, [],
                     id="three rounded thirds"),
        pytest.param({"columns": {"n": "count", "share": "share"}, "rows": {"a": ["1", "0.5"], "b": ["3", "0.5"]}},
                     [("share_of_count", ["share of a", "share of b"])], id="shares that their counts do not give"),
        pytest.param({"columns": {"recall": "recall", "n": "support"}, "rows": {"a": ["0.95", "10"]}},
                     [("whole_hits", ["a"])], id="no whole number of ten is 0.95"),
        pytest.param({"columns": {"recall": "recall"}, "rows": {"a": ["0.5"], "b": ["0.7"]}, "accuracy": "0.85"},
                     [("accuracy", ["accuracy"])], id="accuracy above every recall"),
        pytest.param({"columns": {"n": "support"}, "confusion": even("abc", 90, 4)}, [],
                     id="equal mistakes that three classes may make by chance"),
        pytest.param({"columns": {"n": "support"}, "confusion": even("abcde", 900, 700)},
                     [("equal_errors", list("abcde"))], id="equal mistakes everywhere"),
    ],
)  # fmt: skip
def test_a_small_table(table, findings):
    assert found(tables=[{"where": "Table 1", "source": "a test"} | table]) == findings


@pytest.mark.parametrize(
    ("parts", "findings"),
    [
        pytest.param({"quantities": [{"what": "images", "source": "s", "printed": [
            {"where": "text", "value": "22,525"}, {"where": "table", "value": "16,785"}]}]},
            [("same_quantity", ["text and table"])], id="one quantity, two values"),
        pytest.param({"quantities": [{"what": "accuracy", "source": "s", "printed": [
            {"where": "text", "value": "83 %"}, {"where": "table", "value": "0.8318"}]}]}, [], id="rounded twice"),
        pytest.param({"curves": [{"where": "c", "source": "s", "printed": "45.69 %", "points": ["74 %", "86 %"]}]},
                     [("curve_end", ["last point"])], id="a curve that ends elsewhere"),
        pytest.param({"curves": [{"where": "c", "source": "s", "printed": "50.34 %", "points": ["50.3 %"]}]}, [],
                     id="a curve that ends there"),
        pytest.param({"models": [{"where": "m", "source": "s", "described_as": "CNN-RNN", "recurrent": "true",
                                  "layers": ["Conv2D", "Dense"]}]},
                     [("no_recurrent_layer", ["layers"])], id="no recurrent layer"),
        pytest.param({"models": [{"where": "m", "source": "s", "described_as": "CNN-RNN", "recurrent": "true",
                                  "layers": ["Conv2D", "BiLSTM"], "dropout_at_evaluation": "off", "held_out": "true",
                                  "artefacts": {"words": "JSON"},
                                  "results": [{"what": "accuracy", "computed_on": "test"}]}]}, [], id="a sound model"),
        pytest.param({"models": [{"where": "m", "source": "s", "described_as": "CNN", "results": [
            {"what": "on training rows", "value": "96.45 %", "computed_on": "training"},
            {"what": "validation", "value": "0.9645", "computed_on": "validation", "merged": "true"}]}]},
            [("training_accuracy", ["on training rows"]), ("validation_is_training", ["validation"])],
            id="validation printed equal to training"),
        pytest.param({"models": [{"where": "m", "source": "s", "described_as": "CNN", "results": [
            {"what": "on training rows", "value": "96.45 %", "computed_on": "training"},
            {"what": "validation", "value": "0.9244", "computed_on": "validation", "merged": "true"}]}]},
            [("training_accuracy", ["on training rows"])], id="validation below training"),
        pytest.param({"models": [{"where": "m", "source": "s", "described_as": "CNN", "dropout_at_evaluation": "Lambda",
                                  "held_out": "false", "artefacts": {"words": "pickle"},
                                  "results": [{"what": "accuracy", "value": "83.18 %", "computed_on": "training"},
                                              {"what": "validation", "computed_on": "validation", "merged": "true",
                                               "equals_training": "true"}]}]},
                     [("training_accuracy", ["accuracy"]), ("no_held_out_data", ["held-out data"]),
                      ("validation_is_training", ["validation"]), ("dropout_at_evaluation", ["dropout at evaluation"]),
                      ("pickled", ["words"])], id="everything wrong with a model"),
    ],
)  # fmt: skip
def test_what_is_not_in_a_table(parts, findings):
    assert found(**parts) == findings


@st.composite
def matrices(draw):
    size = draw(st.integers(2, 7))
    cells = st.integers(0, 900)
    return [draw(st.lists(cells, min_size=size, max_size=size)) for _ in range(size)]


@given(matrices(), st.integers(2, 4))
def test_a_sound_report_raises_no_alarm(matrix, decimals):
    assume(sum(map(sum, matrix)) > 0)
    names = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    audit = {"title": "a work", "source": "a test", "tables": [report(matrix, decimals, names)]}
    wrong = [row for row in compare(Audit.model_validate(audit)) if not row.agrees]
    assert [row for row in wrong if row.check != "label_map"] == []  # a random matrix may look permuted

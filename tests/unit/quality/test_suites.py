import pyarrow as pa
import pytest
from curation_rows import faces, sample, sample_id

from bhab.errors import ContractError
from bhab.quality.suites import judge, sentence, suite
from bhab.schema import FACE_BYTES, FACES, SAMPLE_TABLES

A = sample_id("a")


def broken(verdict):
    return {
        (o["column"], o["expectation"]): (o["unexpected_count"], o["unexpected_percent"], o["examples"])
        for o in verdict["expectations"]
        if not o["success"]
    }


@pytest.mark.parametrize("modality", SAMPLE_TABLES)
def test_each_rule_of_a_declaration_is_one_expectation(modality):
    columns = SAMPLE_TABLES[modality]
    found = sorted((e.column, type(e).__name__) for e in suite(modality, columns).expectations)
    expected = [(c.name, "ExpectColumnValuesToNotBeNull") for c in columns if not c.nullable]
    expected += [(c.name, "ExpectColumnValuesToBeUnique") for c in columns if c.unique]
    expected += [(c.name, "ExpectColumnValuesToBeInSet") for c in columns if c.allowed or c.n_bytes]
    expected += [(c.name, "ExpectColumnValuesToBeBetween") for c in columns if c.bounds]
    assert found == sorted(expected)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="no rows"),
        pytest.param([sample("a")], id="one row"),
        pytest.param([sample("a", emotion=None), sample("b", votes=[("happy", 2)])], id="empty where that is allowed"),
    ],
)
def test_a_good_table_passes(rows):
    verdict = judge(faces(*rows), "faces", FACES, examples=5)
    assert broken(verdict) == {}
    assert (verdict["table"], verdict["n"], verdict["success"]) == ("faces", len(rows), True)
    assert [o["column"] for o in verdict["expectations"]] == [
        c.name for c in FACES for given in (c.bounds, c.allowed or c.n_bytes, c.unique, not c.nullable) if given
    ]


@pytest.mark.parametrize(
    ("changes", "column", "expectation", "example"),
    [
        pytest.param({"emotion": "rage"}, "emotion", "be_in_set", f"rage in {A}", id="label outside the seven"),
        pytest.param({"brightness": 256.0}, "brightness", "be_between", f"256.0 in {A}", id="over its bounds"),
        pytest.param({"contrast": float("inf")}, "contrast", "be_between", f"inf in {A}", id="infinite"),
        pytest.param({"sharpness": float("nan")}, "sharpness", "not_be_null", f"nothing in {A}", id="not a number"),
        pytest.param(
            {"source_width_px": 0}, "source_width_px", "be_between", f"0 in {A}", id="integer under its bounds"
        ),
        pytest.param({"image": b"\0" * 7}, "image", "be_in_set", f"7 in {A}", id="binary too short"),
        pytest.param({"colour": bytes(FACE_BYTES)}, "colour", "be_in_set", f"2304.0 in {A}", id="grey for colour"),
        pytest.param({"licence": None}, "licence", "not_be_null", f"nothing in {A}", id="nothing where there must be"),
        pytest.param({"sample_id": None}, "sample_id", "not_be_null", "nothing", id="no id"),
    ],
)
def test_a_broken_rule_is_found(changes, column, expectation, example):
    nullable = pa.schema([field.with_nullable(True) for field in faces().schema])
    rows = [sample(name) for name in "bcd"]
    good = faces(*rows).cast(nullable)
    bad = pa.Table.from_pylist([faces(sample("a")).to_pylist()[0] | changes], schema=nullable)
    verdict = judge(pa.concat_tables([good, bad]), "faces", FACES, examples=5)
    assert broken(verdict) == {(column, f"expect_column_values_to_{expectation}"): (1, 25.0, [example])}
    assert verdict["success"] is False


def test_a_repeated_id_is_found_and_examples_are_limited():
    verdict = judge(faces(*[sample("a")] * 4, sample("b")), "faces", FACES, examples=2)
    assert broken(verdict) == {("sample_id", "expect_column_values_to_be_unique"): (4, 80.0, [A, A])}


def test_a_column_of_another_type_is_named():
    table = faces(sample("a"))
    place = table.column_names.index("brightness")
    wrong = table.set_column(place, "brightness", table["brightness"].cast(pa.string()))
    with pytest.raises(ContractError, match="faces: column brightness is string, expected double"):
        judge(wrong, "faces", FACES, examples=5)


def test_the_sentence_names_column_expectation_count_rule_and_examples():
    b = sample_id("b")
    rows = [
        sample("a", emotion="rage", gender="boy", age_group="12"),
        sample("b", emotion="joy", source_split="dev"),
    ]
    assert sentence(judge(faces(*rows), "faces", FACES, examples=5), FACES) == (
        f"faces: column source_split breaks expect_column_values_to_be_in_set in 1 of 2 rows (dev in {b}), "
        "expected one of train, validation, test; "
        f"column emotion breaks expect_column_values_to_be_in_set in 2 of 2 rows (rage in {A}, joy in {b}), "
        "expected one of angry, disgust, fear, happy, neutral, sad, surprise; "
        f"column gender breaks expect_column_values_to_be_in_set in 1 of 2 rows (boy in {A}), "
        "expected one of female, male, other; 1 more broken expectations"
    )


def test_a_column_without_a_rule_needs_a_value():
    nullable = pa.schema([field.with_nullable(True) for field in faces().schema])
    row = faces(sample("a")).to_pylist()[0] | {"licence": None}
    verdict = judge(pa.Table.from_pylist([row], schema=nullable), "faces", FACES, examples=5)
    assert sentence(verdict, FACES) == (
        f"faces: column licence breaks expect_column_values_to_not_be_null in 1 of 1 rows (nothing in {A}), "
        "expected a value"
    )

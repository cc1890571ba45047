import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bhab.errors import TableError
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, FACES, PREDICTIONS, arrow_schema
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from pipelines import compare_fer


@pytest.fixture
def inputs(tmp_path, corpus):
    """Faces of which the sad ones have votes, and their splits."""
    votes = [{"sad": 6, "fear": 4} if e == "sad" else None for e in corpus.faces["emotion"].to_pylist()]
    place = corpus.faces.schema.get_field_index("votes")
    column = pa.array(votes, arrow_schema(FACES).field("votes").type)
    write_shards(corpus.faces.set_column(place, "votes", column), tmp_path / "faces", 2)
    write_table(corpus.splits, tmp_path / "split/splits.parquet")
    return tmp_path


def predict(inputs, corpus, name, wrong, leaked=()):
    """Write predictions that name the next emotion for the labels in `wrong`."""
    rows = []
    for row in corpus.splits.to_pylist():
        if row["split"] != "train":
            place = EMOTIONS.index(row["emotion"]) + (row["emotion"] in wrong)
            chances = {f"p_{e}": 0.94 if e == EMOTIONS[place % 7] else 0.01 for e in EMOTIONS}
            own = {key: row[key] for key in ("sample_id", "split", "emotion")}
            own |= {"model": name, "predicted": EMOTIONS[place % 7], "leaked": row["emotion"] in leaked}
            rows.append(own | chances)
    write_table(table_of(rows, PREDICTIONS), inputs / f"predictions/{name}.parquet")


def compare(inputs, out):
    folders = {"predictions": "predictions", "splits": "split", "faces": "faces"}
    paths = [part for name, folder in folders.items() for part in (f"--{name}", str(inputs / folder))]
    compare_fer.main([*paths, "--figures", str(out / "figures"), "--metrics", str(out / "metrics.json")])
    return read_json(out / "metrics.json")


def test_models_are_compared_on_all_and_on_clean_faces_to_the_same_bytes(inputs, corpus):
    predict(inputs, corpus, "good", {"sad"}, leaked={"sad"})
    predict(inputs, corpus, "bad", {"sad", "fear", "happy"}, leaked={"sad"})
    found = compare(inputs, inputs / "one")
    assert compare(inputs, inputs / "two") == found
    [picture] = (inputs / "one/figures").iterdir()
    assert picture.read_bytes() == (inputs / "two/figures/accuracy.svg").read_bytes()
    test = [row["sample_id"] for row in corpus.splits.to_pylist() if row["split"] == "test"]
    assert (found["split"], found["rows_sha256"]) == ("test", rows_sha256(test))
    assert (found["models"], found["not_judged"], found["n"], found["nobody_right"]) == (["good", "bad"], [], 14, 2)
    [pair] = found["pairs"]
    assert (pair["one"], pair["only_one"], pair["only_other"], pair["accuracy"]["n"]) == ("good", 4, 0, 14)
    clean = found["without_leaked"]
    assert (clean["n"], clean["nobody_right"], clean["agreement"]) == (12, 0, [])
    assert [band["n"] for band in found["agreement"]] == [0, 0, 2, 0, 2]
    assert found["agreement"][-1]["models"]["good"]["by_majority"]["value"] == 0.0


def test_one_model_is_compared_with_nobody(inputs, corpus):
    predict(inputs, corpus, "alone", {"sad"})
    found = compare(inputs, inputs / "out")
    assert (found["models"], found["pairs"], found["n"], found["without_leaked"]) == (["alone"], [], 14, None)


def test_without_answers_there_is_nothing_to_compare(inputs):
    write_table(arrow_schema(PREDICTIONS).empty_table(), inputs / "predictions/untrained.parquet")
    found = compare(inputs, inputs / "out")
    assert (found["models"], found["not_judged"], found["n"], found["agreement"]) == ([], ["untrained"], 0, [])


def test_a_model_without_answers_does_not_stop_the_others(inputs, corpus):
    write_table(arrow_schema(PREDICTIONS).empty_table(), inputs / "predictions/untrained.parquet")
    predict(inputs, corpus, "alone", {"sad"})
    found = compare(inputs, inputs / "out")
    assert (found["models"], found["not_judged"]) == (["alone"], ["untrained"])


def test_answers_about_other_faces_stop_the_run(inputs, corpus):
    predict(inputs, corpus, "now", {"sad"})
    predict(inputs, corpus, "old", set())
    answers = read_table(inputs / "predictions/old.parquet")
    write_table(answers.filter(pc.not_equal(answers["emotion"], "sad")), inputs / "predictions/old.parquet")
    with pytest.raises(TableError, match="predictions of old: 12 test faces, of which 12 are among the 14 of now"):
        compare(inputs, inputs / "out")
    assert not (inputs / "out").exists()

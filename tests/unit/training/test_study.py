from pathlib import Path

import numpy as np
import pytest
import yaml

from bhab.config import AugmentConfig, load_params
from bhab.errors import ParamsError, TableError
from bhab.report.figures import gains_by_transform
from bhab.schema import EMOTIONS, SPLITS, STUDY, arrow_schema
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from bhab.training.study import restricted, trained_and_asked
from pipelines import study, study_augment
from pipelines.study import judge, mean_by_groups, mean_of_few

PATH = Path(__file__).parents[3] / "params.yaml"
PARAMS = load_params(PATH)
RECIPE = AugmentConfig(
    salt="s",
    path="fused",
    children=1,
    rotation_deg=15,
    shift_share=0.1,
    shear_deg=10,
    zoom_share=0.2,
    flip_probability=0.5,
)
OFF = {"rotation_deg": 0, "shift_share": 0, "shear_deg": 0, "zoom_share": 0, "flip_probability": 0}


def params(fer_config, **changed):
    values = {"seeds": (1, 2), "epochs": 2, "processes": 1, "resamples": 100}
    short = PARAMS.study.model_copy(update=values | changed)
    return PARAMS.model_copy(update={"study": short, "train_fer": fer_config()})


@pytest.mark.parametrize(
    ("transform", "on"),
    [
        pytest.param("none", {}, id="none moves nothing"),
        pytest.param("zoom", {"zoom_share": 0.2}, id="one leaves its own range"),
        pytest.param("all", RECIPE.model_dump(), id="all is the recipe"),
    ],
)
def test_a_transform_leaves_its_own_range_alone(transform, on):
    assert restricted(RECIPE, transform).model_dump() == RECIPE.model_dump() | OFF | on


def test_a_training_says_something_of_every_held_out_face_that_did_not_leak(corpus, fer_config):
    leaked = corpus.splits.to_pylist()
    [first, *_] = [row for row in leaked if row["split"] == "test"]
    first["leaked"] = True
    said = trained_and_asked("flip", 2, corpus.faces, table_of(leaked, SPLITS), params(fer_config)).to_pylist()
    wanted = [
        {"seed": 2} | {name: row[name] for name in ("sample_id", "group_id", "split", "emotion")}
        for row in leaked
        if row["split"] != "train" and row is not first
    ]
    assert [{name: row[name] for name in wanted[0]} for row in said] == wanted
    assert {row["predicted"] for row in said} <= set(EMOTIONS)


@pytest.mark.parametrize("sizes", [(0, 2, 2), (2, 0, 2)])
def test_without_faces_there_are_no_rows(corpus_of, fer_config, sizes):
    corpus = corpus_of(*sizes)
    said = study_augment.study_augment("all", corpus.faces, corpus.splits, params(fer_config))
    assert said.equals(arrow_schema(STUDY).empty_table())


def test_a_model_that_is_not_there_is_refused(corpus, fer_config):
    with pytest.raises(ParamsError, match="no model 'x' with a recipe"):
        trained_and_asked("all", 1, corpus.faces, corpus.splits, params(fer_config, model="x"))


def said(right, split="test", groups=None):
    """What models of seeds 1, 2 and so on said of the same faces: a row of `right` a seed, 1 for each right answer."""
    rows = [
        {
            "seed": seed,
            "sample_id": f"{face:04}",
            "group_id": str(face if groups is None else groups[face]),
            "split": split,
            "emotion": "sad",
            "predicted": "sad" if hit else "happy",
        }
        for seed, hits in enumerate(right, start=1)
        for face, hit in enumerate(hits)
    ]
    return table_of(rows, STUDY)


CONFIG = PARAMS.study.model_copy(update={"resamples": 200, "seeds": (1, 2, 3)})
HALF, MOST, MOST_BUT_ONE_SEED = [[1, 0] * 40] * 3, [[1, 1, 1, 0] * 20] * 3, [[1, 1, 1, 0] * 20] * 2 + [[1, 0] * 40]


@pytest.mark.parametrize(
    ("one", "other", "gain", "beyond"),
    [
        pytest.param(MOST, HALF, 0.25, True, id="better with every seed"),
        pytest.param(HALF, MOST, -0.25, True, id="worse with every seed"),
        pytest.param(MOST_BUT_ONE_SEED, HALF, 1 / 6, False, id="no better with one of three seeds"),
        pytest.param([[1, 0, 0, 1] * 20] * 3, HALF, 0, False, id="as good, of other faces"),
        pytest.param([[*([1, 0] * 39), 1, 1]] * 3, HALF, 1 / 80, False, id="better of one face only"),
    ],
)
def test_a_gain_is_beyond_chance_if_faces_and_seeds_say_so(one, other, gain, beyond):
    found = judge(said(one), said(other), "test", CONFIG)
    assert [found[name]["value"] for name in ("gain", "gain_over_seeds")] == pytest.approx([gain, gain])
    assert (found["gain"]["n"], found["gain_over_seeds"]["n"]) == (80, 3)
    assert found["accuracy"]["value"] == pytest.approx(np.mean(one))
    assert [seed["value"] for seed in found["by_seed"]] == pytest.approx(np.mean(one, axis=1))
    assert found["beyond_chance"] == beyond


def test_copies_of_a_face_do_not_make_an_interval_narrower():
    values = np.tile([0.0, 1.0, 1.0, 0.0, 1.0], 30)
    apart = mean_by_groups(values, np.arange(150).astype(str).astype(object), 500)
    copies = mean_by_groups(values, np.tile(list("abcde"), 30).astype(object), 500)
    assert (apart.value, apart.n, copies.value, copies.n) == (0.6, 150, 0.6, 150)
    assert copies.high - copies.low > 3 * (apart.high - apart.low)


def test_few_seeds_have_an_interval_of_students_t():
    found = mean_of_few(np.array([0.01, 0.02, 0.03]))
    assert (found.value, found.n) == (pytest.approx(0.02), 3)
    assert found.high - found.value == pytest.approx(4.302653 * 0.01 / np.sqrt(3))  # t of 2 degrees, from a table
    assert mean_of_few(np.array([0.01])) is None


def test_faces_that_none_was_not_judged_on_are_refused():
    with pytest.raises(TableError, match="judged on others than none was"):
        judge(said(MOST), said([[1, 0] * 39] * 3), "test", CONFIG)


@pytest.mark.parametrize(
    ("tables", "found"),
    [
        pytest.param({}, [], id="the study was not run"),
        pytest.param({"none": arrow_schema(STUDY).empty_table()}, [None], id="no faces"),
        pytest.param({"flip": said(MOST)}, [None], id="no baseline"),
    ],
)
def test_what_cannot_be_told_is_null(tables, found):
    rows = study.study(tables, CONFIG)["transforms"]
    assert len(gains_by_transform(rows).axes) == 1  # a picture without dots
    assert [row["test"] and row["test"]["gain"] for row in rows] == found
    assert [row["validation"] for row in rows] == [None] * len(rows)


def test_the_stages_write_the_same_bytes_twice(tmp_path, corpus):
    write_shards(corpus.faces, tmp_path / "faces", 2)
    write_table(corpus.splits, tmp_path / "split/splits.parquet")
    values = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    values["study"] |= {"transforms": ["none", "flip"], "seeds": [1, 2], "epochs": 1, "processes": 1, "resamples": 100}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    paths = ["--params", str(tmp_path / "params.yaml")]
    for run in ("one", "two"):
        out = tmp_path / run
        for name in ("none", "flip"):
            asked = ["--transform", name, "--faces", str(tmp_path / "faces"), "--splits", str(tmp_path / "split")]
            study_augment.main([*asked, "--out", str(out / f"said/{name}.parquet"), *paths])
        files = ["--figure", str(out / "gains.svg"), "--metrics", str(out / "study.json")]
        study.main(["--said", str(out / "said"), *files, *paths])
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / run).rglob("*.*")} for run in ("one", "two"))
    assert one == two
    assert sorted(one) == ["flip.parquet", "gains.svg", "none.parquet", "study.json"]
    rows = read_table(tmp_path / "one/said/flip.parquet", STUDY)
    assert rows["seed"].to_pylist() == [1] * 28 + [2] * 28  # 14 validation and 14 test faces
    [none, flip] = read_json(tmp_path / "one/study.json")["transforms"]
    assert (none["test"]["gain"]["value"], none["test"]["beyond_chance"]) == (0, False)
    assert (flip["test"]["gain"]["n"], flip["test"]["gain_over_seeds"]["n"]) == (14, 2)

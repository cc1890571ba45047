"""A network made for photographs, at the 224 pixels of the paper: slow, so once, on a few faces."""

import shutil

import pyarrow as pa
from conftest import change_params

from bhab.schema import SPLITS, Split
from bhab.store import read_json, read_table, write_table
from bhab.training.faces import labelled
from pipelines import evaluate_fer, train_fer

FACES = {Split.TRAIN: 32, Split.VALIDATION: 6, Split.TEST: 6}


def test_resnet50_is_trained_and_judged_at_224_pixels(tiny, tmp_path):
    shutil.copyfile(tiny / "params.yaml", tmp_path / "params.yaml")
    recipe = {"side_px": 224, "epochs": 1, "batch": 16, "children": "none"}
    change_params(tmp_path, {"train_fer": {"models": ["resnet50"], "recipes": {"resnet50": recipe}}})
    splits = read_table(tiny / "data/processed/split/splits.parquet", SPLITS)
    few = pa.concat_tables(labelled(splits, split).slice(0, n) for split, n in FACES.items())
    write_table(few.sort_by("sample_id"), tmp_path / "split/splits.parquet")
    shared = ["--faces", tiny / "data/interim/faces", "--splits", tmp_path / "split"]
    shared += ["--params", tmp_path / "params.yaml"]

    def run(stage, **flags):
        stage.main([str(part) for part in (*(p for f, v in flags.items() for p in (f"--{f}", v)), *shared)])

    model = tmp_path / "resnet50"
    augmented = tiny / "data/processed/faces_augmented"
    run(train_fer, model="resnet50", augmented=augmented, kept=tmp_path / "kept", out=model)
    card = read_json(model / "card.json")
    assert (card["epochs"], card["kept_epoch"], card["why"]) == (1, 1, None)
    assert card["trained_on"] == FACES[Split.TRAIN]
    metrics = tmp_path / "fer.json"
    run(evaluate_fer, model=model, out=tmp_path / "said.parquet", figures=tmp_path / "figures", metrics=metrics)
    judged = read_json(metrics)
    assert judged["test"]["n"] == FACES[Split.TEST]
    assert judged["eval_mode"]["equal"]

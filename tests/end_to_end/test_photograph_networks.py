"""A network made for photographs, at the 224 pixels of the paper: slow, so once, on a few faces."""

import shutil

from conftest import change_params

from bhab.store import read_json
from pipelines import evaluate_fer, train_fer


def test_resnet50_is_trained_and_judged_at_224_pixels(tiny, tmp_path):
    shutil.copyfile(tiny / "params.yaml", tmp_path / "params.yaml")
    recipe = {"side_px": 224, "epochs": 1, "batch": 16}
    change_params(tmp_path, {"train_fer": {"models": ["resnet50"], "recipes": {"resnet50": recipe}}})
    shared = ["--faces", tiny / "data/interim/faces", "--splits", tiny / "data/processed/split"]
    shared += ["--params", tmp_path / "params.yaml"]

    def run(stage, **flags):
        stage.main([str(part) for part in (*(p for f, v in flags.items() for p in (f"--{f}", v)), *shared)])

    model = tmp_path / "resnet50"
    augmented = tiny / "data/processed/faces_augmented"
    run(train_fer, model="resnet50", augmented=augmented, kept=tmp_path / "kept", out=model)
    card = read_json(model / "card.json")
    assert (card["epochs"], card["kept_epoch"], card["why"]) == (1, 1, None)
    assert card["trained_on"] > 50
    metrics = tmp_path / "fer.json"
    run(evaluate_fer, model=model, out=tmp_path / "said.parquet", figures=tmp_path / "figures", metrics=metrics)
    judged = read_json(metrics)
    assert judged["test"]["n"] > 5
    assert judged["eval_mode"]["equal"]

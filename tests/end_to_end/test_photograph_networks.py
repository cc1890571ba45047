"""Networks made for photographs, at the 224 pixels of the paper: too slow for each run, so once, on a few faces."""

import shutil

import pytest
from conftest import change_params

from bhab.store import read_json
from pipelines import compress, evaluate_fer, train_fer


@pytest.mark.parametrize("name", ["resnet50", "mobilenet_v2"])
def test_it_is_trained_judged_and_made_small_at_224_pixels(tiny, tmp_path, name):
    shutil.copyfile(tiny / "params.yaml", tmp_path / "params.yaml")
    recipe = {"side_px": 224, "epochs": 1, "batch": 16}
    quick = {"compress": {"calibration_faces": 8, "epochs": 1}, "evaluate": {"resamples": 100}}
    change_params(tmp_path, {"train_fer": {"models": [name], "recipes": {name: recipe}}} | quick)
    shared = ["--faces", tiny / "data/interim/faces", "--splits", tiny / "data/processed/split"]
    shared += ["--params", tmp_path / "params.yaml"]

    def run(stage, *flags):
        stage.main([str(flag) for flag in (*flags, *shared)])

    augmented = tiny / "data/processed/faces_augmented"
    run(train_fer, "--model", name, "--augmented", augmented, "--kept", tmp_path / "kept", "--out", tmp_path / name)
    card = read_json(tmp_path / name / "card.json")
    assert (card["epochs"], card["kept_epoch"], card["why"]) == (1, 1, None)
    assert card["trained_on"] > 50

    figures, out = ("--figures", tmp_path / "figures"), ("--out", tmp_path / "said.parquet")
    run(evaluate_fer, "--model", tmp_path / name, *out, *figures, "--metrics", tmp_path / "fer.json")
    judged = read_json(tmp_path / "fer.json")
    assert judged["test"]["n"] > 5
    assert (judged["eval_mode"]["equal"], judged["eval_mode"]["largest_difference"] < 0.01) == (True, True)

    run(compress, "--model", tmp_path / name, "--out", tmp_path / "small", "--metrics", tmp_path / "small.json")
    sizes = {variant: cost["bytes"] for variant, cost in read_json(tmp_path / "small.json")["variants"].items()}
    assert sizes["int8"] < 0.4 * sizes["float32"]

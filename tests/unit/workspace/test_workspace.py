from pathlib import Path

import pytest
import yaml

from bhab.errors import ParamsError, SourceLayoutError
from bhab.workspace import make_workspace, merge

ROOT = Path(__file__).parents[3]
FACES = {"adapter": "image_folder", "modality": "faces", "root": "data/raw/mine", "licence": "mine", "consent": "given"}


def overlay(tmp_path: Path, **sections: object) -> Path:
    path = tmp_path / "overlay.yaml"
    path.write_text(yaml.safe_dump({"sources": {"mine": FACES}} | sections), encoding="utf-8")
    return path


def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus" / "mine").mkdir(parents=True)
    return tmp_path / "corpus"


def test_a_workspace_has_its_own_params_and_only_the_stages_that_apply(tmp_path):
    folder = tmp_path / "w"
    make_workspace(ROOT, folder, overlay(tmp_path, store={"shards": 3}), corpus(tmp_path))
    params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    stages = yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert (list(params["sources"]), params["store"]) == (["mine"], {"shards": 3})
    assert {"synthesize", "faults", "claims"} & set(stages) == set()
    assert (folder / "data/raw/mine").is_dir()
    assert (folder / "src/bhab").is_dir()


def test_making_it_again_keeps_results(tmp_path):
    folder, data = tmp_path / "w", corpus(tmp_path)
    make_workspace(ROOT, folder, overlay(tmp_path), data)
    (folder / "dvc.lock").write_text("result")
    make_workspace(ROOT, folder, overlay(tmp_path, store={"shards": 4}), data)
    assert (folder / "dvc.lock").read_text() == "result"
    assert yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))["store"] == {"shards": 4}


@pytest.mark.parametrize(
    ("sections", "error", "sentence"),
    [
        pytest.param({"store": {"shrads": 4}}, ParamsError, r"store\.shrads", id="misspelt key"),
        pytest.param(
            {"sources": {"mine": FACES | {"root": "data/raw/other"}}},
            SourceLayoutError,
            r"found no data/raw/other \(source mine\)",
            id="corpus that is not there",
        ),
        pytest.param(
            {"train_denoiser": {"noise": "data/raw/noise"}},
            SourceLayoutError,
            r"found no data/raw/noise \(noise of train_denoiser\)",
            id="noise that is not there",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, sections, error, sentence):
    with pytest.raises(error, match=sentence):
        make_workspace(ROOT, tmp_path / "w", overlay(tmp_path, **sections), corpus(tmp_path))


def test_noise_that_params_name_is_a_dependency(tmp_path):
    data = corpus(tmp_path)
    (data / "noise").mkdir()
    make_workspace(ROOT, tmp_path / "w", overlay(tmp_path, train_denoiser={"noise": "data/raw/noise"}), data)
    stages = yaml.safe_load((tmp_path / "w/dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert [d for d in stages["train_denoiser"]["deps"] if d.startswith("data/raw")] == ["data/raw/noise"]


def test_a_missing_data_folder_is_named(tmp_path):
    with pytest.raises(SourceLayoutError, match="nowhere: no such folder"):
        make_workspace(ROOT, tmp_path / "w", overlay(tmp_path), tmp_path / "nowhere")


def test_sections_are_merged_and_sources_replaced():
    base = {"a": {"x": 1, "y": 2}, "sources": {"s": {"root": "r"}}}
    assert merge(base, {"a": {"y": 3}, "sources": {"t": {}}}) == {"a": {"x": 1, "y": 3}, "sources": {"t": {}}}

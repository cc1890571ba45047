from pathlib import Path

import pytest
import yaml

from bhab.config import load_params
from bhab.errors import ParamsError

ROOT = Path(__file__).parents[3]


def changed(tmp_path, section, **changes):
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params[section] |= changes
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("section", "changes", "sentence"),
    [
        pytest.param("split", {"slat": "x"}, r"split\.slat: Extra inputs are not permitted", id="misspelt key"),
        pytest.param("split", {"test_fraction": 0.9}, r"split\.test_fraction: .*less than 0\.5", id="out of range"),
        pytest.param("ingest", {"batch": "many"}, r"ingest\.batch: .*valid integer.*'many'", id="wrong type"),
        pytest.param("denoise", {"method": "magic"}, r"denoise\.method: .*'rnnoise'", id="unknown choice"),
        pytest.param("ingest", {"min_contrast": float("nan")}, r"ingest\.min_contrast", id="not a number"),
        pytest.param(
            "sources",
            {"a/b": {"adapter": "texts", "modality": "texts", "root": "x", "licence": "MIT", "consent": "given"}},
            "expected letters, digits and _ only",
            id="source name that is no file name",
        ),
    ],
)
def test_a_bad_param_is_named(tmp_path, section, changes, sentence):
    with pytest.raises(ParamsError, match=sentence):
        load_params(changed(tmp_path, section, **changes))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("a: [", "not YAML", id="broken yaml"),
        pytest.param("a: 1", "runner: Field required", id="no sections"),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, sentence):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ParamsError, match=sentence):
        load_params(tmp_path / "params.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParamsError, match="no such file"):
        load_params(tmp_path / "params.yaml")


def test_sections_do_not_change_after_loading():
    with pytest.raises(ValueError, match="frozen"):
        load_params(ROOT / "params.yaml").split.salt = "other"

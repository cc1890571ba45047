"""A workspace: the same stages over another corpus, in a folder of its own.

    WORKSPACE/
      params.yaml          the project's, with an overlay; section `sources` is replaced as a whole
      dvc.yaml             the project's; without the embedded corpus where no source uses it
      src, pipelines       links to the project's code
      data/raw             a link to the corpus
      annotations/exports  its own
      annotations/replies  its own
      experiments/augment  its own
      .dvc                 its own cache

Making it again brings params and stages up to date and keeps every result.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from bhab.config import load_params
from bhab.errors import ParamsError, SourceLayoutError
from bhab.store import remove, write_text

SYNTHETIC_ROOT = "data/raw/synthetic"
SYNTHETIC_STAGES = ("synthesize", "faults")  # they make, and look for, what only the embedded corpus has
OWN_STAGES = ("claims",)  # about the figures of this project's documents, which say nothing of another corpus
DVC_CONFIG = "[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n"


def make_workspace(project: Path, folder: Path, overlay: Path, data: Path) -> None:
    """Make `folder` a workspace of `project` over the corpora in `data`, with the params in `overlay`.

    Raises ParamsError if the merged params do not fit, SourceLayoutError if a corpus is not where they say.
    """
    if not data.is_dir():
        raise SourceLayoutError(f"{data}: no such folder, expected one with the corpora that {overlay} names")
    params = merge(_read_yaml(project / "params.yaml"), _read_yaml(overlay))
    folder.mkdir(parents=True, exist_ok=True)
    write_text(_yaml_text(params), folder / "params.yaml")
    checked = load_params(folder / "params.yaml")
    sources, noise = checked.sources, checked.train_denoiser.noise
    stages = _read_yaml(project / "dvc.yaml")["stages"]
    if not isinstance(stages, dict):
        raise ParamsError(f"{project / 'dvc.yaml'}: `stages` is no mapping")
    if not any(s.root.startswith(SYNTHETIC_ROOT) for s in sources.values()):
        stages = {name: stage for name, stage in stages.items() if name not in SYNTHETIC_STAGES}
    stages = {name: stage for name, stage in stages.items() if name not in OWN_STAGES}
    if noise:  # DVC has no dependency that may be missing, so the project's own stage names none
        stages["train_denoiser"]["deps"].append(noise)
    write_text(_yaml_text({"stages": stages}), folder / "dvc.yaml")
    write_text((project / ".dvcignore").read_text(encoding="utf-8"), folder / ".dvcignore")
    write_text(DVC_CONFIG, folder / ".dvc" / "config")
    for own in ("annotations/exports", "annotations/replies", "experiments/augment"):
        (folder / own).mkdir(parents=True, exist_ok=True)
    for name, target in (("src", project / "src"), ("pipelines", project / "pipelines"), ("data/raw", data)):
        _link(folder / name, target.resolve())
    missing = [f"{s.root} (source {name})" for name, s in sources.items() if not (folder / s.root).exists()]
    missing += [f"{noise} (noise of train_denoiser)"] if noise and not (folder / noise).exists() else []
    if missing:
        raise SourceLayoutError(f"{data}: found no {', '.join(missing)}; data/raw stands for this folder")


def merge(base: Mapping[str, object], overlay: Mapping[str, object]) -> dict[str, object]:
    """Return `base` with the values of `overlay`, mappings merged key by key, `sources` taken as a whole."""
    out = dict(base)
    for key, value in overlay.items():
        old = out.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping) and key != "sources"
        out[key] = merge(old, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return out


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_symlink():
        raise SourceLayoutError(f"{path}: found a folder, expected a link that this command made; move it away")
    remove(path)
    path.symlink_to(target, target_is_directory=True)


def _read_yaml(path: Path) -> dict[str, object]:
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ParamsError(f"{path}: no such file") from error
    except yaml.YAMLError as error:
        raise ParamsError(f"{path}: not YAML ({error})") from error
    if not isinstance(value, dict):
        raise ParamsError(f"{path}: found {type(value).__name__}, expected sections")
    return value


def _yaml_text(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=116)

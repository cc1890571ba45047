"""The networks of benchmarks/denoise.py: each heard no speaker of a mixture, no noise of the kinds it is asked of."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bhab.audio.decode import DecodedClip, decode_clip
from bhab.audio.measures import clip_measures
from bhab.audio.noise import NOISES
from bhab.config import Params
from bhab.models.denoiser import Denoiser
from bhab.progress import progress
from bhab.store import write_bytes
from bhab.training.denoiser import REPORTED, fit
from bhab.training.export import denoiser_to_onnx
from bhab.training.mixtures import BABBLE, gather
from bhab.training.seed import repeatable
from bhab.workspace import merge

FOLDS = 3  # of the kinds of noise
Clip = NDArray[np.int16]
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Material:
    """What is mixed, and what may be heard in training."""

    rows: list[Row]  # one a mixture
    clips: dict[str, Clip]  # by name without suffix
    noise: Path  # folder
    folds: dict[str, int]  # of each noise file
    params: Params
    scratch: Path


def real_params() -> Params:
    """Return params.yaml under the overlay of real corpora."""
    base, overlay = (
        yaml.safe_load(Path(name).read_text(encoding="utf-8")) for name in ("params.yaml", "params-real.yaml")
    )
    return Params.model_validate(merge(base, overlay))


def decoded(path: Path, params: Params) -> Clip:
    """Return a file that is known to be good, as stage ingest has it."""
    clip = decode_clip(path.read_bytes(), params.ingest)
    if not isinstance(clip, DecodedClip):
        raise SystemExit(f"{path}: {clip}")
    return clip.pcm


def kinds_in_folds(folder: Path) -> dict[str, int]:
    """Return the fold of each noise file; names of one kind that differ in punctuation are one kind."""
    lines = (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = {row["file"]: row["kind"].replace("_", "-") for row in map(json.loads, lines)}
    names = sorted(set(kinds.values()))
    return {file: names.index(kind) % FOLDS for file, kind in kinds.items()}


def train(fold: int, material: Material) -> bytes:
    """Return the network, as ONNX, that heard no speaker of a mixture and no noise of `fold`."""
    path = material.scratch / f"denoiser_fold_{fold}.onnx"
    if path.exists():
        return path.read_bytes()
    config = material.params.train_denoiser
    rng = np.random.default_rng([config.seed, fold])
    repeatable(config.seed, config.threads)
    heard = [file for file, number in sorted(material.folds.items()) if number != fold]
    recorded = [decoded(material.noise / file, material.params) for file in heard]
    sounds = gather(training_clips(material), recorded, [*NOISES, BABBLE], config, rng)
    model = Denoiser(config)
    started = time.perf_counter()
    for loss in progress(fit(model, sounds, config, rng), -(-config.steps // REPORTED), f"fold {fold}"):
        print(f"fold {fold}: loss {loss:.3f} after {time.perf_counter() - started:.0f} s", flush=True)
    write_bytes(denoiser_to_onnx(model, config.window), path)
    return path.read_bytes()


def training_clips(material: Material) -> list[Clip]:
    """Return those clips of speakers who are in no mixture that have the highest SNR."""
    asked = {speaker(row["clip"].removesuffix(".flac")) for row in material.rows}
    others = [clip for name, clip in material.clips.items() if speaker(name) not in asked]
    order = np.argsort([-clip_measures(clip)["snr_db"] for clip in others], kind="stable")
    return [others[n] for n in order[: round(material.params.train_denoiser.clean_share * len(others))]]


def speaker(stem: str) -> str:
    """Return the speaker's number, the last of a BanglaSER name."""
    return stem.rsplit("-", 1)[1]

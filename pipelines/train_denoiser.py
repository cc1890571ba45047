"""Stage `train_denoiser`: clean training speech and noise -> a small causal network, and its trial beside RNNoise.

Speech is that of the training clips with the highest SNR. Some kinds of noise are kept for the trial alone, where
RNNoise, the network and the mean of the two meet validation speakers; test speakers are scored too, but decide nothing.
Which method is better stands in card.json, and stage `denoise` reads it there.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from safetensors.torch import save

from bhab.audio.denoise import Method, mean_of, rnnoise
from bhab.audio.learned import learned, network_of
from bhab.audio.noise import NOISES
from bhab.config import TrainDenoiserConfig, load_params
from bhab.curation.chance import unit_interval
from bhab.ingest.noise import Recordings, read_noise
from bhab.models.denoiser import Denoiser
from bhab.progress import progress
from bhab.schema import SPEECH, SPLITS, Modality, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_bytes, write_json
from bhab.training.checkpoint import n_parameters
from bhab.training.denoiser import REPORTED, fit
from bhab.training.export import denoiser_to_onnx
from bhab.training.mixtures import BABBLE, gather
from bhab.training.seed import repeatable
from bhab.training.trial import champion, figures, mixtures, score

Json = dict[str, object]
PEER, OWN, BOTH = "rnnoise", "own", "both"  # in the order in which they have to beat each other
ASKED = (Split.VALIDATION, Split.TEST)


@dataclass(frozen=True, slots=True)
class Denoising:
    """A network in two forms, both None where there was nothing to learn from, and what to say of it."""

    weights: bytes | None  # safetensors
    onnx: bytes | None
    card: Json
    metrics: Json


def train_denoiser(speech: pa.Table, splits: pa.Table, noise: Recordings, config: TrainDenoiserConfig) -> Denoising:
    """Return the network trained on clean training clips and the kinds of noise that are not held out."""
    clips = {split: clean_clips(speech, splits, split, config.clean_share) for split in Split}
    kinds = sorted({recording.kind for recording in noise.kept})
    held_out = {*hold_out([*NOISES, BABBLE], config), *hold_out(kinds, config)}
    card: Json = {
        "model": "denoiser",
        "params": config.model_dump(mode="json"),
        "clips": {split: len(own) for split, own in clips.items()},
        "recordings": {"kept": len(noise.kept), "rejects": {n: asdict(d) for n, d in noise.rejects.items()}},
        "noises": sorted({*NOISES, BABBLE, *kinds} - held_out),
        "held_out_noises": sorted(held_out),
    }
    if not clips[Split.TRAIN]:
        untrained = card | {"better": PEER, "why": "no training clip, expected some", "n_parameters": 0}
        return Denoising(None, None, untrained, untrained | {"trial": {}})
    rng = np.random.default_rng(config.seed)
    repeatable(config.seed, config.threads)
    recorded = [r.pcm for r in noise.kept if r.kind not in held_out]
    made = [kind for kind in (*NOISES, BABBLE) if kind not in held_out]
    model = Denoiser(config)
    sounds = gather(clips[Split.TRAIN], recorded, made, config, rng)
    losses = list(progress(fit(model, sounds, config, rng), -(-config.steps // REPORTED), "training a denoiser"))
    content = denoiser_to_onnx(model, config.window)
    trials = {split: hold_trial(clips[split], noise, held_out, content, config) for split in ASKED}
    told = card | {"better": trials[Split.VALIDATION]["better"], "why": None, "n_parameters": n_parameters(model)}
    weights = save({name: tensor.contiguous() for name, tensor in model.state_dict().items()})
    return Denoising(weights, content, told | {"losses": losses}, told | {"trial": trials})


def clean_clips(speech: pa.Table, splits: pa.Table, split: Split, share: float) -> list[NDArray[np.int16]]:
    """Return that share of the clips of `split` with the highest SNR, in the order of sample_id."""
    own = splits.filter((pc.field("modality") == Modality.SPEECH) & (pc.field("split") == split))
    rows = speech.filter(pc.is_in(speech["sample_id"], own["sample_id"].combine_chunks()))
    order = np.argsort(-rows["snr_db"].to_numpy(), kind="stable")[: math.ceil(share * len(rows))]
    return [np.frombuffer(rows["pcm"][int(row)].as_py(), "<i2") for row in np.sort(order)]


def hold_out(kinds: Sequence[str], config: TrainDenoiserConfig) -> list[str]:
    """Return the share of `kinds` that is kept for the trial: drawn by a hash of their names, the same in any run."""
    drawn = sorted(kinds, key=lambda kind: unit_interval(kind, f"denoiser-{config.seed}"))
    return drawn[: math.ceil(config.held_out_share * len(kinds))]


def hold_trial(
    clips: Sequence[NDArray[np.int16]], noise: Recordings, kinds: set[str], onnx: bytes, config: TrainDenoiserConfig
) -> Json:
    """Return the scores of the methods and of their input on `clips` with noise of these `kinds`, and who wins."""
    recorded = [recording.pcm for recording in noise.kept if recording.kind in kinds]
    made = [kind for kind in (*NOISES, BABBLE) if kind in kinds]
    mixed = mixtures(clips, recorded, made, config.trials, np.random.default_rng([config.seed, 1]))
    if not mixed:
        return {"n": 0, "methods": {}, "over_rnnoise": {}, "better": PEER}
    own = partial(learned, network=network_of(onnx))
    tried: dict[str, Method] = {PEER: rnnoise, OWN: own, BOTH: partial(mean_of, methods=(own, rnnoise))}
    scores = score(mixed, tried)

    def told(found: NDArray[np.float64]) -> Json:
        return {name: asdict(figure) for name, figure in figures(found, config.resamples, config.seed).items()}

    return {
        "n": len(mixed),
        "methods": {name: told(found) for name, found in scores.items()},
        "over_rnnoise": {name: told(scores[name] - scores[PEER]) for name in (OWN, BOTH)},
        "better": champion({name: scores[name] for name in tried}, config.resamples, config.seed),
    }


def write_denoiser(trained: Denoising, folder: Path) -> None:
    """Write the network, whole or not at all: weights.safetensors, denoiser.onnx and card.json."""
    with whole_folder(folder) as partial_folder:
        if trained.weights is not None and trained.onnx is not None:
            write_bytes(trained.weights, partial_folder / "weights.safetensors")
            write_bytes(trained.onnx, partial_folder / "denoiser.onnx")
        write_json(trained.card, partial_folder / "card.json")


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of stage split")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    config = params.train_denoiser
    trained = train_denoiser(
        read_table(args.speech, SPEECH),
        read_table(args.splits / "splits.parquet", SPLITS),
        read_noise(Path(config.noise), params.ingest) if config.noise else Recordings([], {}),
        config,
    )
    write_denoiser(trained, args.out)
    write_json(trained.metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)

"""Claim: the mean of the denoiser trained here and RNNoise beats both, on voices and noise it never heard.

160 mixtures of Bengali clips and recorded noise at 0 to 15 dB, whose recipe stands in denoise_reference_rows.csv: the
scores there of the noisy clips and of RNNoise have to come out again, or the recipe was misread. Every speaker of a
mixture is kept from training. Kinds of noise are cut into folds, and a mixture is cleaned by the network that heard no
file of its kind (white and pink noise: of any name). Scored against the clip as it is mixed, quiet background and all.

Then 40 clips without added noise: what a method takes from a clean clip, without the guard and with it.

    make bench DATA=DIR

or

    python benchmarks/denoise.py --data DIR --scratch FOLDER --date 2026-01-31

with pesq and pystoi installed. DIR holds banglaser/ and noise/. Networks are kept in FOLDER and not trained again.
"""

import argparse
import csv
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from denoise_networks import (
    FOLDS,
    Clip,
    Material,
    Row,
    decoded,
    kinds_in_folds,
    real_params,
    speaker,
    train,
    training_clips,
)
from machine import machine
from numpy.typing import NDArray

from bhab.audio.denoise import METHODS, clean_clip, mean_of
from bhab.audio.learned import learned, network_of
from bhab.audio.listener import fit_listener
from bhab.audio.pcm import to_float, to_pcm
from bhab.audio.scores import si_sdr_db, stoi
from bhab.fairness.intervals import bootstrap
from bhab.models.denoiser import Denoiser
from bhab.progress import progress
from bhab.store import write_json

RESULTS = Path(__file__).parent / "results" / "denoise.json"
FRAME = 320  # samples, of the recipe's active power
PEAK = 0.99
GTCRN = "gtcrn_dns3_onnx"  # its scores are read from the reference: its weights are not installed here
OURS = ("own", "both")
SCORES = ("pesq_wb", "stoi", "si_sdr_db")
REFERENCE = {"pesq_wb": "pesq_wb", "stoi": "stoi", "si_sdr_db": "si_sdr"}
Sound = NDArray[np.float64]
Method = Callable[[Clip], Clip]


def main(argv: Sequence[str] | None = None) -> None:
    """Train where needed, mix, clean, score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, required=True, help="folder where networks are kept")
    parser.add_argument("--date", required=True)
    parser.add_argument("--train", type=int, help="only train the network of this fold")
    args = parser.parse_args(argv)
    params = real_params()
    reference = list(csv.DictReader((args.data / "noise/denoise_reference_rows.csv").open(encoding="utf-8")))
    material = Material(
        rows=[row for row in reference if row["method"] == "noisy"],
        clips={path.stem: decoded(path, params) for path in sorted((args.data / "banglaser").glob("*.wav"))},
        noise=args.data / "noise",
        folds=kinds_in_folds(args.data / "noise"),
        params=params,
        scratch=args.scratch,
    )
    if args.train is not None:
        train(args.train, material)
        return
    networks = [train(fold, material) for fold in range(FOLDS)]
    scored, seconds = judge(material, networks)
    result = {
        "date": args.date,
        "machine": machine(),
        "mixtures": len(material.rows),
        "training": training_facts(material, networks),
        "methods": {
            name: summary(found) | {"real_time_factor": round(seconds[name], 4)} for name, found in scored.items()
        },
        "reference": {m: told(reference, m) for m in ("noisy", "noisereduce_stationary", "rnnoise", GTCRN)},
        "over_rnnoise": {name: differences(scored[name], scored["rnnoise"]) for name in OURS},
        "over_gtcrn": {name: differences(scored[name], listed(reference, GTCRN)) for name in OURS},
        "without_white_and_pink": without(material.rows, scored, reference),
        "clean_input": clean_input(material, networks[0]),
    }
    write_json(result, RESULTS)
    print(json.dumps(result, indent=2))


def mix(row: Row, material: Material) -> tuple[Sound, Sound]:
    """Return a clip and the same with noise, by the recipe: float64, both at the level of the mixture."""
    import soundfile

    speech = material.clips[row["clip"].removesuffix(".flac")] / 32_768
    recorded = soundfile.read(material.noise / row["noise_file"])[0]
    start = int(np.random.default_rng(int(row["seed"])).integers(0, max(1, len(recorded) - len(speech))))
    part = np.resize(recorded[start:], len(speech)) if len(recorded) > len(speech) else np.resize(recorded, len(speech))
    frames = speech[: len(speech) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.mean(frames**2, axis=1)
    active = float(power[power >= power.max() * 10**-3].mean())
    mixed = speech + part * np.sqrt(active / np.mean(part**2) / 10 ** (float(row["snr"]) / 10))
    gain = min(1.0, PEAK / float(np.abs(mixed).max()))
    return speech * gain, mixed * gain


def judge(material: Material, networks: Sequence[bytes]) -> tuple[dict[str, NDArray[np.float64]], dict[str, float]]:
    """Return the scores of each method, (mixtures, SCORES), and its seconds of work for a second of sound."""
    own = [partial(learned, network=network_of(content)) for content in networks]
    both = [partial(mean_of, methods=(one, METHODS["rnnoise"])) for one in own]
    methods: dict[str, Method] = {
        "noisy": lambda pcm: pcm,
        "noisereduce": METHODS["spectral_gating"],
        "rnnoise": METHODS["rnnoise"],
    }
    scores: dict[str, list[list[float]]] = {name: [] for name in (*methods, *OURS)}
    seconds, heard = dict.fromkeys(scores, 0.0), 0.0
    for row in progress(material.rows, len(material.rows), "mixtures"):
        clean, noisy = mix(row, material)
        heard += len(clean) / 16_000
        fold = material.folds[row["noise_file"]]
        for name, method in {**methods, "own": own[fold], "both": both[fold]}.items():
            pcm = to_pcm(noisy)
            started = time.perf_counter()
            cleaned = method(pcm)
            seconds[name] += time.perf_counter() - started
            scores[name].append(scored(clean, noisy if name == "noisy" else cleaned / 32_768))
    return {name: np.array(found) for name, found in scores.items()}, {n: s / heard for n, s in seconds.items()}


def scored(clean: Sound, heard: Sound) -> list[float]:
    """Return PESQ-WB, STOI and SI-SDR."""
    from pesq import pesq

    wide_band = pesq(16_000, clean.astype(np.float32), heard.astype(np.float32), "wb")
    return [float(wide_band), stoi(clean, heard), si_sdr_db(clean, heard)]


def summary(scores: NDArray[np.float64]) -> dict[str, object]:
    """Return the mean of each score and its 95 % interval over mixtures."""
    out = {}
    for name, column in zip(SCORES, scores.T, strict=True):
        figure = bootstrap(
            lambda rows, c=column: float(c[rows].mean()), len(column), resamples=2000, rng=np.random.default_rng(1)
        )
        out[name] = {"mean": round(figure.value, 4), "low": round(figure.low, 4), "high": round(figure.high, 4)}
    return out


def differences(one: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, object]:
    """Return the mean of paired differences and its 95 % interval."""
    return summary(one - other)


def listed(reference: Sequence[Row], method: str) -> NDArray[np.float64]:
    """Return the scores of a method as the reference prints them, (mixtures, SCORES)."""
    rows = [row for row in reference if row["method"] == method]
    return np.array([[float(row[REFERENCE[score]]) for score in SCORES] for row in rows])


def told(reference: Sequence[Row], method: str) -> dict[str, float]:
    """Return the mean scores of a method as the reference prints them."""
    return {s: round(float(v), 4) for s, v in zip(SCORES, listed(reference, method).mean(axis=0), strict=True)}


def without(rows: Sequence[Row], scores: dict[str, NDArray[np.float64]], reference: Sequence[Row]) -> dict[str, object]:
    """Return the means over mixtures whose noise is neither white nor pink: noise made by rule is like these."""
    kept = np.array([row["noise"] not in {"white-noise", "pink-noise"} for row in rows])
    means = {name: found[kept].mean(axis=0).round(4).tolist() for name, found in scores.items()}
    return {
        "n": int(kept.sum()),
        "scores": list(SCORES),
        **means,
        GTCRN: listed(reference, GTCRN)[kept].mean(axis=0).round(4).tolist(),
    }


def clean_input(material: Material, network: bytes) -> dict[str, object]:
    """Return what is left of the mixtures' own clips without noise: STOI against the clip as it came."""
    names = sorted({row["clip"].removesuffix(".flac") for row in material.rows})
    clips, config = material.clips, material.params.denoise
    own, other = partial(learned, network=network_of(network)), METHODS["rnnoise"]
    methods: dict[str, Method] = {"own": own, "rnnoise": other, "both": partial(mean_of, methods=(own, other))}
    deaf = fit_listener([], np.zeros(0, np.int64))
    found: dict[str, object] = {"n": len(names)}
    for name, method in methods.items():
        bare = [stoi(to_float(clips[n]).astype(float), to_float(method(clips[n])).astype(float)) for n in names]
        guarded, kept = [], 0
        for n in names:
            clip = clean_clip(clips[n], method, deaf, config)
            original = clean_clip(clips[n], None, deaf, config).pcm
            kept += clip.guard != "passed"
            guarded.append(stoi(original / 32_768, clip.pcm / 32_768))
        found[name] = {
            "stoi": round(float(np.mean(bare)), 4),
            "lowest": round(min(bare), 4),
            "stoi_with_guard": round(float(np.mean(guarded)), 4),
            "lowest_with_guard": round(min(guarded), 4),
            "kept_by_guard": kept,
        }
    return found


def training_facts(material: Material, networks: Sequence[bytes]) -> dict[str, object]:
    """Return what the networks heard, and how large they are."""
    folds, rows = material.folds, material.rows
    return {
        "clips": len(training_clips(material)),
        "speakers_held_out": len({speaker(row["clip"].removesuffix(".flac")) for row in rows}),
        "noise_files_of_fold": [sum(n == fold for n in folds.values()) for fold in range(FOLDS)],
        "mixtures_of_fold": [sum(folds[row["noise_file"]] == fold for row in rows) for fold in range(FOLDS)],
        "parameters": sum(p.numel() for p in Denoiser(material.params.train_denoiser).parameters()),
        "onnx_bytes": [len(content) for content in networks],
    }


if __name__ == "__main__":
    main()

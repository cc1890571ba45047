import hashlib
import json

import numpy as np
import pytest
import yaml

from bhab.audio.voice import Voice, speak_all
from bhab.config import load_params
from bhab.schema import EMOTIONS, SPEECH, SPLITS, sample_id
from bhab.store import read_json, table_of, write_shards, write_table
from pipelines.train_denoiser import clean_clips, hold_out
from pipelines.train_denoiser import main as train_denoiser
from pipelines.train_listener import main as train_listener

SMALL = {"steps": 2, "batch": 2, "crop_s": 0.6, "channels": [4, 4, 4], "hidden": 8, "made_noises": 8, "trials": 2}
SPLIT_OF = ["train", "train", "train", "train", "validation", "test"]


def row(number, pcm):
    key = f"{number}.wav"
    base = {"sample_id": sample_id("made", key), "content_sha256": key, "source": "made", "source_key": key}
    measures = {
        "level_dbfs": -20.0,
        "peak_dbfs": -3.0,
        "clipped_share": 0.0,
        "silent_share": 0.0,
        "snr_db": 10.0 + number,
    }
    sound = {"pcm": pcm.tobytes(), "duration_s": len(pcm) / 16_000, "source_rate_hz": 16_000, "source_channels": 1}
    return base | measures | sound | {"licence": "MIT", "consent": "synthetic"}


def split_row(clip, number):
    own = {"sample_id": clip["sample_id"], "modality": "speech", "source": "made", "emotion": EMOTIONS[number % 2]}
    return own | {"group_id": clip["sample_id"], "split": SPLIT_OF[number], "leaked": False}


@pytest.fixture(scope="module")
def rows():
    spoken = speak_all([("আমি আজ খুব খুশি।", Voice(v, 150, 50, 50)) for v in ("f1", "f2", "f3", "m1", "m2", "m3")])
    return [row(number, pcm) for number, pcm in enumerate(spoken)]


@pytest.fixture
def laid_out(tmp_path, request):
    def make(rows, **changed):
        params = yaml.safe_load((request.config.rootpath / "params.yaml").read_text(encoding="utf-8"))
        params["train_denoiser"] |= SMALL | changed
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        write_shards(table_of(rows, SPEECH), tmp_path / "speech", 2)
        splits = [split_row(clip, number) for number, clip in enumerate(rows)]
        write_table(table_of(splits, SPLITS), tmp_path / "split/splits.parquet")
        inputs = ["--speech", str(tmp_path / "speech"), "--splits", str(tmp_path / "split")]
        return [*inputs, "--params", str(tmp_path / "params.yaml")]

    return make


def trained(folder, arguments):
    train_denoiser([*arguments, "--out", str(folder / "out"), "--metrics", str(folder / "metrics.json")])
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "out").iterdir()}
    return digests, read_json(folder / "metrics.json")


def test_the_denoiser_is_the_same_again_and_says_who_won(tmp_path, laid_out, rows):
    arguments = laid_out(rows)
    first, metrics = trained(tmp_path, arguments)
    assert trained(tmp_path, arguments) == (first, metrics)
    assert sorted(first) == ["card.json", "denoiser.onnx", "weights.safetensors"]
    assert metrics["clips"] == {"train": 2, "validation": 1, "test": 1}
    assert set(metrics["noises"]) & set(metrics["held_out_noises"]) == set()
    trial = metrics["trial"]["validation"]
    assert (trial["n"], sorted(trial["methods"])) == (2, ["both", "noisy", "own", "rnnoise"])
    assert metrics["better"] == trial["better"]
    assert json.loads((tmp_path / "out/card.json").read_text())["better"] == metrics["better"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(0, (["card.json"], "no training clip, expected some"), id="no speech"),
        pytest.param(4, (["card.json", "denoiser.onnx", "weights.safetensors"], None), id="nobody to try it on"),
    ],
)
def test_without_a_trial_rnnoise_stays(tmp_path, laid_out, rows, count, expected):
    digests, metrics = trained(tmp_path, laid_out(rows[:count]))
    assert (sorted(digests), metrics["why"]) == expected
    assert metrics["better"] == "rnnoise"
    assert [t["n"] for t in metrics["trial"].values()] == ([0, 0] if count else [])


def test_recorded_noise_is_heard_or_held_out_by_kind(tmp_path, laid_out, rows):
    import soundfile

    for name in ("rain_1", "rain_2", "fan_1", "bus_1"):
        soundfile.write(tmp_path / f"{name}.wav", np.random.default_rng(1).normal(0, 0.1, 16_000).clip(-1, 1), 16_000)
    (tmp_path / "broken.wav").write_text("no sound")
    _, metrics = trained(tmp_path, laid_out(rows, noise=str(tmp_path)))
    kinds = {"rain", "fan", "bus"}
    assert metrics["recordings"]["kept"] == 4
    assert [(name, drop["reason"]) for name, drop in metrics["recordings"]["rejects"].items()] == [
        ("broken.wav", "audio_undecodable")
    ]
    assert kinds & set(metrics["noises"]) | kinds & set(metrics["held_out_noises"]) == kinds
    assert len(kinds & set(metrics["held_out_noises"])) == 1


def test_the_cleanest_clips_of_a_split_are_taken(rows):
    speech = table_of(rows, SPEECH)
    splits = table_of([split_row(clip, number) for number, clip in enumerate(rows)], SPLITS)
    taken = [clip.tobytes() for clip in clean_clips(speech, splits, "train", 0.5)]
    assert taken == [rows[2]["pcm"], rows[3]["pcm"]]  # of rows 0 to 3, SNR 10 to 13 dB


def test_kinds_are_held_out_whatever_their_order(request):
    config = load_params(request.config.rootpath / "params.yaml").train_denoiser
    kinds = ["rain", "fan", "bus", "sea", "wind"]
    assert hold_out(kinds, config) == hold_out(kinds[::-1], config)
    assert len(hold_out(kinds, config)) == 2  # a quarter, rounded up
    assert hold_out([], config) == []


@pytest.mark.parametrize(("count", "trained_on"), [(6, 4), (0, 0)], ids=["four training clips", "no speech"])
def test_the_listener_hears_training_clips_alone(tmp_path, laid_out, rows, count, trained_on):
    arguments = [*laid_out(rows[:count]), "--out", str(tmp_path / "listener.json")]
    train_listener(arguments)
    first = (tmp_path / "listener.json").read_bytes()
    train_listener(arguments)
    assert (tmp_path / "listener.json").read_bytes() == first
    assert json.loads(first)["trained_on"] == trained_on

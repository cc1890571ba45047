"""The gate of the learned voice, on trials made by hand and on a whole run of the three stages."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from bhab.audio.voice_score import Likeness
from bhab.config import EvaluateVoiceConfig
from bhab.schema import MELS, VOICE_CLIPS
from bhab.store import read_json, table_of, write_table
from bhab.training.alignment import Alignment
from bhab.training.voice_clips import VoiceClip
from bhab.training.voice_gate import Trial, verdict
from bhab.training.voice_speak import Told
from pipelines import evaluate_voice, train_voice, voice_corpus

PARAMS = Path(__file__).parents[3] / "params.yaml"
CONFIG = EvaluateVoiceConfig(
    seed=1,
    resamples=100,
    clips=20,
    max_mcd_db=5.0,
    max_duration_ratio=1.25,
    max_level_db=6.0,
    max_flatness=0.1,
    min_speech_share=0.8,
    min_sane_share=0.9,
    pictures=2,
)
GOOD = Likeness(mcd_db=4.0, duration_ratio=1.0, level_db=0.0, flatness=0.02, speech_share=1.0)


def like(**changed):
    return Likeness(**{name: getattr(GOOD, name) for name in GOOD.__slots__} | changed)


def trial(text, *, ended=True, waveglow=GOOD, griffin_lim=None):
    wave = np.random.default_rng(len(text)).normal(0, 0.1, 4000).astype(np.float32)
    clip = VoiceClip(text, "sad", wave, np.zeros((4, MELS), np.float32))
    told = Told(np.zeros((4, MELS), np.float32), np.eye(2, dtype=np.float32), ended)
    of = {"griffin_lim": griffin_lim or like(mcd_db=4.5), "waveglow": waveglow}
    found = {f"{mels}_{vocoder}": one for mels in ("reference", "tacotron2") for vocoder, one in of.items()}
    return Trial(clip, told, dict.fromkeys(found, wave), found, Alignment(0.99, 1.0, 0.7, 0.95))


def trials(**changed):
    return [trial("x" * (1 + number), **changed) for number in range(12)]


PASS, FAIL = True, False


@pytest.mark.parametrize(
    ("made", "distortion", "sane", "better"),
    [
        pytest.param(trials(), PASS, PASS, PASS, id="a voice that is near its reference"),
        pytest.param(trials(ended=False), PASS, FAIL, PASS, id="no end is found"),
        pytest.param(trials(waveglow=like(mcd_db=6.0)), FAIL, PASS, FAIL, id="another sound"),
        pytest.param(trials(griffin_lim=like(mcd_db=3.9)), PASS, PASS, FAIL, id="Griffin-Lim is nearer"),
        pytest.param(trials(griffin_lim=GOOD), PASS, PASS, FAIL, id="Griffin-Lim is as near"),
        pytest.param(trials(waveglow=like(duration_ratio=1.4)), PASS, FAIL, PASS, id="too slow"),
        pytest.param(trials(waveglow=like(duration_ratio=0.7)), PASS, FAIL, PASS, id="too fast"),
        pytest.param(trials(waveglow=like(level_db=-20.0)), PASS, FAIL, PASS, id="too soft"),
        pytest.param(trials(waveglow=like(level_db=7.0)), PASS, FAIL, PASS, id="too loud"),
        pytest.param(trials(waveglow=like(flatness=0.5)), PASS, FAIL, PASS, id="noise"),
        pytest.param(trials(waveglow=like(speech_share=0.1)), PASS, FAIL, PASS, id="no speech"),
        pytest.param([*trials(), trial("y" * 40, ended=False)], PASS, PASS, PASS, id="one failure of thirteen"),
    ],
)
def test_what_passes(made, distortion, sane, better):
    found = verdict(made, 0, CONFIG)
    assert [check["passed"] for check in found["checks"]["waveglow"]] == [distortion, sane, better]
    assert found["passed"] == (distortion and sane and better)


def test_what_cannot_be_said_counts_against_the_voice():
    found = verdict(trials(), 3, CONFIG)["checks"]["waveglow"][1]
    assert (found["passed"], found["figure"]["value"], found["figure"]["n"]) == (False, 0.8, 15)


def test_without_clips_nothing_passes():
    found = verdict([], 0, CONFIG)
    assert (found["clips"], found["texts"], found["passed"]) == (0, 0, False)
    assert [check["passed"] for check in found["checks"]["waveglow"]] == [False, False, False]


def test_n_counts_texts_for_clips_of_one_text_are_not_independent():
    few = [trial("x", waveglow=like(mcd_db=m)) for m in (3.0, 3.2)] + [trial("yy", waveglow=like(mcd_db=5.0))]
    figure = verdict(few, 0, CONFIG)["ways"]["tacotron2_waveglow"]["mcd_db"]
    assert figure == {"value": pytest.approx(11.2 / 3), "low": pytest.approx(3.1), "high": 5.0, "n": 2}
    assert verdict(few, 0, CONFIG)["clips"] == 3


def test_another_text_is_what_distortion_is_measured_against():
    assert verdict(trials(), 0, CONFIG)["another_text_db"] > 0
    assert verdict([trial("x")], 0, CONFIG)["another_text_db"] is None


@pytest.fixture(scope="module")
def run(tmp_path_factory, voice_params):
    """The three stages, on few texts and with small networks."""
    root = tmp_path_factory.mktemp("stages")
    params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    params["voice_corpus"] |= {"texts": 10, "manners": 1}
    params["train_voice"] = voice_params | {"tacotron2": voice_params["tacotron2"] | {"epochs": 1}}
    params["evaluate_voice"] |= {"resamples": 100, "clips": 2, "pictures": 2}
    (root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    own = ["--params", str(root / "params.yaml")]
    voice_corpus.main(["--out", str(root / "voice.parquet"), *own])
    train_voice.main(["--clips", str(root / "voice.parquet"), "--out", str(root / "model"), *own])
    return root


def judge(root, out):
    words = {"model": root / "model", "clips": root / "voice.parquet"}
    words |= {"figures": out / "figures", "sounds": out / "sounds", "metrics": out / "voice.json"}
    words |= {"params": root / "params.yaml"}
    evaluate_voice.main([part for name, path in words.items() for part in (f"--{name}", str(path))])
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def test_a_voice_is_judged_to_the_same_bytes(run):
    files = judge(run, run / "one")
    assert judge(run, run / "two") == files
    kinds = ("griffin_lim", "reference", "waveglow")
    sounds = [f"sounds/{number:02}_{kind}.wav" for number in range(2) for kind in kinds]
    figures = [f"figures/{name}.svg" for name in ("alignments", "curves", "mels")]
    assert sorted(files) == sorted([*figures, *sounds, "sounds/sounds.json", "voice.json"])
    found = read_json(run / "one/voice.json")
    assert (found["clips"], found["unsayable"], found["passed"], found["why"]) == (2, 0, False, None)
    assert soundfile.info(run / "one/sounds/00_waveglow.wav").samplerate == 16_000
    assert [row["emotion"] for row in read_json(run / "one/sounds/sounds.json")["sounds"]]


def test_an_empty_corpus_has_no_voice_and_no_verdict_but_fail(run, tmp_path):
    write_table(table_of([], VOICE_CLIPS), tmp_path / "voice.parquet")
    own = ["--params", str(run / "params.yaml")]
    train_voice.main(["--clips", str(tmp_path / "voice.parquet"), "--out", str(tmp_path / "model"), *own])
    (tmp_path / "params.yaml").write_bytes((run / "params.yaml").read_bytes())
    judge(tmp_path, tmp_path / "out")
    found = read_json(tmp_path / "out/voice.json")
    assert (found["clips"], found["passed"]) == (0, False)
    assert found["why"] == "0 training and 0 validation clips, expected some of both"
    assert read_json(tmp_path / "out/sounds/sounds.json") == {"sounds": []}

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bhab.audio.listener import fit_listener
from bhab.audio.voice import Voice, speak_all
from bhab.config import load_params
from bhab.errors import TableError
from bhab.schema import CLEAN_SPEECH, SPEECH, SPLITS, sample_id
from bhab.store import read_table, table_of, write_json, write_shards, write_table
from pipelines.denoise import Tools, denoise, figures, main

PARAMS = Path(__file__).parents[3] / "params.yaml"
NOTHING = {"value": 0.0, "low": 0.0, "high": 1.0, "n": 0}
EMPTY = {
    "n": 0,
    "method": "rnnoise",
    "denoised": 0,
    "kept_original": {},
    "trimmed_s": {"total": 0.0, "mean": None},
    "snr_before_db": None,
    "snr_after_db": None,
    "changes": {"level_change_db": None, "pitch_change_semitones": None, "speech_lost_share": None},
    "listener": dict.fromkeys(("changed_tried", "changed_kept", "right_before", "right_after"), NOTHING),
}


def clip(number, pcm):
    key = f"{number}.wav"
    base = {"sample_id": sample_id("made", key), "content_sha256": key, "source": "made", "source_key": key}
    measures = {"level_dbfs": -20.0, "peak_dbfs": -3.0, "clipped_share": 0.0, "silent_share": 0.0, "snr_db": 10.0}
    sound = {"pcm": pcm.tobytes(), "duration_s": len(pcm) / 16_000, "source_rate_hz": 16_000, "source_channels": 1}
    return base | measures | sound | {"licence": "MIT", "consent": "synthetic"}


def split_row(row):
    own = {"sample_id": row["sample_id"], "modality": "speech", "source": "made", "emotion": "happy"}
    return own | {"group_id": row["sample_id"], "split": "test", "leaked": False}


@pytest.fixture(scope="module")
def rows():
    """Return six clips: noisy, clean and silent ones."""
    spoken = speak_all([("আমি আজ খুব খুশি।", Voice(variant, 150, 50, 50)) for variant in ("f1", "f2", "m1", "m2")])
    rng = np.random.default_rng(1)
    noisy = [(pcm / 2 + rng.normal(0, 400, len(pcm))).astype(np.int16) for pcm in spoken[:3]]
    clips = [*noisy, spoken[3], np.zeros(16_000, np.int16), rng.integers(-9, 9, 5_000).astype(np.int16)]
    return [clip(number, pcm) for number, pcm in enumerate(clips)]


def laid_out(folder, rows, kept):
    write_shards(table_of(rows, SPEECH), folder / "speech", 3)
    write_table(table_of([split_row(row) for row in kept], SPLITS), folder / "split" / "splits.parquet")
    tools = trained(folder)
    inputs = ["--speech", str(folder / "speech"), "--splits", str(folder / "split")]
    return [*inputs, "--denoiser", str(tools.denoiser), "--listener", str(tools.listener)]


def trained(folder):
    write_json({"better": "rnnoise"}, folder / "denoiser/card.json")
    write_json(fit_listener([], np.zeros(0, np.int64)).model_dump(), folder / "listener.json")
    return Tools(folder / "denoiser", folder / "listener.json")


def results(folder, *arguments):
    main([*arguments, "--out", str(folder / "out"), "--metrics", str(folder / "metrics.json")])
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()} | {
        "metrics": json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    }


def test_the_stage_gives_what_its_function_gives(tmp_path, rows):
    inputs = laid_out(tmp_path, rows, rows[1:])
    written = results(tmp_path, *inputs, "--params", str(PARAMS))
    config = load_params(PARAMS).denoise
    speech = read_table(tmp_path / "speech", SPEECH)
    expected = denoise(speech, read_table(tmp_path / "split" / "splits.parquet", SPLITS), trained(tmp_path), config)
    assert read_table(tmp_path / "out", CLEAN_SPEECH).equals(expected)
    assert expected["sample_id"].to_pylist() == sorted(row["sample_id"] for row in rows[1:])
    found = written["metrics"]
    assert found == figures(expected, "rnnoise")
    assert found["n"] == found["denoised"] + sum(found["kept_original"].values()) == 5


def test_no_speech_is_an_empty_table(tmp_path):
    written = results(tmp_path, *laid_out(tmp_path, [], []), "--params", str(PARAMS))
    assert sorted(written) == ["metrics", "part-00.parquet", "part-01.parquet", "part-02.parquet"]
    assert written["metrics"] == EMPTY
    assert read_table(tmp_path / "out", CLEAN_SPEECH).num_rows == 0


def test_a_guard_s_verdict_is_a_column(tmp_path, rows):
    splits = table_of([split_row(row) for row in rows], SPLITS)
    clean = denoise(table_of(rows, SPEECH), splits, trained(tmp_path), load_params(PARAMS).denoise)
    assert pa.compute.equal(clean["denoised"], pa.compute.equal(clean["guard"], "passed")).to_pylist() == [True] * 6
    assert clean["guard"].to_pylist()[:3] == ["passed"] * 3


def test_a_missing_table_is_told_before_any_work(tmp_path):
    with pytest.raises(TableError, match=r"splits.parquet: no such table; `dvc repro` makes it$"):
        main(
            [
                "--speech",
                "no",
                "--splits",
                str(tmp_path),
                "--denoiser",
                "no",
                "--listener",
                "no",
                "--out",
                str(tmp_path / "out"),
                "--metrics",
                "m.json",
            ]
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        pytest.param(None, r"card.json: no such file; `dvc repro` makes it$", id="no card"),
        pytest.param(
            {"better": "magic"}, "better 'magic', expected one of both, own, rnnoise$", id="a method nobody has"
        ),
        pytest.param({}, "better None, expected one of both, own, rnnoise$", id="a card of something else"),
    ],
)
def test_a_trial_that_says_no_winner_is_told_before_any_work(tmp_path, rows, card, sentence):
    inputs = laid_out(tmp_path, rows, rows)
    (tmp_path / "denoiser/card.json").unlink()
    if card is not None:
        write_json(card, tmp_path / "denoiser/card.json")
    with pytest.raises(TableError, match=sentence):
        results(tmp_path, *inputs, "--params", str(PARAMS))
    assert not (tmp_path / "out").exists()


def test_changes_of_mind_are_counted_on_held_out_clips_alone():
    row = {"sample_id": "0", "pcm": b"", "duration_s": 1.0, "trimmed_s": 0.0, "snr_before_db": 1.0, "snr_after_db": 2.0}
    cases = [
        ("train", "sad", "angry", "sad", True),  # never counted
        ("test", "sad", "sad", "sad", True),
        ("test", "sad", "angry", "sad", True),
        ("validation", "angry", "sad", None, False),
        ("test", None, None, "sad", False),  # clean already: nobody was asked
    ]
    made = [
        row
        | {
            "split": split,
            "heard_before": before,
            "heard_after": after,
            "emotion": emotion,
            "denoised": kept,
            "guard": "x",
        }
        for split, before, after, emotion, kept in cases
    ]
    told = figures(table_of(made, CLEAN_SPEECH), "rnnoise")["listener"]
    assert {name: (figure["value"], figure["n"]) for name, figure in told.items()} == {
        "changed_tried": (pytest.approx(2 / 3), 3),
        "changed_kept": (0.5, 2),
        "right_before": (1.0, 2),
        "right_after": (0.5, 2),
    }

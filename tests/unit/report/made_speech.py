"""Metrics of what the report tells of sound."""

from pathlib import Path

import numpy as np

from bhab.store import write_json, write_wav

SPEECH_N = 14
SENTENCE = "ক্ষমা করো, আজ আমার মনটা বড্ড খারাপ; বন্ধুত্বের মূল্য স্পষ্ট বুঝেছি।"  # conjuncts: kss, ddd, ndh, spss


def score(value: float, n: int = 700) -> dict[str, float]:
    """A figure with an interval."""
    return {"value": value, "low": round(value - 0.05, 3), "high": round(value + 0.05, 3), "n": n}


def voice(*, passed: bool = False) -> dict[str, object]:
    """A voice that is better with WaveGlow; whether it is good enough may be said."""
    measures = ("mcd_db", "duration_ratio", "level_db", "flatness", "speech_share")
    ways = [f"{mels}_{vocoder}" for mels in ("reference", "tacotron2") for vocoder in ("griffin_lim", "waveglow")]
    found = {"check": "distortion, dB", "figure": score(4.321, 9), "limit": 5.0}
    return {
        "why": None,
        "clips": 12,
        "texts": 9,
        "unsayable": 0,
        "ways": {way: {name: score(1.5 + place, 9) for name in measures} for place, way in enumerate(ways)},
        "waveglow_minus_griffin_lim_db": {"reference": score(0.5, 9), "tacotron2": score(-0.25, 9)},
        "alignment": {name: score(0.95, 9) for name in ("diagonality", "monotone", "focus", "covered")},
        "another_text_db": 7.6,
        "checks": {"waveglow": [found | {"passed": passed}], "griffin_lim": [found | {"passed": True}]},
        "passed": passed,
    }


def write_sounds(folder: Path) -> None:
    """Write one held-out sentence as stage evaluate_voice does."""
    row = {"text": SENTENCE, "emotion": "sad", "ended": False, "mcd_db": {"griffin_lim": 4.0, "waveglow": 5.0}}
    write_json({"sounds": [row]}, folder / "sounds.json")
    for kind in ("reference", "griffin_lim", "waveglow"):
        write_wav(np.zeros(160, np.int16), 16_000, folder / f"00_{kind}.wav")


def denoise() -> dict[str, object]:
    """A method that was tried on all clips, and kept on all but two."""
    shares = {"lowest": -3.0, "p5": -1.0, "median": 0.0, "p95": 0.5, "highest": 1.0}
    figure = {"value": 0.25, "low": 0.1, "high": 0.5, "n": 8}
    return {
        "n": SPEECH_N,
        "method": "own",
        "denoised": SPEECH_N - 2,
        "kept_original": {"speech_quieter": 2},
        "trimmed_s": {"total": 1.4, "mean": 0.1},
        "snr_before_db": 12.0,
        "snr_after_db": 21.0,
        "changes": dict.fromkeys(("level_change_db", "pitch_change_semitones", "speech_lost_share"), shares),
        "listener": dict.fromkeys(("changed_tried", "changed_kept", "right_before", "right_after"), figure),
    }


def denoiser() -> dict[str, object]:
    """A network that won its trial; no test speaker was there."""
    figure = {"value": 0.8, "low": 0.7, "high": 0.9, "n": 12}
    both = {"si_sdr_db": figure, "stoi": figure}
    trial = {
        "n": 12,
        "methods": dict.fromkeys(("noisy", "own", "rnnoise", "both"), both),
        "over_rnnoise": {"own": both, "both": both},
        "better": "own",
    }
    return {
        "better": "own",
        "why": None,
        "n_parameters": 78_198,
        "clips": {"train": 9, "validation": 3, "test": 0},
        "noises": ["pink", "white"],
        "held_out_noises": ["hum"],
        "recordings": {"kept": 0, "rejects": {"rain_1.wav": {"reason": "audio_codec", "detail": "8 bits"}}},
        "trial": {"validation": trial, "test": {"n": 0, "methods": {}, "own_over_rnnoise": {}, "wins": False}},
    }

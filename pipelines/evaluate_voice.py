"""Stage `evaluate_voice`: the learned voice and held-out clips -> the gate's verdict, pictures, sounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from bhab.audio.pcm import to_pcm
from bhab.config import EvaluateVoiceConfig, load_params
from bhab.progress import progress
from bhab.schema import SPEECH_RATE_HZ, VOICE_CLIPS, VOICE_HISTORY, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_json, write_svg, write_wav
from bhab.training.checkpoint import HISTORY_FILE
from bhab.training.voice_clips import clips_of
from bhab.training.voice_figures import alignments_figure, mels_figure, voice_curves_figure
from bhab.training.voice_gate import VOCODERS, Trial, attempt, verdict, way_of
from bhab.training.voice_model import TACOTRON2, WAVEGLOW, VoiceModels, load_voice


def evaluate_voice(
    models: VoiceModels | None, clips: pa.Table, config: EvaluateVoiceConfig
) -> tuple[list[Trial], dict[str, object]]:
    """Return what `models` make of the first `config.clips` test clips by sample_id, a fair draw, and the verdict."""
    if models is None:
        return [], verdict([], 0, config)
    held = clips_of(clips, Split.TEST)[: config.clips]
    sayable = [clip for clip in held if models.symbols.knows(clip.text)]
    trials = list(progress((attempt(models, clip) for clip in sayable), len(sayable), "judging the voice"))
    return trials, verdict(trials, len(held) - len(sayable), config)


def write_sounds(trials: Sequence[Trial], folder: Path) -> None:
    """Write what was said, the reference beside it, and which text it is."""
    rows = []
    for number, trial in enumerate(trials):
        waves = {"reference": trial.clip.wave} | {v: trial.waves[way_of("tacotron2", v)] for v in VOCODERS}
        for name, wave in waves.items():
            write_wav(to_pcm(wave), SPEECH_RATE_HZ, folder / f"{number:02}_{name}.wav")
        mcd = {v: trial.found[way_of("tacotron2", v)].mcd_db for v in VOCODERS}
        rows.append({"text": trial.clip.text, "emotion": trial.clip.emotion, "ended": trial.told.ended, "mcd_db": mcd})
    write_json({"sounds": rows}, folder / "sounds.json")


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    why, models = load_voice(args.model, params.train_voice.threads)
    trials, found = evaluate_voice(models, read_table(args.clips, VOICE_CLIPS), params.evaluate_voice)
    shown = trials[: params.evaluate_voice.pictures]
    history = [read_table(args.model / name / HISTORY_FILE, VOICE_HISTORY) for name in (TACOTRON2, WAVEGLOW)]
    with whole_folder(args.figures) as figures:
        write_svg(voice_curves_figure(pa.concat_tables(history)), figures / "curves.svg")
        write_svg(alignments_figure(shown), figures / "alignments.svg")
        write_svg(mels_figure(shown), figures / "mels.svg")
    with whole_folder(args.sounds) as sounds:
        write_sounds(shown, sounds)
    write_json({"why": why} | found, args.metrics)


if __name__ == "__main__":
    run_stage(main)

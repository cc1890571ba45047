"""Stage `speak`: sentences of the feedback model -> one spoken sentence for each emotion."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.audio.voice import Speaker
from bhab.config import load_params
from bhab.errors import TableError, VoiceError
from bhab.schema import SPEECH_RATE_HZ, Emotion
from bhab.stage import run_stage
from bhab.store import read_json, whole_folder, write_json, write_wav
from bhab.training.speaker import BEST, ESPEAK, speaker_of, voice_name


def speak(
    chosen: Mapping[Emotion, str | None], speaker: Speaker, instead: Speaker | None
) -> tuple[dict[Emotion, NDArray[np.int16]], dict[Emotion, str]]:
    """Return the sound of each emotion that has a sentence, 16 kHz mono int16, and why `instead` had to say some.

    Raises VoiceError for a sentence that `speaker` cannot say, if there is nobody else.
    """
    sounds, reasons = {}, {}
    for emotion, text in chosen.items():
        if text is None:
            continue
        try:
            sounds[emotion] = speaker.speak(text, emotion)
        except VoiceError as error:
            if instead is None:
                raise
            sounds[emotion] = instead.speak(text, emotion)
            reasons[emotion] = str(error)
    return sounds, reasons


def first_sentences(feedback: Mapping[str, object], where: Path) -> dict[Emotion, str | None]:
    """Return the first sentence of each emotion, None where there is none. Raises TableError if it is no such file."""
    sentences = feedback.get("sentences")
    if not isinstance(sentences, dict):
        raise TableError(f"{where}: sentences are {sentences!r:.80}, expected a list for each emotion")
    return {emotion: next(iter(sentences.get(emotion) or []), None) for emotion in Emotion}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feedback", type=Path, required=True, help="metrics of stage evaluate_feedback")
    parser.add_argument("--gate", type=Path, required=True, help="metrics of stage evaluate_voice")
    parser.add_argument("--models", type=Path, required=True, help="folder of stage train_voice")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    chosen = first_sentences(read_json(args.feedback), args.feedback)
    name = voice_name(params.speak, read_json(args.gate), args.gate)
    instead = speaker_of(ESPEAK, args.models, params) if params.speak.voice == BEST and name != ESPEAK else None
    spoken, reasons = speak(chosen, speaker_of(name, args.models, params), instead)
    with whole_folder(args.out) as out:
        for emotion, pcm in spoken.items():
            write_wav(pcm, SPEECH_RATE_HZ, out / f"{emotion}.wav")
        write_json(chosen, out / "sentences.json")
        write_json({"voice": name, "espeak_instead": reasons}, out / "voice.json")


if __name__ == "__main__":
    run_stage(main)

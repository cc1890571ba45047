"""Stage `speak`: sentences of the feedback model -> one spoken sentence for each emotion."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.audio.voice import Voice, speak_all
from bhab.config import SpeakConfig, load_params
from bhab.errors import TableError
from bhab.schema import SPEECH_RATE_HZ, Emotion
from bhab.stage import run_stage
from bhab.store import read_json, whole_folder, write_json, write_wav


def speak(chosen: Mapping[Emotion, str | None], config: SpeakConfig) -> dict[Emotion, NDArray[np.int16]]:
    """Return the sound of each emotion that has a sentence, 16 kHz mono int16."""
    voice = Voice(config.variant, config.words_per_minute, config.pitch, config.pitch_range)
    said = {emotion: text for emotion, text in chosen.items() if text is not None}
    return dict(zip(said, speak_all([(text, voice) for text in said.values()]), strict=True))


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
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    chosen = first_sentences(read_json(args.feedback), args.feedback)
    spoken = speak(chosen, load_params(args.params).speak)
    with whole_folder(args.out) as out:
        for emotion, pcm in spoken.items():
            write_wav(pcm, SPEECH_RATE_HZ, out / f"{emotion}.wav")
        write_json(chosen, out / "sentences.json")


if __name__ == "__main__":
    run_stage(main)

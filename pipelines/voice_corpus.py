"""Stage `voice_corpus`: params -> clips of one speaker, to learn a voice from."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from bhab.audio.voice import Voice
from bhab.config import SpeakConfig, VoiceCorpusConfig, load_params
from bhab.schema import VOICE_CLIPS
from bhab.stage import run_stage
from bhab.store import table_of, write_table
from bhab.synthetic.voice import lines, record


def voice_corpus(config: VoiceCorpusConfig, speaker: SpeakConfig) -> pa.Table:
    """Return VOICE_CLIPS: what `speaker`, an eSpeak NG voice, says in the manners of the emotions."""
    voice = Voice(speaker.variant, speaker.words_per_minute, speaker.pitch, speaker.pitch_range)
    return table_of(record(lines(config), voice), VOICE_CLIPS).sort_by("sample_id")


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    write_table(voice_corpus(params.voice_corpus, params.speak), args.out)


if __name__ == "__main__":
    run_stage(main)

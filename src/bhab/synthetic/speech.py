"""The embedded corpus of speech: eSpeak NG's Bengali voice as many speakers, in BanglaSER's layout.

ROOT/03-01-EE-II-SS-RR-AA.wav and ROOT/metadata.jsonl, whose fields are named as in the copies of BanglaSER; beside
those, `noise` and `snr_db` say what was mixed in.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.audio.voice import speak_all
from bhab.config import SynthesizeConfig
from bhab.curation.chance import generator
from bhab.progress import progress
from bhab.schema import Modality
from bhab.store import write_bytes, write_text, write_wav
from bhab.synthetic.plan import Fault, FaultKind
from bhab.synthetic.speech_copies import COPIES
from bhab.synthetic.speech_plan import CODES, Clip, copies, plan, voice_of
from bhab.synthetic.speech_sound import Recording, Sound, make_babble, publish, published_rate_hz, record

BATCH = 64  # clips spoken and held in memory at once
VOICES = 2  # processes that speak
CORRUPT = ("cut off in its header", "not sound at all", "empty")
METADATA = "metadata.jsonl"


def write_speech(root: Path, config: SynthesizeConfig) -> list[Fault]:
    """Write the clips and their metadata below `root`, and return the faults planted, by file name."""
    clips = plan(config)
    pairs = copies(clips, tuple(COPIES), config)
    twins = {original.name: (copy, mark.variant) for mark, original, copy in pairs}
    babble = make_babble(" ".join(clip.text for clip in clips[:4]))
    rows = []
    for start in progress(range(0, len(clips), BATCH), -(-len(clips) // BATCH), "speech"):
        batch = clips[start : start + BATCH]
        for clip, spoken in zip(batch, _speak(batch, config.seed), strict=True):
            rng = generator(clip.name, f"{config.seed} sound")
            recording = record(clip, spoken, babble, rng)
            _write(root / clip.name, clip, recording.sound, config.seed)
            rows.append(metadata(clip, recording))
            if clip.name in twins:
                copy, variant = twins[clip.name]
                altered = COPIES[variant](recording.sound, rng) if variant else recording.sound
                _write(root / copy.name, clip, altered, config.seed)
                rows.append(metadata(copy, recording))
    rows.sort(key=lambda row: str(row["file"]))
    write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), root / METADATA)
    faults = [Fault(clip.fault, Modality.SPEECH, (clip.name,)) for clip in clips if clip.fault is not None]
    return faults + [Fault(mark.kind, Modality.SPEECH, (a.name, b.name), mark.variant) for mark, a, b in pairs]


def metadata(clip: Clip, recording: Recording) -> dict[str, object]:
    """Return the row of `clip` in metadata.jsonl; its emotion is the one in its name, none for a name unknown."""
    return {
        "file": clip.name,
        "emotion": {code: emotion for emotion, code in CODES.items()}.get(clip.code),
        "speaker": f"S{clip.speaker.number:02}",
        "gender": clip.speaker.gender,
        "age_group": clip.speaker.age_group,
        "intensity": "strong" if clip.strong else "normal",
        "statement": f"{clip.statement:02}",
        "text": clip.text,
        "repetition": clip.repetition,
        "noise": recording.noise,
        "snr_db": recording.snr_db,
    }


def _speak(clips: Sequence[Clip], seed: str) -> list[NDArray[np.int16]]:
    return speak_all([(clip.text, voice_of(clip, seed)) for clip in clips], VOICES)


def _write(path: Path, clip: Clip, sound: Sound, seed: str) -> None:
    rng = generator(clip.name, f"{seed} file")
    if clip.fault is FaultKind.CORRUPT:
        write_bytes(corrupt(CORRUPT[int(path.stem[-2:]) % len(CORRUPT)], rng), path)
    else:
        rate_hz = published_rate_hz(clip.speaker, clip.fault)
        write_wav(publish(sound, clip.speaker, clip.fault, rng), rate_hz, path)


def corrupt(how: str, rng: np.random.Generator) -> bytes:
    """Return a file that is `how`, one of CORRUPT."""
    contents = {
        "cut off in its header": b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00",
        "not sound at all": rng.bytes(4096),
        "empty": b"",
    }
    return contents[how]

"""What the page of the voice shows: the gate's figures in rows, and sounds to listen to."""

from pathlib import Path

from bhab.report.inputs import Inputs, Json, read_metrics
from bhab.store import write_bytes

VOCODERS = {"griffin_lim": "Griffin-Lim", "waveglow": "WaveGlow"}
WAYS = {  # how a sound came about, in the order of the table
    "reference_griffin_lim": ("the reference's own mels", VOCODERS["griffin_lim"]),
    "reference_waveglow": ("the reference's own mels", VOCODERS["waveglow"]),
    "tacotron2_griffin_lim": ("Tacotron 2", VOCODERS["griffin_lim"]),
    "tacotron2_waveglow": ("Tacotron 2", VOCODERS["waveglow"]),
}
SOUNDS = {"reference": "reference", "griffin_lim": "Tacotron 2, Griffin-Lim", "waveglow": "Tacotron 2, WaveGlow"}


def voice(inputs: Inputs, site: Path) -> Json:
    """Return {gate, ways, sounds, kinds, vocoders, speaks, instead}; `gate` is None where no voice was judged."""
    gate, spoke = inputs.measured.get("voice"), read_metrics(inputs.audio).get("voice", {})
    return {
        "gate": gate,
        "ways": [
            {"mels": mels, "vocoder": vocoder, "figures": gate["ways"][way]}
            for way, (mels, vocoder) in WAYS.items()
            if gate and gate["clips"]
        ],
        "sounds": _sounds(inputs.voice, site),
        "kinds": SOUNDS,
        "vocoders": VOCODERS,
        "speaks": spoke.get("voice"),
        "instead": sorted(spoke.get("espeak_instead", {})),
    }


def _sounds(folder: Path, site: Path) -> list[Json]:
    """Copy the sounds and return {text, emotion, ended, mcd_db, files: {kind: name}}."""
    rows: list[Json] = read_metrics(folder).get("sounds", {"sounds": []})["sounds"]
    shown = []
    for number, row in enumerate(rows):
        files = {kind: f"media/voice_{number:02}_{kind}.wav" for kind in SOUNDS}
        for kind, name in files.items():
            write_bytes((folder / f"{number:02}_{kind}.wav").read_bytes(), site / name)
        shown.append(row | {"files": files})
    return shown

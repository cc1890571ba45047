from pathlib import Path

import numpy as np
import pytest

from bhab.report.site import make_environment
from bhab.report.voice import voice
from bhab.store import write_json, write_wav


class Folders:
    """What the page reads of the report's inputs."""

    def __init__(self, root, measured):
        self.voice, self.audio, self.measured = root / "voice", root / "audio", measured


def figure(value, n=9):
    return {"value": value, "low": value - 0.1, "high": value + 0.1, "n": n}


def check(what, *, passed):
    return {"check": what, "unit": "mcd_db", "figure": figure(4.321), "limit": 5.0, "passed": passed}


def gate(*, passed=False):
    measures = ("mcd_db", "duration_ratio", "level_db", "flatness", "speech_share")
    ways = [f"{mels}_{vocoder}" for mels in ("reference", "tacotron2") for vocoder in ("griffin_lim", "waveglow")]
    return {
        "why": None,
        "clips": 12,
        "texts": 9,
        "unsayable": 0,
        "ways": {way: {name: figure(1.5 + place) for name in measures} for place, way in enumerate(ways)},
        "waveglow_minus_griffin_lim_db": {"reference": figure(0.5), "tacotron2": figure(-0.25)},
        "alignment": {name: figure(0.95) for name in ("diagonality", "monotone", "focus", "covered")},
        "another_text_db": 7.6,
        "checks": {"waveglow": [check("distortion", passed=passed)], "griffin_lim": [check("distortion", passed=True)]},
        "passed": passed,
    }


@pytest.fixture
def root(tmp_path):
    row = {"text": "আমি যাই।", "emotion": "sad", "ended": False, "mcd_db": {"griffin_lim": 4.0, "waveglow": 5.0}}
    write_json({"sounds": [row]}, tmp_path / "voice/sounds.json")
    for kind in ("reference", "griffin_lim", "waveglow"):
        write_wav(np.zeros(160, np.int16), 16_000, tmp_path / f"voice/00_{kind}.wav")
    write_json({"voice": "espeak"}, tmp_path / "audio/voice.json")
    return tmp_path


def page(folders, site, figures=()):
    shown = {"voice": voice(folders, site), "figures": {"voice": list(figures)}, "page": "voice"}
    shown |= {"pages": {"voice": "Voice"}, "title": "a run"}
    return " ".join(make_environment().get_template("voice.html").render(shown).split())


@pytest.mark.parametrize(
    ("passed", "words"), [(True, 'class="good">passes</span>: 12'), (False, 'class="bad">does not pass</span>: 12')]
)
def test_the_verdict_stands_first_with_its_figures(root, passed, words):
    text = page(Folders(root, {"voice": gate(passed=passed)}), root / "site")
    assert words in text
    assert "4.321" in text
    assert "another sentence of the same voice reaches 7.6 dB" in text
    assert "-0.25 dB (-0.35 to -0.15) from the mels of Tacotron 2" in text
    assert "spoken by <b>espeak</b>" in text


def test_sounds_are_copied_and_a_missing_end_is_said(root):
    text = page(Folders(root, {"voice": gate()}), root / "site")
    kinds = ("reference", "griffin_lim", "waveglow")
    assert [name for name in kinds if f'src="media/voice_00_{name}.wav"' in text] == list(kinds)
    assert all((root / f"site/media/voice_00_{name}.wav").is_file() for name in kinds)
    assert "found no end" in text


def test_pictures_that_were_drawn_are_shown(root):
    text = page(Folders(root, {"voice": gate()}), root / "site", ["figures/voice/alignments.svg"])
    assert '<img src="figures/voice/alignments.svg"' in text
    assert "mels.svg" not in text


NOTHING = {"why": "0 training and 0 validation clips, expected some of both", "clips": 0}


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        pytest.param({}, "No voice was judged yet", id="the stage did not run"),
        pytest.param({"voice": NOTHING}, "No voice was judged: 0 training and 0 validation clips", id="no clips"),
    ],
)
def test_without_a_verdict_the_page_says_so(tmp_path, measured, words):
    assert words in page(Folders(tmp_path, measured), Path(tmp_path / "site"))

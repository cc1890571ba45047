from pathlib import Path

import pytest
from made_speech import voice as gate
from made_speech import write_sounds

from bhab.report.site import make_environment
from bhab.report.voice import voice
from bhab.store import write_json


class Folders:
    """What the page reads of the report's inputs."""

    def __init__(self, root, measured):
        self.voice, self.audio, self.measured = root / "voice", root / "audio", measured


@pytest.fixture
def root(tmp_path):
    write_sounds(tmp_path / "voice")
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
    assert "another sentence of the same voice reaches 7.60 dB" in text
    assert "-0.25 dB (-0.30 to -0.20) from the mels of Tacotron 2" in text
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

import numpy as np
import pytest

from bhab.audio.probe import measures, probe_clips
from bhab.config import ProbeConfig
from bhab.schema import SPEECH_RATE_HZ, Modality

CONFIG = ProbeConfig(
    seed=1, threads=1, folds=dict.fromkeys(Modality, 3), salt="test", epochs=1, networks=1, processes=1
)
LABELS = np.arange(24) % 2
FOLDS = np.arange(24) // 2 % 3


def voice(hz, seed=0, seconds=0.6):
    """A buzz with harmonics: what the larynx gives, and a little noise."""
    time = np.arange(int(seconds * SPEECH_RATE_HZ)) / SPEECH_RATE_HZ
    wave = sum(np.sin(2 * np.pi * hz * k * time) / k for k in range(1, 12))
    wave += np.random.default_rng(seed).normal(0, 0.05, len(time))
    return (3000 * wave).astype(np.int16)


def clips():
    return [voice(120 + 100 * label + row, seed=row) for row, label in enumerate(LABELS)]


def test_an_emotion_is_told_by_the_voice():
    found, outlier = probe_clips(clips(), [None] * 24, LABELS, FOLDS, CONFIG)
    assert (found.argmax(axis=1) == LABELS).all()
    assert outlier.shape == (24,)


def test_an_emotion_is_told_by_what_is_said():
    same = [voice(150, seed) for seed in range(24)]
    said = ["আমি খুব খুশি" if label else "বড় রাগ হলো" for label in LABELS]
    found, _ = probe_clips(same, said, LABELS, FOLDS, CONFIG)
    assert (found.argmax(axis=1) == LABELS).all()


def test_the_strangest_clip_is_the_one_of_noise():
    given = clips()
    given[5] = np.random.default_rng(3).normal(0, 3000, 9600).astype(np.int16)
    assert probe_clips(given, [None] * 24, LABELS, FOLDS, CONFIG)[1].argmax() == 5


@pytest.mark.parametrize("factor", [0.25, 2.0])
def test_how_loud_a_clip_is_does_not_count(factor):
    clip = voice(140)
    assert np.abs(measures((clip * factor).astype(np.int16)) - measures(clip)).max() < 0.5  # dB, from rounding


def test_two_runs_give_equal_bytes():
    one, two = (probe_clips(clips(), [None] * 24, LABELS, FOLDS, CONFIG) for _ in range(2))
    assert [part.tobytes() for part in one] == [part.tobytes() for part in two]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param([], id="none"),
        pytest.param([voice(120)], id="one"),
        pytest.param([np.zeros(0, np.int16), np.zeros(16_000, np.int16)], id="empty and silent"),
        pytest.param([np.full(3, 100, np.int16), voice(120)], id="three samples long"),
    ],
)
def test_clips_that_tell_nothing(given):
    n = len(given)
    found, outlier = probe_clips(given, [""] * n, np.arange(n) % 2, np.arange(n) % 2, CONFIG)
    assert (found.shape, outlier.shape) == ((n, 7), (n,))
    assert np.isfinite(found).all()
    assert np.isfinite(outlier).all()

import numpy as np
import pytest

from bhab.audio.scores import si_sdr_db, stoi
from bhab.audio.voice import Voice, speak


@pytest.fixture(scope="module")
def clean():
    return speak("আমি আজ খুব খুশি, কারণ তুমি এসেছ।", Voice("f2", 150, 50, 50)) / 32768


def noisy(clean, snr_db):
    noise = np.random.default_rng(1).normal(size=len(clean))
    noise -= noise.mean() + clean * (noise @ clean) / (clean @ clean)  # nothing of the clip in it
    return clean + noise * np.sqrt((clean @ clean) / (noise @ noise) / 10 ** (snr_db / 10))


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 12.0])
@pytest.mark.parametrize("gain", [1.0, 0.1, -2.0])
def test_distortion_is_the_snr_at_any_gain(clean, snr_db, gain):
    assert si_sdr_db(clean, gain * noisy(clean, snr_db)) == pytest.approx(snr_db, abs=0.2)


def test_a_clip_is_nearer_to_itself_than_to_a_noisy_one(clean):
    assert stoi(clean, clean) == pytest.approx(1, abs=1e-6)
    assert 1 > stoi(clean, noisy(clean, 10)) > stoi(clean, noisy(clean, -5))
    assert si_sdr_db(clean, clean) > 90


@pytest.mark.parametrize("clip", [np.zeros(16_000), np.ones(16_000)], ids=["silence", "a constant"])
def test_a_clip_without_sound_has_a_score_that_is_a_number(clip):
    assert si_sdr_db(clip, clip) == 0.0


def test_a_clip_too_short_to_judge_has_next_to_no_intelligibility(clean):
    assert stoi(clean[8_000:11_000], clean[8_000:11_000]) == 1e-5

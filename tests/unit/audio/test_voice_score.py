from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bhab.audio.pcm import to_float
from bhab.audio.voice import EspeakSpeaker, Voice, as_loud_as, in_manner, speak
from bhab.audio.voice_score import cepstra, flatness, likeness, mcd_db, warp
from bhab.schema import Emotion

VOICE = Voice("f2", 150, 50, 50)
RATE = 16_000


@pytest.fixture(scope="module")
def sentence():
    return to_float(speak("আমি আজ খুব খুশি।", VOICE))


@pytest.fixture(scope="module")
def other():
    return to_float(speak("তুমি কোথায় যাও?", VOICE))


def test_a_sentence_is_like_itself(sentence):
    found = likeness(sentence, sentence)
    assert found.mcd_db < 1e-3
    assert (found.duration_ratio, found.level_db, found.speech_share) == (1.0, 0.0, 1.0)
    assert found.flatness < 0.1


def test_distortion_grows_from_the_same_to_another_sentence_to_noise(sentence, other):
    noise = np.random.default_rng(1).normal(0, 0.1, len(sentence))
    slower = to_float(speak("আমি আজ খুব খুশি।", Voice("f2", 120, 50, 50)))
    found = [mcd_db(wave, sentence) for wave in (sentence, slower, other, noise)]
    assert found == sorted(found)
    assert found[1] < 0.7 * found[2] < 0.7 * found[3]


def test_distortion_does_not_hear_the_level_and_does_not_care_who_is_the_reference(sentence, other):
    assert mcd_db(0.3 * sentence, sentence) < 1e-3
    assert mcd_db(sentence, other) == pytest.approx(mcd_db(other, sentence))


def test_a_tilt_of_the_spectrum_has_the_distortion_that_its_decibels_say():
    """A smooth change of d(b) dB in band b, without mean, is sqrt(mean d^2) dB: what Kubichek's constant is for."""
    noise = np.random.default_rng(1).normal(0, 0.1, RATE)
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(RATE, 1 / RATE)
    place = np.log10(1 + hz / 700) / np.log10(1 + 8000 / 700)  # 0 to 1 over the bands
    tilted = np.fft.irfft(spectrum * 10 ** (3 * np.cos(np.pi * place) / 20))
    assert mcd_db(tilted, noise) == pytest.approx(3 / np.sqrt(2), rel=0.08)


@pytest.mark.parametrize(
    ("wave", "low", "high"),
    [
        pytest.param(np.random.default_rng(1).normal(0, 0.1, RATE), 0.5, 0.6, id="white noise"),
        pytest.param(0.3 * np.sin(np.arange(RATE) / 5), 0.0, 0.01, id="a tone"),
        pytest.param(np.zeros(RATE), 0.99, 1.001, id="silence: all bins alike"),
    ],
)
def test_flatness_tells_noise_from_tones(wave, low, high):
    assert low <= flatness(wave) <= high


@pytest.mark.parametrize("samples", [1, 10, 399, 400, 481])
def test_a_short_wave_can_be_judged(samples, sentence):
    assert np.isfinite(likeness(np.full(samples, 0.1), sentence).mcd_db)


def test_what_is_not_heard_beside_the_loudest_does_not_count(sentence):
    quiet = np.random.default_rng(1).normal(0, 1e-6, len(sentence))
    assert np.abs(cepstra(sentence + quiet) - cepstra(sentence)).max() < 0.02


def by_trying_all_paths(costs):
    """The least mean-free sum over all monotone paths, by walking each."""
    rows, columns = costs.shape

    def walk(i, j):
        if (i, j) == (rows - 1, columns - 1):
            return [(costs[i, j], 1)]
        steps = [(i + a, j + b) for a, b in ((1, 1), (1, 0), (0, 1)) if i + a < rows and j + b < columns]
        return [(costs[i, j] + total, length + 1) for step in steps for total, length in walk(*step)]

    return min(total for total, _ in walk(0, 0))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_warping_finds_the_cheapest_path(rows, columns, seed):
    costs = np.random.default_rng(seed).random((rows, columns))
    total, length = warp(costs)
    assert total == pytest.approx(by_trying_all_paths(costs))
    assert max(rows, columns) <= length <= rows + columns - 1


def test_emotions_change_how_espeak_says_a_sentence():
    speaker = EspeakSpeaker(VOICE)
    said = {emotion: speaker.speak("আমি বাড়ি যাই।", emotion) for emotion in Emotion}
    assert all(not np.array_equal(said[a], said[b]) for a, b in product(Emotion, Emotion) if a < b)
    assert len(said[Emotion.SAD]) > len(said[Emotion.NEUTRAL]) > len(said[Emotion.FEAR])
    assert max(int(np.abs(pcm.astype(int)).max()) for pcm in said.values()) < 32_767


def test_the_neutral_manner_is_the_voice_itself():
    assert in_manner(VOICE, Emotion.NEUTRAL) == VOICE
    extreme = in_manner(Voice("f2", 450, 99, 99), Emotion.SURPRISE)
    assert (extreme.words_per_minute, extreme.pitch, extreme.pitch_range) == (450, 99, 99)
    assert as_loud_as(Emotion.ANGRY, np.array([16_384], np.int16)) > as_loud_as(
        Emotion.SAD, np.array([16_384], np.int16)
    )

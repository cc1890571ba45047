import numpy as np
import pytest

from bhab.audio.near import clip_similarity, fingerprint, near_clips
from bhab.audio.pcm import to_pcm
from bhab.audio.voice import Voice, speak_all
from bhab.config import CurateConfig
from bhab.curation.chance import generator
from bhab.synthetic.speech_copies import COPIES

CONFIG = CurateConfig(
    min_face_correlation=0.98, max_face_shift_px=3, min_text_similarity=0.85, min_speech_similarity=0.5
)
SENTENCES = ("আমি আজ বাড়ি যাব না", "এত রাতে কে আসে", "বাজারে মাছের দাম অনেক")
SILENCE = np.zeros(16_000, np.int16)


@pytest.fixture(scope="module")
def takes():
    """Each sentence by two voices, and by the first of them a second time, a little slower."""
    voices = [Voice("f2", 150, 50, 45), Voice("m3", 150, 50, 45), Voice("f2", 146, 52, 45)]
    return speak_all([(text, voice) for text in SENTENCES for voice in voices])


def pairs(clips):
    found = near_clips(clips, CONFIG)
    assert not found.mirrored.any()
    return list(zip(found.one.tolist(), found.other.tolist(), strict=True))


def copied(clip, variant, name="one"):
    return to_pcm(COPIES[variant](clip / 32768 * 0.9, generator(name, "near")))


def test_different_takes_and_voices_of_a_sentence_are_not_near(takes):
    assert pairs(takes) == []


@pytest.mark.parametrize("variant", COPIES)
def test_a_copy_is_found_among_other_takes(takes, variant):
    copies = [copied(take, variant, str(number)) for number, take in enumerate(takes)]
    assert pairs([*takes, *copies]) == [(row, row + len(takes)) for row in range(len(takes))]


@pytest.mark.parametrize(
    ("clips", "expected"),
    [
        pytest.param([], [], id="no clips"),
        pytest.param([SILENCE], [], id="one clip"),
        pytest.param([SILENCE, SILENCE[:9_000], np.zeros(0, np.int16)], [], id="silence and nothing"),
        pytest.param([SILENCE + np.int16(1), SILENCE[:3_000] + np.int16(1)], [], id="a constant"),
    ],
)
def test_clips_without_sound_are_no_pairs(clips, expected):
    assert pairs(clips) == expected


def test_equal_clips_are_exact_duplicates_and_the_first_stands_for_all(takes):
    quiet = copied(takes[0], "quieter")
    assert pairs([takes[0], takes[0].copy(), quiet, quiet.copy()]) == [(0, 2)]


@pytest.mark.parametrize("snr_db", [10, 15, 25])
def test_similarity_falls_with_noise_as_documented(takes, snr_db):
    rng = np.random.default_rng(1)
    clip = takes[0] / 65536
    spectrum = np.fft.rfft(clip)
    hertz = np.fft.rfftfreq(len(clip), 1 / 16_000)
    spectrum[(hertz < 300) | (hertz > 3_300)] = 0
    banded = np.fft.irfft(spectrum, len(clip))
    noise = np.fft.irfft(np.fft.rfft(rng.normal(size=len(clip))) * (spectrum != 0), len(clip))
    noise *= np.sqrt(np.mean(banded**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    found = clip_similarity(to_pcm(banded), to_pcm(banded + noise))
    assert found == pytest.approx(1 / np.sqrt(1 + 10 ** (-snr_db / 10)), abs=0.005)


def test_a_shared_end_is_no_similarity(takes):
    shared = takes[3][6_000:10_000]
    one, other = np.concatenate([takes[0] // 8, shared]), np.concatenate([shared, takes[6] // 8])
    assert clip_similarity(one, other) == 0.0


def test_a_fingerprint_is_the_same_at_any_level(takes):
    (words, moments), (quiet_words, quiet_moments) = fingerprint(takes[0]), fingerprint(takes[0] // 4 * np.int16(2))
    assert np.array_equal(moments, quiet_moments)
    assert np.mean(words == quiet_words) > 0.9

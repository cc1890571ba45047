import numpy as np
import pytest

from bhab.audio.griffin_lim import griffin_lim, magnitudes
from bhab.audio.mel import filters, istft, mel_of, stft, triangles
from bhab.schema import MEL_FLOOR, MEL_HOP, MELS

RATE = 16_000


def tone(hz, seconds=1.0, level=0.3):
    return level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)


@pytest.mark.parametrize(
    ("samples", "frames"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(1, 1, id="one sample"),
        pytest.param(MEL_HOP, 1, id="one frame"),
        pytest.param(MEL_HOP + 1, 2, id="a frame and a sample"),
        pytest.param(40 * MEL_HOP, 40, id="forty frames"),
    ],
)
def test_a_frame_for_each_hop(samples, frames):
    mel = mel_of(tone(300)[:1].repeat(samples))
    assert mel.shape == (frames, MELS)
    assert mel.dtype == np.float32


def test_silence_is_the_floor():
    assert np.unique(mel_of(np.zeros(RATE))).tolist() == [np.float32(np.log(MEL_FLOOR))]


@pytest.mark.parametrize("hz", [200.0, 1000.0, 5000.0])
def test_a_tone_is_loudest_in_the_band_around_it(hz):
    band = int(mel_of(tone(hz))[10:-10].mean(axis=0).argmax())
    centre = int(filters()[band].argmax()) * RATE / 1024
    assert abs(centre - hz) < 0.06 * hz + 20


def test_a_frame_hears_the_samples_it_stands_for():
    wave = np.zeros(20 * MEL_HOP)
    wave[10 * MEL_HOP : 11 * MEL_HOP] = tone(1000)[:MEL_HOP]
    assert int(mel_of(wave).max(axis=1).argmax()) == 10


def test_bands_overlap_by_half_and_none_is_empty():
    bands = triangles(40, 512, 0.0, RATE / 2)
    assert bands.shape == (40, 257)
    assert bands.max() <= 1
    assert bands.sum(axis=1).min() > 0
    assert filters().sum(axis=1).min() > 0


def test_a_wave_comes_back_from_its_spectra():
    wave = np.random.default_rng(1).normal(size=30 * MEL_HOP)
    edge = 512  # where fewer windows overlap
    np.testing.assert_allclose(istft(stft(wave))[edge:-edge], wave[edge:-edge], atol=1e-9)


def test_griffin_lim_gives_a_wave_with_these_mels():
    wave = sum(tone(hz, level=0.1) for hz in (220, 440, 660, 1320)) * np.linspace(0.2, 1, RATE)
    mel = mel_of(wave)
    heard = griffin_lim(mel, 60, np.random.default_rng(1))
    assert heard.shape == (len(mel) * MEL_HOP,)
    assert np.array_equal(heard, griffin_lim(mel, 60, np.random.default_rng(1)))
    loud = mel > mel.max() - 4
    wrong, before = (
        np.abs(mel_of(w) - mel)[loud].mean() for w in (heard, griffin_lim(mel, 1, np.random.default_rng(1)))
    )
    assert wrong < 0.15
    assert wrong < before / 2


def test_griffin_lim_of_nothing_is_nothing():
    assert griffin_lim(np.zeros((0, MELS), np.float32), 5, np.random.default_rng(1)).shape == (0,)


def test_magnitudes_are_not_negative_and_have_the_mels():
    mel = mel_of(np.random.default_rng(1).normal(0, 0.1, RATE // 2))
    found = magnitudes(mel)
    assert found.min() >= 0
    np.testing.assert_allclose(np.log(found @ filters().T), mel, atol=0.02)

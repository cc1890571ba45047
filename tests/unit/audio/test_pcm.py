import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.audio.pcm import resample, to_float, to_pcm


@given(st.lists(st.integers(-(2**15), 2**15 - 1)))
def test_pcm_to_float_and_back_loses_nothing(samples):
    pcm = np.array(samples, np.int16)
    assert np.array_equal(to_pcm(to_float(pcm)), pcm)


def test_what_is_beyond_full_scale_is_clipped():
    assert to_pcm(np.array([-2.0, -1.0, 0.0, 1.0, 2.0])).tolist() == [-32768, -32768, 0, 32767, 32767]


def test_resampling_keeps_duration_and_level():
    wave = np.sin(2 * np.pi * 440 * np.arange(22_050) / 22_050)
    resampled = resample(wave, 22_050, 16_000)
    assert len(resampled) == 16_000
    assert np.mean(resampled**2) == pytest.approx(0.5, rel=1e-3)


def test_int16_is_not_resampled_for_it_would_be_dithered_by_the_clock():
    with pytest.raises(TypeError, match=r"^resampling int16, expected float$"):
        resample(np.zeros(100, np.int16), 22_050, 16_000)

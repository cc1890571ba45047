import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.audio.learned import read_network, sound, spectrum
from bhab.errors import TableError


@given(st.integers(1, 3_000), st.sampled_from([128, 512]), st.integers(0, 99))
def test_from_sound_to_spectra_and_back_nothing_is_lost(samples, window, seed):
    wave = np.random.default_rng(seed).normal(0, 0.1, samples).astype(np.float32)
    spectra = spectrum(wave, window)
    assert spectra.shape[1:] == (window // 2 + 1, 2)
    back = sound(spectra, window)
    assert np.abs(back[:samples] - wave).max() < 1e-6
    assert np.abs(back[samples:]).max(initial=0) < 1e-6


def test_a_network_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TableError, match=r"denoiser.onnx: no such file; `dvc repro` makes it$"):
        read_network(tmp_path / "denoiser.onnx")

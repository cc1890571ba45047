import numpy as np
import pytest
import torch

from bhab.config import load_params
from bhab.models.denoiser import BANDS, SINGLE, Denoiser, band_filters
from bhab.training.checkpoint import n_parameters


@pytest.fixture(scope="module")
def config(request):
    return load_params(request.config.rootpath / "params.yaml").train_denoiser


@pytest.fixture(scope="module")
def model(config):
    return Denoiser(config).eval()


def spectrum(*shape):
    return torch.from_numpy(np.random.default_rng(1).normal(size=shape).astype(np.float32))


def test_it_is_small(model):
    assert n_parameters(model) < 100_000


@torch.inference_mode()
def test_no_frame_depends_on_a_later_one(model):
    noisy = spectrum(1, 40, 257, 2)
    changed = noisy.clone()
    changed[:, 25:] = spectrum(1, 15, 257, 2) * 9
    assert torch.equal(model(noisy)[:, :25], model(changed)[:, :25])


@torch.inference_mode()
@pytest.mark.parametrize("frames", [1, 2, 33])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_shape_stays(model, batch, frames):
    assert model(spectrum(batch, frames, 257, 2)).shape == (batch, frames, 257, 2)


@torch.inference_mode()
def test_a_quiet_clip_is_cleaned_like_a_loud_one(model):
    loud = model(spectrum(1, 30, 257, 2))
    quiet = model(spectrum(1, 30, 257, 2) / 1000)
    assert torch.allclose(quiet * 1000, loud, atol=1e-3)


@torch.inference_mode()
def test_silence_stays_silence(model):
    assert torch.equal(model(torch.zeros(1, 9, 257, 2)), torch.zeros(1, 9, 257, 2))


def test_clips_of_a_batch_do_not_hear_each_other(model):
    noisy = spectrum(2, 12, 257, 2)
    with torch.inference_mode():
        assert torch.allclose(model(noisy)[1:], model(noisy[1:]), atol=1e-5)


@pytest.mark.parametrize("window", [256, 512, 1024])
def test_the_bands_of_each_bin_sum_to_one(window):
    filters = band_filters(window)
    assert filters.shape == (window // 2 + 1, SINGLE + BANDS)
    assert filters.sum(axis=1) == pytest.approx(np.ones(window // 2 + 1))
    assert (filters.sum(axis=0) > 0).all()

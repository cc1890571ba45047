import pytest
import torch

from bhab.config import WaveglowConfig
from bhab.models.waveglow import WaveGlow
from bhab.schema import MEL_HOP, MELS
from bhab.training.seed import repeatable


def config(**changed):
    sizes = {
        "groups": 8,
        "flows": 5,
        "early_every": 2,
        "early_size": 2,
        "layers": 2,
        "channels": 8,
        "kernel": 3,
        "train_sigma": 1.0,
        "sigma": 0.6,
        "segment_frames": 4,
        "steps": 1,
        "batch": 2,
        "learning_rate": 0.01,
    }
    return WaveglowConfig(**sizes | changed)


def model(*, dtype=torch.float32, **changed):
    """A network whose couplings do something, as after training."""
    repeatable(1, 1)
    made = WaveGlow(config(**changed))
    for coupling in made.couplings:
        torch.nn.init.normal_(coupling.end.weight, std=0.3)
        torch.nn.init.normal_(coupling.end.bias, std=0.3)
    return made.to(dtype).eval()


def sound(batch, frames, dtype=torch.float32):
    source = torch.Generator().manual_seed(0)
    waves = 0.3 * torch.randn(batch, frames * MEL_HOP, generator=source, dtype=dtype)
    return waves, torch.randn(batch, frames, MELS, generator=source, dtype=dtype)


SIZES = [
    pytest.param({}, id="two early outputs"),
    pytest.param({"flows": 12, "early_every": 4, "channels": 16, "layers": 3}, id="twelve flows, as in the paper"),
    pytest.param({"groups": 32, "flows": 4, "early_every": 9}, id="wide groups, no early output"),
    pytest.param({"groups": 2, "flows": 1}, id="one flow of two samples"),
]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float64, 1e-11)], ids=["float32", "float64"]
)
def test_forward_then_inverse_returns_the_wave(sizes, dtype, tolerance):
    made = model(dtype=dtype, **sizes)
    waves, mels = sound(2, 6, dtype)
    with torch.inference_mode():
        noise = made(waves, mels)
        back = made.inverse(noise.z, mels)
    assert noise.z.shape == (2, made.config.groups, 6 * MEL_HOP // made.config.groups)
    assert (noise.z - waves.unflatten(1, (-1, made.config.groups)).transpose(1, 2)).abs().max() > 0.1
    assert (back - waves).abs().max() < tolerance


def test_inverse_then_forward_returns_the_noise():
    made = model(dtype=torch.float64)
    _, mels = sound(1, 4, torch.float64)
    z = torch.randn(1, 8, 4 * MEL_HOP // 8, dtype=torch.float64)
    with torch.inference_mode():
        assert (made(made.inverse(z, mels), mels).z - z).abs().max() < 1e-10


@pytest.mark.parametrize("whitened", [False, True])
def test_the_log_determinant_is_that_of_the_jacobian(whitened):
    made = model(dtype=torch.float64, groups=8, flows=3, early_every=2, channels=4)
    waves, mels = sound(1, 1, torch.float64)
    if whitened:
        made.whiten(sound(3, 2, torch.float64)[0])
    jacobian = torch.autograd.functional.jacobian(lambda wave: made(wave, mels).z, waves)
    numeric = torch.linalg.slogdet(jacobian.reshape(MEL_HOP, MEL_HOP))[1]
    torch.testing.assert_close(made(waves, mels).log_det[0], numeric, atol=1e-8, rtol=1e-8)


def test_before_training_a_coupling_changes_nothing():
    repeatable(1, 1)
    waves, mels = sound(2, 3)
    noise = WaveGlow(config(early_every=9))(waves, mels)
    torch.testing.assert_close(noise.log_det, torch.zeros(2), atol=1e-3, rtol=0)  # mixes are rotations
    torch.testing.assert_close(noise.z.square().sum(), waves.square().sum())


def test_whitened_samples_are_even_and_unlike():
    made = WaveGlow(config())
    waves = torch.cumsum(torch.randn(4, 8000, generator=torch.Generator().manual_seed(1)), dim=1)
    made.whiten(waves)
    vectors = waves.reshape(-1, 8) @ made.mixes[0].T.detach()
    torch.testing.assert_close(vectors.T @ vectors / len(vectors), torch.eye(8), atol=2e-2, rtol=0)


def test_folding_the_norms_away_changes_no_sound():
    made = model()
    waves, mels = sound(1, 3)
    before = made(waves, mels).z
    names = len(made.state_dict())
    made.fold()
    torch.testing.assert_close(made(waves, mels).z, before, atol=1e-5, rtol=1e-5)
    assert len(made.state_dict()) < names
    assert not any("parametrizations" in name for name in made.state_dict())


def test_it_speaks_the_same_from_the_same_seed():
    made = model()
    _, mels = sound(1, 3)
    one, again, other = (made.speak(mels, 0.6, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert one.shape == (1, 3 * MEL_HOP)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_a_wave_depends_on_its_mels():
    made = model()
    _, mels = sound(1, 3)
    one, other = (made.speak(m, 0.6, torch.Generator().manual_seed(1)) for m in (mels, mels + 1))
    assert (one - other).abs().max() > 1e-3

import numpy as np
import pytest

from bhab.audio.noise import NOISES, active_power


@pytest.mark.parametrize("name", sorted(NOISES))
@pytest.mark.parametrize("samples", [160, 8_000, 12_345])
def test_a_noise_is_as_long_as_asked_and_sounds(name, samples):
    noise = NOISES[name](samples, np.random.default_rng(1))
    assert (noise.shape, noise.dtype) == ((samples,), np.float64)
    assert np.isfinite(noise).all()
    assert noise.std() > 0


@pytest.mark.parametrize("name", sorted(NOISES))
def test_the_same_generator_gives_the_same_noise_and_another_another(name):
    one, again, other = (NOISES[name](4_000, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.9


def centre_hz(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(power @ np.fft.rfftfreq(len(sound), 1 / 16_000) / power.sum())


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        pytest.param("white", 3_900, 4_100, id="white is even up to 8 kHz"),
        pytest.param("pink", 400, 1_500, id="pink is dark"),
        pytest.param("hum", 50, 150, id="hum is a low tone"),
    ],
)
def test_a_colour_is_where_it_should_be(name, low, high):
    assert low < centre_hz(NOISES[name](160_000, np.random.default_rng(1))) < high


def test_active_power_is_that_of_the_loud_frames():
    sound = np.concatenate([np.zeros(16_000), np.full(16_000, 0.5)])
    assert active_power(sound) == 0.25

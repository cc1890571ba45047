import numpy as np
import pytest
import torch

from bhab.audio.learned import learned, network_of, sound, spectrum
from bhab.audio.noise import active_power
from bhab.config import TrainDenoiserConfig
from bhab.fairness.intervals import Figure
from bhab.models.denoiser import Denoiser
from bhab.training.denoiser import distance, distortion, fit, thirds, to_spectra, to_waves
from bhab.training.export import denoiser_to_onnx
from bhab.training.mixtures import BABBLE, Sounds, draw, gather, make_noise, unit_noise
from bhab.training.seed import repeatable
from bhab.training.trial import beats, champion, figures, mixtures, score

WINDOW = 128


def config(**changed):
    values = {
        "seed": 1,
        "threads": 1,
        "window": 512,
        "channels": (4, 4, 4),
        "hidden": 8,
        "steps": 3,
        "batch": 2,
        "crop_s": 0.6,
        "learning_rate": 0.002,
        "snr_db": (5.0, 5.0),
        "clean_share": 0.5,
        "recorded_share": 0.5,
        "made_noises": 10,
        "held_out_share": 0.25,
        "trials": 2,
        "resamples": 100,
    }
    return TrainDenoiserConfig(**values | changed)


def voice(seed, samples=12_000):
    """A tone that comes and goes, as syllables do."""
    seconds = np.arange(samples) / 16_000
    syllables = np.clip(np.sin(2 * np.pi * 3 * seconds), 0, 1)
    return (8_000 * syllables * np.sin(2 * np.pi * (150 + 20 * seed) * seconds)).astype(np.int16)


def rng(seed=1):
    return np.random.default_rng(seed)


def some_sounds(settings):
    return gather([voice(n) for n in range(3)], [], ["white", "engine", BABBLE], settings, rng())


def test_spectra_are_those_of_a_run():
    wave = rng().normal(0, 0.1, 4_000).astype(np.float32)
    trained = to_spectra(torch.from_numpy(wave[None]), WINDOW)[0].numpy()
    ran = spectrum(wave, WINDOW)
    assert np.abs(trained - ran[: len(trained)]).max() < 1e-5
    assert (
        np.abs(to_waves(torch.from_numpy(ran[None]), WINDOW, 4_000)[0].numpy() - sound(ran, WINDOW)[:4_000]).max()
        < 1e-5
    )


def test_onnx_says_what_the_model_says():
    repeatable(1, 1)
    model = Denoiser(config()).eval()
    pcm = voice(1, 47 * 256)  # whole hops: torch.istft treats the rest at the end in another way
    got = learned(pcm, network_of(denoiser_to_onnx(model, 512))).astype(int)
    with torch.inference_mode():
        spectra = model(to_spectra(torch.from_numpy(pcm[None].astype(np.float32) / 32768), 512))
        expected = to_waves(spectra, 512, len(pcm))[0].numpy() * 32768
    assert np.abs(got - expected).max() <= 1


def test_training_is_the_same_again_and_lowers_the_loss():
    settings = config(steps=25, learning_rate=0.01)
    found = []
    for _ in range(2):
        repeatable(settings.seed, settings.threads)
        model = Denoiser(settings)
        before = Denoiser(settings)
        before.load_state_dict(model.state_dict())
        list(fit(model, some_sounds(settings), settings, rng()))
        found.append([p.numpy(force=True).tobytes() for p in model.parameters()])
    assert found[0] == found[1]
    assert not model.training
    speech, noisy = (torch.from_numpy(wave) for wave in draw(some_sounds(settings), settings, rng(9)))
    bands = thirds(512)
    with torch.inference_mode():
        losses = [
            float(distance(m(to_spectra(noisy, 512)), to_spectra(speech, 512), bands)) for m in (before.eval(), model)
        ]
    assert losses[1] < losses[0]


def test_equal_sounds_are_at_no_distance():
    wave = torch.from_numpy(voice(1)[None].astype(np.float32))
    spectra = to_spectra(wave, 512)
    assert float(distance(spectra, spectra, thirds(512))) == pytest.approx(0, abs=1e-4)
    assert float(distortion(wave, wave)) < -60


@pytest.mark.parametrize("seed", range(3))
def test_a_mixture_has_the_snr_asked_for(seed):
    settings = config(batch=8)
    speech, noisy = draw(some_sounds(settings), settings, rng(seed))
    assert speech.shape == noisy.shape == (8, 9_600)
    assert noisy.std(axis=1) == pytest.approx(np.ones(8), abs=1e-3)
    snr = [
        10 * np.log10(active_power(s.astype(float)) / np.mean((n - s) ** 2)) for s, n in zip(speech, noisy, strict=True)
    ]
    assert {round(value) for value in snr} <= {3, 4, 5, 6, 7, *range(33, 38)}  # a crop may miss the loudest syllable


def test_recordings_are_used_as_often_as_asked():
    only = Sounds([voice(1) / np.float32(8_000)], [], [unit_noise(rng().normal(size=5_000).astype(np.float32))])
    speech, noisy = draw(only, config(recorded_share=1.0), rng())
    assert np.isfinite(noisy).all()
    assert (speech != noisy).any()


@pytest.mark.parametrize("kind", ["white", BABBLE])
def test_noise_has_a_power_of_one(kind):
    piece = make_noise(kind, [voice(n) / np.float32(8_000) for n in range(3)], rng())
    assert (piece.dtype, len(piece)) == (np.float32, 80_000)
    assert float(piece.std()) == pytest.approx(1, abs=1e-3)


def test_a_trial_scores_every_method_on_every_mixture():
    mixed = mixtures([voice(1), voice(2)], [voice(7)], ["white"], 3, rng())
    found = score(
        mixed, {"silence": np.zeros_like, "perfect": lambda pcm: next(m.clean for m in mixed if m.noisy is pcm)}
    )
    assert {name: scores.shape for name, scores in found.items()} == dict.fromkeys(
        ("noisy", "silence", "perfect"), (3, 2)
    )
    assert (found["perfect"] > found["noisy"]).all()
    told = figures(found["perfect"] - found["noisy"], 100, 1)
    assert beats(told)
    assert told["stoi"].n == 3


@pytest.mark.parametrize(
    ("clips", "recorded", "kinds"), [([], [], ["white"]), ([voice(1)], [], [])], ids=["speech", "noise"]
)
def test_a_trial_without_speech_or_noise_has_no_mixtures(clips, recorded, kinds):
    assert mixtures(clips, recorded, kinds, 3, rng()) == []


WON, LOST, EQUAL = Figure(1, 0.5, 1.5, 9), Figure(-1, -1.5, -0.5, 9), Figure(0, -0.5, 0.5, 9)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        pytest.param((WON, WON), True, id="better by both"),
        pytest.param((WON, EQUAL), True, id="better by one, equal by the other"),
        pytest.param((EQUAL, EQUAL), False, id="equal"),
        pytest.param((WON, LOST), False, id="better by one, worse by the other"),
    ],
)
def test_who_beats_wins_one_measure_and_loses_none(figures, verdict):
    assert beats(dict(zip(("si_sdr_db", "stoi"), figures, strict=True))) is verdict


@pytest.mark.parametrize(
    ("own", "both", "best"),
    [
        pytest.param(1.0, 2.0, "both", id="each beats the one before"),
        pytest.param(1.0, 1.0, "own", id="the last is no better than the one before it"),
        pytest.param(-1.0, 1.0, "both", id="the last beats the first"),
        pytest.param(-1.0, -2.0, "rnnoise", id="none beats the first"),
    ],
)
def test_the_champion_beat_the_one_that_was_best_before(own, both, best):
    base = rng().normal(size=(20, 2))
    assert champion({"rnnoise": base, "own": base + own, "both": base + both}, 100, 1) == best

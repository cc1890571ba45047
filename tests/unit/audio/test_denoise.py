import numpy as np
import pytest

from bhab.audio.denoise import METHODS, clean_clip, mean_of, method_named, rnnoise
from bhab.audio.guard import level_change_db
from bhab.audio.listener import fit_listener
from bhab.audio.measures import snr_db
from bhab.audio.voice import Voice, speak
from bhab.config import DenoiseConfig

SECOND = 16_000
DEAF = fit_listener([], np.zeros(0, np.int64))


def config(**changes):
    base = {"method": "rnnoise", "trim_margin_s": 0.1, "max_level_loss_db": 6.0, "clean_snr_db": 40.0}
    harm = {"max_pitch_semitones": 1.0, "max_speech_lost": 0.2, "max_emotion_lost": 0.3}
    return DenoiseConfig(**(base | harm | changes))


def mixed(speech, snr):
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, len(speech)) * np.sqrt(np.mean(speech.astype(float) ** 2) / 10 ** (snr / 10))
    return (speech / 2 + noise / 2).astype(np.int16)


@pytest.fixture(scope="module")
def speech():
    return np.pad(speak("আমি আজ খুব খুশি, কারণ তুমি এসেছ।", Voice("f2", 150, 50, 50)), SECOND // 4)


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("snr", [10.0, 20.0])
def test_noise_goes_and_speech_stays(method, snr, speech):
    noisy = mixed(speech, snr)
    clean = METHODS[method](noisy)
    assert snr_db(clean / 32768) > snr_db(noisy / 32768) + 3
    assert level_change_db(noisy, clean) > -6


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_clip_does_not_remember_the_one_before(method, speech):
    noisy = mixed(speech, 5.0)
    first = METHODS[method](noisy)
    METHODS[method](np.flip(noisy).copy())
    assert np.array_equal(METHODS[method](noisy), first)


def test_rnnoise_is_in_step_with_its_input(speech):
    noisy = mixed(speech, 20.0).astype(float)
    clean = rnnoise(mixed(speech, 20.0)).astype(float)
    lags = range(-400, 401)
    products = [np.dot(noisy[400:-400], np.roll(clean, lag)[400:-400]) for lag in lags]
    assert lags[int(np.argmax(products))] == 0


def test_rnnoise_keeps_the_tail(speech):
    ends_in_speech = mixed(speech, 20.0)[: SECOND + 777]
    clean = rnnoise(ends_in_speech)
    assert level_change_db(ends_in_speech[-480:], clean[-480:]) > -6


@pytest.mark.parametrize("length", [1, 2, 159, 161, 481, 5_001])
@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_length_stays(method, length, speech):
    assert METHODS[method](speech[SECOND : SECOND + length]).shape == (length,)


def silent_at_end(pcm):
    """The same power of the loudest frames, but half of the words gone."""
    return np.where(np.arange(len(pcm)) < len(pcm) // 2, pcm, 0).astype(np.int16)


LOUD_HISS = np.random.default_rng(2).normal(0, 3000, 10 * SECOND)


@pytest.mark.parametrize(
    ("method", "clean_snr_db", "guard"),
    [
        pytest.param(lambda pcm: pcm // 4, 40.0, "speech_quieter", id="12 dB quieter"),
        pytest.param(lambda pcm: silent_at_end(pcm), 40.0, "speech_lost", id="the second half taken for noise"),
        pytest.param(
            lambda pcm: (pcm / 2 + LOUD_HISS[: len(pcm)]).astype(np.int16), 40.0, "snr_worse", id="noise added"
        ),
        pytest.param(lambda pcm: pcm, 40.0, "passed", id="nothing changed"),
        pytest.param(lambda pcm: pcm // 4, 5.0, "clean_already", id="clean before: not even tried"),
    ],
)
def test_the_guard_keeps_the_original_where_a_method_does_harm(speech, method, clean_snr_db, guard):
    noisy = mixed(speech, 10.0)
    clip = clean_clip(noisy, method, DEAF, config(clean_snr_db=clean_snr_db))
    assert (clip.guard, clip.pcm.tobytes() in noisy.tobytes()) == (guard, True)
    assert clip.snr_after_db == clip.snr_before_db
    assert (clip.change is None) == (guard == "clean_already")


def test_without_a_method_a_clip_is_only_trimmed(speech):
    noisy = mixed(np.pad(speech, SECOND), 10.0)
    clip = clean_clip(noisy, None, DEAF, config(method="none"))
    assert (clip.guard, clip.change) == ("no_method", None)
    assert clip.trimmed_s == (len(noisy) - len(clip.pcm)) / SECOND
    assert clip.trimmed_s > 1.5


def test_a_clip_that_passes_is_the_method_s(speech):
    noisy = mixed(speech, 10.0)
    clip = clean_clip(noisy, rnnoise, DEAF, config())
    assert clip.guard == "passed"
    assert clip.snr_after_db > clip.snr_before_db + 3
    assert clip.change is not None
    assert clip.change.snr_after_db == clip.snr_after_db


def test_methods_go_by_name(tmp_path):
    assert method_named("none", tmp_path) is None
    assert method_named("rnnoise", tmp_path) is rnnoise


def test_the_mean_of_two_methods_lies_between_them():
    pcm = np.array([100, -200, 300], np.int16)
    assert mean_of(pcm, (lambda x: x, lambda x: np.zeros_like(x))).tolist() == [50, -100, 150]

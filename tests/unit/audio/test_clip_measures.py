import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.audio.measures import audible, clip_measures, clipped_share, snr_db

RATE_HZ = 16_000
SECOND = np.arange(RATE_HZ) / RATE_HZ
TONE = np.sin(2 * np.pi * 1000 * SECOND)
QUIET = {"level_dbfs": -120.0, "peak_dbfs": -120.0, "clipped_share": 0.0, "silent_share": 1.0, "snr_db": -20.0}


def int16(wave):
    return np.clip(np.rint(wave * 32768), -32768, 32767).astype(np.int16)


@pytest.mark.parametrize(
    ("pcm", "expected"),
    [
        pytest.param(np.zeros(RATE_HZ, np.int16), QUIET, id="digital silence"),
        pytest.param(np.zeros(5, np.int16), QUIET, id="silence shorter than a frame"),
        pytest.param(np.zeros(0, np.int16), QUIET, id="no samples"),
        pytest.param(
            int16(TONE / 2),
            QUIET | {"level_dbfs": -9.03, "peak_dbfs": -6.02, "silent_share": 0.0},
            id="tone at half of full scale",
        ),
        pytest.param(
            np.full(100, -32768, np.int16),
            QUIET | {"level_dbfs": 0.0, "peak_dbfs": 0.0, "clipped_share": 1.0, "silent_share": 0.0},
            id="shorter than a frame, at the lower rail",
        ),
        pytest.param(
            int16(np.where(SECOND < 0.5, 0, TONE / 2)),
            QUIET | {"level_dbfs": -12.04, "peak_dbfs": -6.02, "silent_share": 0.5},
            id="half digital silence",
        ),
    ],
)
def test_measures(pcm, expected):
    assert clip_measures(pcm) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("wave", "share"),
    [
        pytest.param(0.99 * TONE, 0.0, id="loud but clean"),
        pytest.param(np.clip(4 * TONE, -0.5, 0.5), 0.0, id="flat, but far from full scale: not this device's rail"),
        pytest.param(np.r_[np.zeros(96), 0.95, 0.95, np.zeros(2)], 0.0, id="two samples at a rail under full scale"),
        pytest.param(np.r_[np.zeros(96), 0.95, 0.95, 0.95, 0], 0.03, id="three samples there"),
        pytest.param(np.r_[np.zeros(96), 1, 0, -1, 0], 0.02, id="two single samples at full scale: the wave was cut"),
        pytest.param(np.r_[np.zeros(96), -np.ones(4)], 0.04, id="at the lower rail, up to the end"),
        pytest.param(np.r_[np.zeros(96), 0.95, 0.945, 0.944, 0.945], 0.04, id="ripples on a rail under full scale"),
    ],
)
def test_clipped_share(wave, share):
    assert clipped_share(wave) == pytest.approx(share)


def speech_in(known_db):
    """Return pauses of noise and bursts of a tone, which is `known_db` over the noise."""
    noise = np.random.default_rng(1).normal(0, 1, RATE_HZ)
    tone = np.where(SECOND % 0.5 < 0.4, TONE, 0)
    return 0.02 * (noise + tone * np.sqrt(2 * 10 ** (known_db / 10)))


@pytest.mark.parametrize("known_db", [0.0, 10.0, 20.0])
def test_estimated_snr_is_near_the_mixed_one(known_db):
    assert snr_db(speech_in(known_db)) == pytest.approx(known_db, abs=1.5)


@pytest.mark.parametrize("known_db", [0.0, 10.0, 20.0])
@pytest.mark.parametrize(
    "silence",
    [
        pytest.param(np.zeros(RATE_HZ), id="zeros"),
        pytest.param(np.random.default_rng(2).integers(-1, 2, RATE_HZ) / 32768, id="dither"),
    ],
)
def test_digital_silence_does_not_raise_the_snr(known_db, silence):
    wave = speech_in(known_db)
    assert snr_db(np.r_[silence, wave, silence]) == pytest.approx(snr_db(wave), abs=0.5)


def test_what_was_made_of_a_clip_is_judged_by_the_frames_of_the_clip():
    wave = speech_in(10.0)
    cleaned = np.where(SECOND % 0.5 < 0.4, wave, 0)  # a method that leaves digital silence in the pauses
    assert snr_db(cleaned, audible(wave)) > snr_db(wave) + 30


@given(st.lists(st.integers(-(2**15), 2**15 - 1), max_size=2000))
def test_measures_stay_within_the_bounds_of_the_schema(samples):
    measures = clip_measures(np.array(samples, np.int16))
    assert -120 <= measures["level_dbfs"] <= measures["peak_dbfs"] + 1e-9 <= 0.1
    assert all(0 <= measures[name] <= 1 for name in ("clipped_share", "silent_share"))
    assert -60 <= measures["snr_db"] <= 120

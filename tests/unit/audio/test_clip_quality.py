import numpy as np
import pytest
from curation_rows import sample, speech

from bhab.audio.measures import clip_measures
from bhab.audio.quality import bandwidth_hz, clip_quality, clip_scores, longest_end_s, offset_share
from bhab.curation.findings import checks_of
from bhab.schema import Modality

RATE_HZ = 16_000
SECOND = np.arange(RATE_HZ) / RATE_HZ
TONE = 0.3 * np.sin(2 * np.pi * 200 * SECOND)
NOISE = np.random.default_rng(1).normal(0, 0.05, RATE_HZ)
ZEROS = np.zeros(RATE_HZ)


def low_passed(wave, hz):
    spectrum = np.fft.rfft(wave)
    spectrum[np.fft.rfftfreq(len(wave), 1 / RATE_HZ) > hz] = 0
    return np.fft.irfft(spectrum, len(wave))


@pytest.mark.parametrize(
    ("wave", "expected_s"),
    [
        pytest.param(TONE, 0.0, id="speech from end to end"),
        pytest.param(np.r_[ZEROS, TONE, ZEROS[:8000]], 1.0, id="a second before, half a second after"),
        pytest.param(np.r_[TONE, ZEROS, ZEROS], 2.0, id="two seconds after"),
        pytest.param(np.r_[0.001 * NOISE, TONE], 1.0, id="a second of faint hiss before"),
        pytest.param(np.r_[TONE, ZEROS, TONE], 0.0, id="a pause in the middle"),
    ],
)
def test_silence_at_the_ends_is_measured(wave, expected_s):
    assert clip_scores(wave)["audio_long_silence"] == pytest.approx(expected_s, abs=0.03)


@pytest.mark.parametrize(
    ("wave", "share"),
    [
        pytest.param(TONE, 0.0, id="a tone swings about zero"),
        pytest.param(TONE + 0.3, 1 / np.sqrt(1.5), id="lifted by its amplitude"),
        pytest.param(ZEROS - 0.5, 1.0, id="a constant"),
        pytest.param(ZEROS, 0.0, id="digital silence"),
    ],
)
def test_an_offset_is_a_share_of_the_level(wave, share):
    assert offset_share(wave) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize(
    ("wave", "low_hz", "high_hz"),
    [
        pytest.param(NOISE, 7_800, 8_000, id="the whole band"),
        pytest.param(low_passed(NOISE, 3_400), 3_300, 3_800, id="a telephone's band in a file of 16 kHz"),
        pytest.param(TONE, 200, 600, id="one low tone"),
        pytest.param(ZEROS, 0, 0, id="digital silence"),
        pytest.param(NOISE[:100], 4_000, 8_000, id="shorter than a window"),
    ],
)
def test_bandwidth(wave, low_hz, high_hz):
    assert low_hz <= bandwidth_hz(wave) <= high_hz


def test_digital_silence_is_zeros_and_dither_but_not_a_quiet_room():
    dither = np.random.default_rng(1).integers(-1, 2, RATE_HZ) / 32768
    room = np.random.default_rng(1).normal(0, 8, RATE_HZ) / 32768
    shares = [clip_scores(np.r_[TONE, quiet])["audio_digital_silence"] for quiet in (ZEROS, dither, room)]
    assert shares == [0.5, 0.5, 0.0]


def test_power_without_a_frame_has_no_ends():
    assert longest_end_s(np.zeros(0)) == 0.0


def test_rows_keep_their_order_and_what_has_no_second_channel_has_no_difference():
    pcm = np.rint(TONE * 32768).astype("<i2")
    rows = [
        sample("a", pcm=pcm.tobytes(), **clip_measures(pcm)),
        sample("b", channel_difference_db=-6.0, source_channels=2, level_dbfs=-50.0, pcm=pcm.tobytes()),
    ]
    scores = clip_quality(speech(*rows))
    assert set(scores) == {check.name for check in checks_of(Modality.SPEECH)}
    assert scores["audio_quiet"].tolist() == [rows[0]["level_dbfs"], -50.0]
    assert np.isnan(scores["audio_channels_differ"]).tolist() == [True, False]


def test_no_clips_have_no_scores():
    assert {len(scores) for scores in clip_quality(speech()).values()} == {0}

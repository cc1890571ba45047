import numpy as np
import pytest

from bhab.audio.guard import Change, compare, judge, level_change_db, pitch_change, speech_lost
from bhab.audio.listener import fit_listener
from bhab.audio.pcm import resample, to_float, to_pcm
from bhab.audio.voice import Voice, speak
from bhab.config import DenoiseConfig

CONFIG = DenoiseConfig(
    method="rnnoise",
    trim_margin_s=0.1,
    clean_snr_db=40.0,
    max_level_loss_db=6.0,
    max_pitch_semitones=1.0,
    max_speech_lost=0.2,
    max_emotion_lost=0.3,
)
DEAF = fit_listener([], np.zeros(0, np.int64))


def change(**changed):
    same = {"snr_before_db": 10.0, "snr_after_db": 10.0, "level_db": 0.0, "pitch_semitones": 0.0, "speech_lost": 0.0}
    return Change(**same | {"heard_before": "sad", "heard_after": "sad", "emotion_lost": 0.0} | changed)


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        pytest.param({}, "passed", id="nothing changed"),
        pytest.param({"snr_after_db": 9.9}, "snr_worse", id="more noise than before"),
        pytest.param({"level_db": -6.1}, "speech_quieter", id="6.1 dB quieter"),
        pytest.param({"level_db": 9.0}, "passed", id="louder"),
        pytest.param({"speech_lost": 0.21}, "speech_lost", id="a fifth of the speech gone"),
        pytest.param({"pitch_semitones": -1.1}, "pitch_moved", id="a semitone lower"),
        pytest.param({"pitch_semitones": 1.1}, "pitch_moved", id="a semitone higher"),
        pytest.param({"heard_after": "angry", "emotion_lost": 0.31}, "emotion_changed", id="another emotion, clearly"),
        pytest.param({"heard_after": "angry", "emotion_lost": 0.1}, "passed", id="another emotion, by a hair"),
        pytest.param({"emotion_lost": 0.5}, "passed", id="the same emotion, less surely"),
        pytest.param({"level_db": -9.0, "speech_lost": 1.0}, "speech_quieter", id="several: the grossest is named"),
    ],
)
def test_harm_has_a_name(changed, verdict):
    assert judge(change(**changed), CONFIG) == verdict


@pytest.fixture(scope="module")
def speech():
    return speak("আমি আজ খুব খুশি, কারণ তুমি এসেছ।", Voice("f2", 150, 50, 50))


def higher(pcm, semitones):
    """Every frame of speech played faster, and as long as before."""
    ratio = 2 ** (semitones / 12)
    out = np.zeros(len(pcm))
    for start in range(0, len(pcm) - 4_000, 2_000):
        part = resample(to_float(pcm[start : start + 4_000]), round(16_000 * ratio), 16_000)
        part = np.resize(part, 4_000) * np.hanning(4_000)
        out[start : start + 4_000] += part
    return to_pcm(out)


def test_a_clip_is_not_changed_by_doing_nothing(speech):
    same = compare(speech, speech, DEAF)
    assert (same.level_db, same.pitch_semitones, same.speech_lost, same.emotion_lost) == (0, 0, 0, 0)
    assert same.heard_before == same.heard_after
    assert same.snr_after_db == same.snr_before_db


@pytest.mark.parametrize("db", [-12.0, -6.0])
def test_level_is_told_in_db(speech, db):
    assert level_change_db(speech, (speech * 10 ** (db / 20)).astype(np.int16)) == pytest.approx(db, abs=0.05)


@pytest.mark.parametrize("semitones", [-4, 3])
def test_pitch_is_told_in_semitones(speech, semitones):
    assert pitch_change(speech, higher(speech, semitones)) == pytest.approx(semitones, abs=0.7)


def test_speech_that_is_gone_is_lost(speech):
    half = speech.copy()
    half[len(half) // 2 :] = 0
    assert speech_lost(speech, speech) == 0
    assert 0.3 < speech_lost(speech, half) < 0.7
    assert speech_lost(speech, np.zeros_like(speech)) == 1


@pytest.mark.parametrize("samples", [1, 159, 2_000])
def test_too_short_a_clip_tells_no_pitch_and_no_loss(speech, samples):
    part = speech[8_000 : 8_000 + samples]
    told = compare(part, np.zeros_like(part), DEAF)
    assert (told.pitch_semitones, told.speech_lost) == (0, 0)

import numpy as np
import pytest
import torch

from bhab.errors import VoiceError
from bhab.models.tacotron2 import SILENCE
from bhab.schema import EMOTIONS, MELS
from bhab.training.voice_clips import Symbols, VoiceClip, batch_of, batches, clips_of

TEXTS = ["আমি যাই।", "সে গায়।"]


def clip(frames, text="কখ", emotion="happy"):
    return VoiceClip(text, emotion, np.zeros(frames * 256, np.float32), np.full((frames, MELS), 1.0, np.float32))


def test_symbols_are_numbered_by_code_point_from_one():
    symbols = Symbols.of(["খক", "কগ"])
    assert symbols.characters == ("ক", "খ", "গ")
    assert len(symbols) == 4
    assert symbols.encode("গক").tolist() == [3, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("আমি 9", r"found U\+0039, expected characters that the learned voice was taught", id="a digit"),
        pytest.param("zA", r"found U\+0041, U\+007A, expected", id="Latin letters"),
        pytest.param("", "found nothing, expected", id="no text"),
    ],
)
def test_a_character_it_was_not_taught_is_an_error(text, message):
    with pytest.raises(VoiceError, match=message):
        Symbols.of(TEXTS).encode(text)


@pytest.mark.parametrize(
    ("frames", "reduction", "length"),
    [
        pytest.param(7, 3, 9, id="filled up"),
        pytest.param(6, 3, 9, id="a whole number of steps still gets one of silence"),
        pytest.param(5, 1, 6, id="a frame a step"),
    ],
)
def test_behind_a_clip_comes_a_step_of_silence(frames, reduction, length):
    batch = batch_of([clip(frames), clip(1)], Symbols.of(["কখ"]), reduction)
    assert batch.lengths[0] == length
    assert batch.mels.shape == (2, length, MELS)
    assert (batch.mels[0, :frames] == 1).all()
    assert (batch.mels[0, frames:] == SILENCE).all()
    assert batch.emotions.tolist() == [EMOTIONS.index("happy")] * 2


def test_every_clip_is_in_one_batch_and_batches_have_about_equal_lengths():
    rng = np.random.default_rng(1)
    clips = [clip(int(n)) for n in rng.integers(20, 200, 90)]
    found = list(batches(clips, 8, np.random.default_rng(2)))
    assert sorted(id(c) for part in found for c in part) == sorted(map(id, clips))
    assert max(map(len, found)) == 8
    spread = [max(len(c.mel) for c in part) - min(len(c.mel) for c in part) for part in found]
    assert np.median(spread) < 40
    again = list(batches(clips, 8, np.random.default_rng(2)))
    assert [[id(c) for c in part] for part in found] == [[id(c) for c in part] for part in again]
    assert list(batches([], 8, rng)) == []


def test_clips_come_from_their_split(voice_table):
    train, test = clips_of(voice_table, "train"), clips_of(voice_table, "test")
    assert not {c.text for c in train} & {c.text for c in test}
    assert len(train) + len(test) + len(clips_of(voice_table, "validation")) == voice_table.num_rows
    for one in train:
        assert one.wave.dtype == np.float32
        assert one.wave.shape == (len(one.mel) * 256,)
    assert torch.is_tensor(Symbols.of(c.text for c in train).encode(train[0].text))

import numpy as np
import pytest

from bhab.audio.voice import Voice
from bhab.config import VoiceCorpusConfig
from bhab.schema import EMOTIONS, Split
from bhab.synthetic.voice import lines, record
from bhab.text.clean import clean


def config(**changed):
    values = {"seed": "a", "texts": 10, "manners": 3, "max_chars": 40, "validation_fraction": 0.1, "test_fraction": 0.2}
    return VoiceCorpusConfig(**values | changed)


def test_each_text_is_said_in_so_many_manners_and_whole_texts_are_held_out():
    said = lines(config())
    assert len(said) == 7 * 10 * 3
    assert len({line.key for line in said}) == len(said)
    by_text = {}
    for line in said:
        by_text.setdefault(line.text, []).append(line)
    assert {len(group) for group in by_text.values()} == {3}
    assert {len({line.split for line in group}) for group in by_text.values()} == {1}
    texts = {split: sum(group[0].split == split for group in by_text.values()) for split in Split}
    assert texts == {"train": 49, "validation": 7, "test": 14}
    assert {line.emotion for line in said} == set(EMOTIONS)


def test_sentences_are_short_and_spoken_as_they_are_written():
    for line in lines(config(texts=30, manners=1)):
        assert clean(line.text) == line.text
        assert len(line.text) <= 40
        assert not any(map(str.isdigit, line.text))


@pytest.mark.parametrize(("changed", "same"), [({}, True), ({"seed": "b"}, False)], ids=["same seed", "another seed"])
def test_the_seed_tells_the_corpus(changed, same):
    assert (lines(config()) == lines(config(**changed))) is same


def test_few_texts_still_fill_every_split():
    assert {line.split for line in lines(config(texts=3, manners=1))} == set(Split)


def test_a_clip_has_the_room_s_noise_little_silence_and_no_clipping():
    said = lines(config(texts=3, manners=2))[:6]
    voice = Voice("f2", 150, 50, 50)
    rows = record(said, voice)
    assert rows == record(said, voice)
    assert record(said[2:3], voice) == rows[2:3]
    for row in rows:
        pcm = np.frombuffer(row["pcm"], "<i2") / 32_768
        assert row["duration_s"] == len(pcm) / 16_000
        assert 1.0 < row["duration_s"] < 6.0
        assert np.abs(pcm).max() < 0.99
        edge = pcm[:400].std()
        assert 0.0005 < edge < 0.01

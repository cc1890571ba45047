import json
from collections import Counter

import numpy as np
import pytest
import soundfile

from bhab.audio.decode import decode_clip
from bhab.audio.measures import clip_measures, snr_db
from bhab.audio.noise import active_power
from bhab.config import IngestConfig, SynthesizeConfig
from bhab.curation.chance import generator
from bhab.curation.decisions import Drop
from bhab.schema import EMOTIONS, Emotion, Gender
from bhab.synthetic.plan import FaultKind, class_counts
from bhab.synthetic.speech import write_speech
from bhab.synthetic.speech_copies import COPIES
from bhab.synthetic.speech_plan import CODES, PLANTED, UNKNOWN_CODE, cast, copies, plan
from bhab.synthetic.speech_sound import KINDS, make_noise

SMALL = SynthesizeConfig(seed="test", scale=1.0, speech_clips=21, speakers=6, faults=3, wrong_labels=0.0)
LARGE = SynthesizeConfig(seed="test", scale=1.0, speech_clips=1470, speakers=20, faults=6, wrong_labels=0.02)
INGEST = IngestConfig(
    batch=8,
    max_bytes=20_000_000,
    max_pixels=1,
    max_duration_s=30.0,
    min_duration_s=0.3,
    min_sample_rate_hz=16_000,
    max_text_chars=1,
    min_contrast=0,
    silence_dbfs=-60.0,
    max_seconds=10.0,
    max_memory_mb=1024,
)
CLIPPED = 0.001  # params.yaml's quality.audio_clipped


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Return the folder and the faults of the small corpus."""
    root = tmp_path_factory.mktemp("speech")
    return root, write_speech(root, SMALL)


def rows_of(root):
    return [json.loads(line) for line in (root / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]


def verdict(path):
    """Return the reason of the reject, "clipped", or "sound"."""
    clip = decode_clip(path.read_bytes(), INGEST)
    if isinstance(clip, Drop):
        return clip.reason
    return "clipped" if clip_measures(clip.pcm)["clipped_share"] > CLIPPED else "sound"


def test_the_plan_has_the_class_counts_of_the_paper_and_names_of_banglaser():
    clips = plan(LARGE)
    sound = [clip for clip in clips if clip.fault is None]
    assert Counter(clip.emotion for clip in sound) == class_counts(1470, 1.0)
    wrong = round(0.02 * 1470)
    assert Counter(clip.fault for clip in clips) == {
        None: len(sound),
        **dict.fromkeys(PLANTED, 6),
        FaultKind.WRONG_LABEL: wrong,
    }
    pairs = copies(clips, tuple(COPIES), LARGE)
    names = [clip.name for clip in clips] + [copy.name for _, _, copy in pairs]
    assert len(set(names)) == len(names) == 1470 + 5 * 6 + wrong + 6 * (1 + len(COPIES))
    assert Counter(mark.variant for mark, _, _ in pairs) == dict.fromkeys(["", *COPIES], 6)
    assert {len(name) for name in names} == {len("03-01-01-01-01-01-01.wav")}
    assert all(clip.code == CODES[clip.emotion] for clip in sound)
    assert all(clip.code == UNKNOWN_CODE for clip in clips if clip.fault is FaultKind.WRONG_LABEL_NAME)
    mislabelled = [clip for clip in clips if clip.fault is FaultKind.WRONG_LABEL]
    assert all(clip.code in set(CODES.values()) - {CODES[clip.emotion]} for clip in mislabelled)


def test_the_cast_is_half_women_and_has_every_age_group():
    speakers = cast(LARGE)
    assert Counter(speaker.gender for speaker in speakers) == {Gender.MALE: 10, Gender.FEMALE: 10}
    assert len({speaker.age_group for speaker in speakers}) == 5
    assert len({speaker.voice for speaker in speakers}) == 20


def test_the_corpus_is_the_same_bytes_every_time(corpus, tmp_path):
    root, faults = corpus
    assert write_speech(tmp_path, SMALL) == faults
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (root, tmp_path))
    assert first == second


def test_metadata_tells_of_every_file(corpus):
    root, _ = corpus
    rows = rows_of(root)
    assert sorted(row["file"] for row in rows) == sorted(path.name for path in root.glob("*.wav"))
    assert len(rows) == sum(class_counts(21, 1.0).values()) + (6 + 1 + len(COPIES)) * 3
    for row in rows:
        numbers = row["file"].removesuffix(".wav").split("-")
        assert numbers[2] == (CODES[Emotion(row["emotion"])] if row["emotion"] else UNKNOWN_CODE)
        assert (numbers[4], int(numbers[5]), f"S{numbers[6]}") == (row["statement"], row["repetition"], row["speaker"])
        assert row["gender"] == ("male" if int(numbers[6]) % 2 else "female")
        assert (row["snr_db"] is None) == (row["noise"] is None)


def test_each_fault_is_what_its_kind_says_and_nothing_else_is_faulty(corpus):
    root, faults = corpus
    expected = {
        FaultKind.CLIPPED: {"clipped"},
        FaultKind.CORRUPT: {"audio_undecodable", "file_empty"},
        FaultKind.SILENT: {"audio_silent"},
        FaultKind.WRONG_LABEL: {"sound"},
        FaultKind.WRONG_LABEL_NAME: {"sound"},
        FaultKind.WRONG_SAMPLE_RATE: {"audio_sample_rate"},
    }
    kinds = {fault.keys[0]: fault.kind for fault in faults if len(fault.keys) == 1}
    assert Counter(kinds.values()) == dict.fromkeys(expected, 3)
    for path in root.glob("*.wav"):
        assert verdict(path) in expected.get(kinds.get(path.name), {"sound"}), path.name


def test_equal_content_is_planted_and_only_planted(corpus):
    root, faults = corpus
    by_content = {}
    for path in sorted(root.glob("*.wav")):
        clip = decode_clip(path.read_bytes(), INGEST)
        if not isinstance(clip, Drop):
            by_content.setdefault(clip.pcm.tobytes(), []).append(path.name)
    planted = [sorted(fault.keys) for fault in faults if fault.kind is FaultKind.EXACT_DUPLICATE]
    assert sorted(names for names in by_content.values() if len(names) > 1) == sorted(planted)
    assert len(planted) == 3


def test_files_are_as_published(corpus):
    root, faults = corpus
    corrupt = {fault.keys[0] for fault in faults if fault.kind is FaultKind.CORRUPT}
    infos = [soundfile.info(path) for path in root.glob("*.wav") if path.name not in corrupt]
    assert {info.subtype for info in infos} == {"PCM_16"}
    assert {info.samplerate for info in infos} == {8_000, 44_100, 48_000}
    assert {info.channels for info in infos} == {1, 2}
    assert all(0.5 < info.duration < 12 for info in infos)


def test_the_recorded_snr_is_the_one_that_is_heard(corpus):
    root, faults = corpus
    spoilt = {fault.keys[-1] for fault in faults if fault.kind is not FaultKind.EXACT_DUPLICATE}
    told = {row["file"]: row["snr_db"] for row in rows_of(root) if row["snr_db"] is not None}
    pcm = {name: decode_clip((root / name).read_bytes(), INGEST).pcm for name in told if name not in spoilt}
    errors = [snr_db(wave / 32768) - told[name] for name, wave in pcm.items()]
    assert len(errors) > 3
    assert abs(np.median(errors)) < 3  # pauses pull the estimate down, noise in the speech pulls it up


def test_no_faults_are_planted_where_none_are_wanted():
    clips = plan(SMALL.model_copy(update={"faults": 0}))
    assert {clip.fault for clip in clips} == {None}
    assert copies(clips, tuple(COPIES), SMALL.model_copy(update={"faults": 0})) == []
    assert {clip.emotion for clip in clips} == set(EMOTIONS)


@pytest.mark.parametrize("name", KINDS)
def test_noise_is_steady_enough_to_be_mixed_at_a_level(name):
    babble = np.random.default_rng(1).normal(0, 1, 5_000)
    noise = make_noise(name, 12_345, babble, generator("one", "test"))
    assert noise.shape == (12_345,)
    assert active_power(noise) == pytest.approx(np.mean(noise**2), rel=0.2)
    assert np.array_equal(noise, make_noise(name, 12_345, babble, generator("one", "test")))

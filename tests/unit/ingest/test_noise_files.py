import numpy as np
import pytest
import soundfile

from bhab.config import load_params
from bhab.errors import SourceLayoutError
from bhab.ingest.noise import kind_of, read_noise


@pytest.fixture(scope="module")
def config(request):
    return load_params(request.config.rootpath / "params.yaml").ingest


def sound(channels=1, rate_hz=16_000):
    return np.random.default_rng(1).normal(0, 0.1, (rate_hz, channels)).clip(-1, 1)


def test_every_file_is_a_recording_or_a_reject(tmp_path, config):
    soundfile.write(tmp_path / "street_1.wav", sound(), 16_000)
    soundfile.write(tmp_path / "street_2.flac", sound(2, 48_000), 48_000)
    soundfile.write(tmp_path / "old.wav", sound(), 16_000, subtype="PCM_U8")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.WAV").write_text("no sound")
    (tmp_path / "out.wav").symlink_to("/etc/passwd")
    (tmp_path / "metadata.jsonl").write_text("{}")
    found = read_noise(tmp_path, config)
    assert [(r.name, r.kind, len(r.pcm)) for r in found.kept] == [
        ("street_1.wav", "street", 16_000),
        ("street_2.flac", "street", 16_000),
    ]
    assert {name: drop.reason for name, drop in found.rejects.items()} == {
        "old.wav": "audio_codec",
        "empty.wav": "file_empty",
        "text.WAV": "audio_undecodable",
        "out.wav": "link_outside",
    }


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("nowhere", "nowhere: no such folder"), (".", "found no .wav and no .flac in it")],
    ids=["no folder", "an empty folder"],
)
def test_a_folder_without_noise_is_named(tmp_path, config, name, sentence):
    with pytest.raises(SourceLayoutError, match=sentence):
        read_noise(tmp_path / name, config)


@pytest.mark.parametrize(
    ("stem", "kind"),
    [("birds_1", "birds"), ("White-Noise 12", "white-noise"), ("street", "street"), ("573577", "573577")],
)
def test_a_kind_is_a_name_less_its_number(stem, kind):
    assert kind_of(stem) == kind

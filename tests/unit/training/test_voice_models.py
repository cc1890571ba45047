import numpy as np
import pyarrow.compute as pc
import pytest
import torch

from bhab.config import TrainVoiceConfig
from bhab.errors import TableError, VoiceError
from bhab.models.tacotron2 import Said, Tacotron2
from bhab.models.waveglow import Noise
from bhab.schema import MELS, VOICE_HISTORY, Emotion
from bhab.store import read_json, read_table, write_json
from bhab.training.seed import repeatable
from bhab.training.tacotron2 import ask, fit, loss_of
from bhab.training.voice_clips import Batch, Symbols, clips_of
from bhab.training.voice_model import load_voice, train, write_voice
from bhab.training.voice_speak import LearnedSpeaker, tell
from bhab.training.waveglow import loss_of as waveglow_loss
from bhab.training.waveglow import segments


def config(params, **changed):
    return TrainVoiceConfig(**params | changed)


def tree(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voice_table, voice_params):
    out = tmp_path_factory.mktemp("voice") / "voice"
    write_voice(train(voice_table, config(voice_params)), out)
    return out


def test_side_by_side_or_one_after_the_other_the_bytes_are_the_same(folder, tmp_path, voice_table, voice_params, capfd):
    write_voice(train(voice_table, config(voice_params, processes=2)), tmp_path / "voice")
    ours = tree(folder)
    assert sorted(ours) == [f"{n}/{f}" for n in ("tacotron2", "waveglow") for f in FILES]
    assert tree(tmp_path / "voice") == ours
    assert "waveglow: 20 of 20" in capfd.readouterr().err


FILES = ("card.json", "history.parquet", "weights.safetensors")


def test_history_and_card_say_how_it_was_learned(folder):
    rows = read_table(folder / "tacotron2/history.parquet", VOICE_HISTORY).to_pylist()
    assert [row["epoch"] for row in rows] == [1, 2]
    assert all(-1 <= row["diagonality"] <= 1 for row in rows)
    card = read_json(folder / "tacotron2/card.json")
    assert card["input"] == {"symbols": ["ক", "খ", "গ", "ঘ"]}
    assert (card["trained_on"], card["epochs"]) == (12, 2)
    waveglow = read_table(folder / "waveglow/history.parquet", VOICE_HISTORY)
    assert waveglow["validation_loss"][-1].as_py() < waveglow["validation_loss"][0].as_py()
    assert set(waveglow["diagonality"].to_pylist()) == {None}


def test_a_voice_says_the_same_every_time_whatever_it_said_before(folder):
    _, models = load_voice(folder, 1)
    first = tell(models, "কখ", Emotion.SAD)
    tell(models, "গঘক", Emotion.ANGRY)
    again = tell(load_voice(folder, 1)[1], "কখ", Emotion.SAD)
    assert np.array_equal(first.mel, again.mel)
    assert first.alignment.shape[1] == 2


@pytest.mark.parametrize("vocoder", ["waveglow", "griffin_lim"])
def test_a_voice_gives_sound_or_says_that_it_finds_no_end(folder, vocoder):
    _, models = load_voice(folder, 1)
    torch.nn.init.constant_(models.tacotron2.stop.bias, 50.0)
    pcm = LearnedSpeaker(models, vocoder).speak("কখ", Emotion.SAD)
    assert (pcm.dtype, pcm.shape) == (np.int16, (2 * 256,))
    torch.nn.init.constant_(models.tacotron2.stop.bias, -50.0)
    with pytest.raises(VoiceError, match="'কখ': the learned voice finds no end within"):
        LearnedSpeaker(models, vocoder).speak("কখ", Emotion.SAD)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param({"model": "waveglow"}, "model 'waveglow', expected 'tacotron2'", id="the other network"),
        pytest.param({"params": {}}, "embedding: Field required", id="no sizes"),
        pytest.param({"input": {"symbols": ["ক"]}}, "not the weights of Tacotron2", id="other symbols"),
    ],
)
def test_a_voice_that_does_not_fit_is_refused(folder, tmp_path, changed, message):
    for name, content in tree(folder).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    card = tmp_path / "tacotron2/card.json"
    write_json(read_json(card) | changed, card)
    with pytest.raises(TableError, match=message):
        load_voice(tmp_path, 1)


def test_without_clips_there_is_a_card_that_says_why(tmp_path, voice_table, voice_params):
    empty = voice_table.filter(pc.equal(voice_table["split"], "test"))
    write_voice(train(empty, config(voice_params)), tmp_path / "voice")
    why, models = load_voice(tmp_path / "voice", 1)
    assert (why, models) == ("0 training and 0 validation clips, expected some of both", None)


def test_tacotron_learns_to_read_in_order(voice_table, voice_params):
    """Attention of a tiny model, trained a few seconds without being guided far, goes through a text it never saw."""
    clips, held = clips_of(voice_table, "train"), clips_of(voice_table, "test")
    symbols = Symbols.of(clip.text for clip in clips)
    repeatable(1, 1)
    params = config(voice_params).tacotron2.model_copy(update={"epochs": 40})
    model = Tacotron2(params, len(symbols))
    before = np.mean([a.diagonality for a in ask(model, held, symbols)[1]])
    history = list(fit(model, clips, clips_of(voice_table, "validation"), symbols, np.random.default_rng(1)))
    loss, found = ask(model, held, symbols)
    assert history[-1].train_loss < history[0].train_loss / 2
    assert np.isfinite(loss)
    assert min(a.diagonality for a in found) > max(0.9, before)
    assert min(a.monotone for a in found) == 1.0
    assert min(a.covered for a in found) > 0.6


def said(mels, stops, alignment):
    return Said(mels, mels, stops, alignment)


def test_the_loss_counts_no_padding_and_leaves_the_diagonal_free(voice_params):
    params = config(voice_params).tacotron2
    texts = torch.tensor([[1, 2, 3, 4], [1, 2, 0, 0]])
    mels = torch.randn(2, 8, MELS)
    batch = Batch(texts, torch.zeros(2, dtype=torch.long), mels, torch.tensor([8, 4]))
    stops = torch.tensor([[-50.0, -50, -50, 50], [-50, 50, 0, 0]])
    line = torch.stack([torch.eye(4), torch.eye(4)])
    right = loss_of(said(mels, stops, line), batch, params)
    torch.testing.assert_close(right, torch.tensor(0.0), atol=1e-6, rtol=0)
    beyond = mels.clone()
    beyond[1, 4:] += 9
    torch.testing.assert_close(loss_of(said(beyond, stops, line), batch, params), right)
    assert loss_of(said(mels + 1.5, stops, line), batch, params) == pytest.approx(2.0)  # one SPREAD, before and after
    assert loss_of(said(mels, -stops, line), batch, params) > 10
    assert loss_of(said(mels, stops, line.flip(2)), batch, params) > 0.5


def test_waveglow_s_loss_is_the_likelihood_of_normal_noise():
    z = torch.randn(1, 8, 50_000, generator=torch.Generator().manual_seed(1))
    found = waveglow_loss(Noise(z, torch.tensor([0.0])), 1.0)
    assert float(found) == pytest.approx(0.5 * np.log(2 * np.pi * np.e), abs=0.01)  # the entropy
    twice = waveglow_loss(Noise(z, torch.tensor([0.5 * z.numel()])), 1.0)
    assert float(found - twice) == pytest.approx(0.5, abs=1e-4)


def test_a_segment_is_a_wave_and_its_own_mels(voice_table, voice_params):
    clips = clips_of(voice_table, "train")
    params = config(voice_params).waveglow
    waves, mels = segments(clips, 3, params, np.random.default_rng(1))
    assert waves.shape == (3, 8 * 256)
    assert mels.shape == (3, 8, MELS)
    whole = [(c, s) for c in clips for s in range(len(c.mel) - 7) if np.array_equal(c.mel[s : s + 8], mels[0].numpy())]
    [(clip, start)] = whole
    assert np.array_equal(clip.wave[start * 256 : (start + 8) * 256], waves[0].numpy())
    long = params.model_copy(update={"segment_frames": 200})
    assert segments(clips, 2, long, np.random.default_rng(1))[0].shape == (2, 200 * 256)

import pytest
import torch

from bhab.config import Tacotron2Config
from bhab.models.tacotron2 import SILENCE, Tacotron2
from bhab.schema import MELS
from bhab.training.seed import repeatable

SYMBOLS = 12


def config(**changed):
    sizes = {
        "embedding": 16,
        "encoder_layers": 2,
        "kernel": 5,
        "attention": 8,
        "location_filters": 4,
        "location_kernel": 7,
        "prenet": 8,
        "decoder": 16,
        "postnet": 8,
        "postnet_layers": 3,
        "reduction": 2,
        "dropout": 0.5,
        "prenet_dropout": 0.5,
        "zoneout": 0.1,
        "frame_drop": 0.25,
        "epochs": 1,
        "batch": 4,
        "learning_rate": 0.01,
        "guided_weight": 1.0,
    }
    return Tacotron2Config(**sizes | changed)


def model(**changed):
    repeatable(1, 1)
    made = Tacotron2(config(**changed), SYMBOLS)
    with torch.no_grad():
        for norm in (*made.encoder.norms, *made.postnet.norms):  # as after some training
            norm.running_mean.uniform_(-0.3, 0.3)
            norm.running_var.uniform_(0.5, 2)
    return made.eval()


def batch(characters, frames, seed=0):
    """Texts of so many characters, padded, with mels of so many frames, padded."""
    source = torch.Generator().manual_seed(seed)
    texts = torch.zeros(len(characters), max(characters), dtype=torch.long)
    mels = torch.full((len(frames), max(frames), MELS), SILENCE)
    for row, (n, m) in enumerate(zip(characters, frames, strict=True)):
        texts[row, :n] = torch.randint(1, SYMBOLS, (n,), generator=source)
        mels[row, :m] = torch.randn(m, MELS, generator=source)
    emotions = torch.arange(len(characters)) % 7
    return texts, emotions, mels, torch.tensor(frames)


@pytest.mark.parametrize(
    ("characters", "frames", "reduction"),
    [
        pytest.param([1], [2], 2, id="one character, one step"),
        pytest.param([5, 9, 3], [12, 18, 6], 3, id="a batch of unequal texts"),
        pytest.param([4, 4], [7, 7], 1, id="a frame a step, as in the paper"),
    ],
)
def test_each_frame_and_each_step_comes_out(characters, frames, reduction):
    said = model(reduction=reduction)(*batch(characters, frames))
    steps = max(frames) // reduction
    assert said.first.shape == said.mels.shape == (len(characters), max(frames), MELS)
    assert said.stops.shape == (len(characters), steps)
    assert said.alignment.shape == (len(characters), steps, max(characters))


def test_attention_reads_all_of_a_text_and_nothing_of_the_padding():
    said = model()(*batch([5, 9], [8, 12]))
    torch.testing.assert_close(said.alignment.sum(dim=2), torch.ones(2, 6))
    assert said.alignment[0, :, 5:].abs().max() == 0


def test_a_padded_batch_says_what_each_text_says_alone():
    made = model(prenet_dropout=0)
    texts, emotions, mels, frames = batch([5, 9, 2], [8, 12, 4])
    together = made(texts, emotions, mels, frames)
    for row, (n, m) in enumerate(zip([5, 9, 2], frames.tolist(), strict=True)):
        one = slice(row, row + 1)
        alone = made(texts[one, :n], emotions[one], mels[one, :m], frames[one])
        torch.testing.assert_close(together.mels[row, :m], alone.mels[0], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(together.stops[row, : m // 2], alone.stops[0], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(together.alignment[row, : m // 2, :n], alone.alignment[0], atol=1e-5, rtol=1e-5)


def test_a_step_hears_the_frames_before_it_and_none_after_it():
    made = model(prenet_dropout=0)
    texts, emotions, mels, frames = batch([6], [10])
    other = mels.clone()
    other[:, 5] += 1  # the last frame of the third step
    one, two = made(texts, emotions, mels, frames).first, made(texts, emotions, other, frames).first
    torch.testing.assert_close(one[:, :6], two[:, :6], rtol=0, atol=0)
    assert (one[:, 6:8] - two[:, 6:8]).abs().max() > 0


@pytest.mark.parametrize("changed", ["text", "emotion"])
def test_what_is_said_depends_on(changed):
    made = model(prenet_dropout=0)
    texts, emotions, mels, frames = batch([6], [8])
    other = (texts + (changed == "text")) % SYMBOLS, emotions + (changed == "emotion"), mels, frames
    assert (made(texts, emotions, mels, frames).first - made(*other).first).abs().max() > 1e-4


def speak(made, seed, max_steps=9):
    texts, emotions, _, _ = batch([6], [8])
    with torch.inference_mode():
        return made.speak(texts, emotions, max_steps, torch.Generator().manual_seed(seed))


def test_it_speaks_the_same_from_the_same_seed_and_its_dropout_is_on():
    made = model()
    first, again, other = speak(made, 1), speak(made, 1), speak(made, 2)
    assert torch.equal(first.mels, again.mels)
    assert not torch.equal(first.mels[:, :2], other.mels[:, :2]) or not torch.equal(first.mels, other.mels)


@pytest.mark.parametrize(
    ("bias", "steps"), [pytest.param(50.0, 1, id="an end at once"), pytest.param(-50.0, 9, id="no end")]
)
def test_it_speaks_until_it_says_stop_or_is_stopped(bias, steps):
    made = model()
    torch.nn.init.constant_(made.stop.bias, bias)
    said = speak(made, 1)
    assert said.mels.shape == (1, 2 * steps, MELS)
    assert said.alignment.shape == (1, steps, 6)


def test_speaking_is_what_teacher_forcing_says_of_its_own_frames():
    made = model(prenet_dropout=0)
    torch.nn.init.constant_(made.stop.bias, -50.0)
    texts, emotions, _, _ = batch([6], [8])
    spoken = speak(made, 1, max_steps=4)
    told = made(texts, emotions, spoken.first.clone(), torch.tensor([8]))
    torch.testing.assert_close(told.mels, spoken.mels, atol=1e-4, rtol=1e-4)

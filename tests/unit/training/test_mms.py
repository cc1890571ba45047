"""MMS-TTS, on a VITS model of random weights."""

import json

import numpy as np
import pytest
import transformers

from bhab.errors import VoiceError
from bhab.schema import Emotion
from bhab.training.mms import MmsSpeaker


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("mms")
    config = transformers.VitsConfig(
        vocab_size=8,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=16,
        flow_size=16,
        spectrogram_bins=9,
        upsample_initial_channel=16,
        posterior_encoder_num_wavenet_layers=1,
        prior_encoder_num_flows=1,
        prior_encoder_num_wavenet_layers=1,
        duration_predictor_num_flows=1,
        duration_predictor_filter_channels=8,
        upsample_rates=[4, 4],
        upsample_kernel_sizes=[8, 8],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]],
    )
    transformers.VitsModel(config).save_pretrained(out)
    letters = {letter: place for place, letter in enumerate(" কখগঘি")} | {"<pad>": 6, "<unk>": 7}
    (out / "vocab.json").write_text(json.dumps(letters), encoding="utf-8")
    transformers.VitsTokenizer(str(out / "vocab.json"), is_uroman=False, phonemize=False).save_pretrained(out)
    return out


def test_a_model_in_a_folder_speaks_the_same_every_time(folder):
    speaker = MmsSpeaker(str(folder), 1)
    one, again = (speaker.speak("কখ গি", Emotion.SAD) for _ in range(2))
    assert one.dtype == np.int16
    assert len(one) > 0
    assert np.array_equal(one, again)


def test_a_text_that_is_no_text_is_an_error(folder):
    with pytest.raises(VoiceError, match="nothing that MMS-TTS can say"):
        MmsSpeaker(str(folder), 1).speak("", Emotion.SAD)


def test_a_folder_that_holds_no_voice_is_an_error(tmp_path):
    with pytest.raises(VoiceError, match="expected its folder or its name on a hub"):
        MmsSpeaker(str(tmp_path), 1)

"""Which voice speaks: the one that params.yaml names, or the better of two by the gate's verdict."""

from collections.abc import Mapping
from pathlib import Path

from bhab.audio.voice import EspeakSpeaker, Speaker, Voice
from bhab.config import Params, SpeakConfig
from bhab.errors import TableError, VoiceError

ESPEAK, LEARNED, BEST = "espeak", "tacotron2", "best"


def voice_name(config: SpeakConfig, gate: Mapping[str, object], where: Path) -> str:
    """Return which voice speaks: the one that params.yaml names, of `best` the learned one only if its gate passed."""
    if config.voice != BEST:
        return config.voice
    passed = gate.get("passed")
    if not isinstance(passed, bool):
        raise TableError(f"{where}: passed is {passed!r}, expected the verdict of stage evaluate_voice")
    return LEARNED if passed else ESPEAK


def speaker_of(name: str, models: Path, params: Params) -> Speaker:
    """Return the voice `name`. Raises VoiceError if it cannot be had."""
    config, threads = params.speak, params.train_voice.threads
    if name == ESPEAK:
        return EspeakSpeaker(Voice(config.variant, config.words_per_minute, config.pitch, config.pitch_range))
    if name == "mms":
        from bhab.training.mms import MmsSpeaker  # PyTorch is heavy, and eSpeak NG does without

        return MmsSpeaker(config.mms, threads)
    from bhab.training.voice_model import load_voice
    from bhab.training.voice_speak import LearnedSpeaker

    why, voice = load_voice(models, threads)
    if voice is None:
        raise VoiceError(f"{models}: there is no learned voice ({why}); speak.voice may be espeak")
    return LearnedSpeaker(voice, "waveglow" if config.voice == BEST else config.vocoder)  # what the gate has judged

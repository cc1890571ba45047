"""The learned voice on disk: a folder of tacotron2/ and waveglow/, each as bhab.training.checkpoint has models.

Both are trained here, side by side: each in a process of its own with threads of its own, so that neither changes the
other's bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from torch import nn

from bhab.config import Section, Tacotron2Config, TrainVoiceConfig, WaveglowConfig
from bhab.errors import TableError
from bhab.models.tacotron2 import Tacotron2
from bhab.models.waveglow import WaveGlow
from bhab.progress import progress
from bhab.schema import VOICE_HISTORY, Split
from bhab.store import whole_folder
from bhab.training import tacotron2, waveglow
from bhab.training.checkpoint import CARD, Card, Trained, checked, n_parameters, read_card, with_weights, write_model
from bhab.training.history import VoiceEpoch
from bhab.training.processes import side_by_side
from bhab.training.seed import repeatable
from bhab.training.voice_clips import Symbols, VoiceClip, clips_of

TACOTRON2, WAVEGLOW = "tacotron2", "waveglow"  # folders, and networks of VOICE_HISTORY
Learned = tuple[nn.Module, list[VoiceEpoch]]


@dataclass(frozen=True, slots=True)
class VoiceModels:
    """Both networks as they were trained, ready to be asked."""

    symbols: Symbols
    tacotron2: Tacotron2
    waveglow: WaveGlow


def train(table: pa.Table, config: TrainVoiceConfig) -> dict[str, Trained]:
    """Return both networks, learned from the training clips of `table`, VOICE_CLIPS; none without any clips."""
    clips, held = clips_of(table, Split.TRAIN), clips_of(table, Split.VALIDATION)
    symbols = Symbols.of(clip.text for clip in clips)
    cards = {
        TACOTRON2: _card(TACOTRON2, config.tacotron2, {"symbols": list(symbols.characters)}),
        WAVEGLOW: _card(WAVEGLOW, config.waveglow, {}),
    }
    if not clips or not held:
        why = f"{len(clips)} training and {len(held)} validation clips, expected some of both"
        return {name: Trained(card.model_copy(update={"why": why}), None, []) for name, card in cards.items()}
    calls = [(name, clips, held, config) for name in cards]
    found = side_by_side(_learn, calls, config.processes)
    return {
        name: Trained(_told(cards[name], model, clips, history), model, history)
        for name, (model, history) in zip(cards, found, strict=True)
    }


def _learn(name: str, clips: Sequence[VoiceClip], held: Sequence[VoiceClip], config: TrainVoiceConfig) -> Learned:
    repeatable(config.seed, config.threads)
    rng = np.random.default_rng(config.seed)
    if name == TACOTRON2:
        symbols = Symbols.of(clip.text for clip in clips)
        speaker = Tacotron2(config.tacotron2, len(symbols))
        epochs = tacotron2.fit(speaker, clips, held, symbols, rng)
        return speaker, list(progress(epochs, config.tacotron2.epochs, name, plain=config.processes > 1))
    vocoder = WaveGlow(config.waveglow)
    records = waveglow.fit(vocoder, clips, held, config.precision, rng)
    return vocoder, list(progress(records, waveglow.RECORDS, name, plain=config.processes > 1))


def _card(name: str, config: Section, shape: Mapping[str, object]) -> Card:
    return Card(model=name, params=config.model_dump(mode="json"), input=dict(shape))


def _told(card: Card, model: nn.Module, clips: Sequence[VoiceClip], history: Sequence[VoiceEpoch]) -> Card:
    facts = {"n_parameters": n_parameters(model), "trained_on": len(clips), "epochs": len(history)}
    return card.model_copy(update=facts)


def write_voice(trained: Mapping[str, Trained], folder: Path) -> None:
    """Write both networks, whole or not at all."""
    with whole_folder(folder) as partial:
        for name, network in trained.items():
            write_model(network, partial / name, VOICE_HISTORY)


def load_voice(folder: Path, threads: int) -> tuple[str | None, VoiceModels | None]:
    """Return why there is no voice, or both networks. Raises TableError if the folder holds something else."""
    cards = {name: read_card(folder / name) for name in (TACOTRON2, WAVEGLOW)}
    for name, card in cards.items():
        if card.model != name:
            raise TableError(f"{folder / name / CARD}: model {card.model!r}, expected {name!r}")
        if card.why is not None:
            return card.why, None
    repeatable(0, threads)
    tacotron2_config = checked(Tacotron2Config, cards[TACOTRON2].params, folder / TACOTRON2 / CARD)
    waveglow_config = checked(WaveglowConfig, cards[WAVEGLOW].params, folder / WAVEGLOW / CARD)
    symbols = Symbols(cards[TACOTRON2].input["symbols"])
    vocoder = WaveGlow(waveglow_config)
    vocoder.fold()
    return None, VoiceModels(
        symbols,
        with_weights(Tacotron2(tacotron2_config, len(symbols)), folder / TACOTRON2),
        with_weights(vocoder, folder / WAVEGLOW),
    )

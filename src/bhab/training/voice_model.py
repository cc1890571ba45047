"""The learned voice on disk: a folder of tacotron2/ and waveglow/, each as bhab.training.checkpoint has models.

Both are trained here, side by side: each in a process of its own with threads of its own, so that neither changes the
other's bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
from safetensors.torch import load, save
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
Learned = tuple[bytes, list[VoiceEpoch]]  # safetensors
Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class VoiceModels:
    """Both networks as they were trained, ready to be asked."""

    symbols: Symbols
    tacotron2: Tacotron2
    waveglow: WaveGlow


def train(table: pa.Table, config: TrainVoiceConfig) -> dict[str, Trained]:
    """Return both networks, learned from the training clips of `table`, VOICE_CLIPS; none without any clips."""
    clips = clips_of(table, Split.TRAIN)
    symbols = Symbols.of(clip.text for clip in clips)
    held = [clip for clip in clips_of(table, Split.VALIDATION) if symbols.knows(clip.text)]
    cards = {
        TACOTRON2: _card(TACOTRON2, config.tacotron2, {"symbols": list(symbols.characters)}),
        WAVEGLOW: _card(WAVEGLOW, config.waveglow, {}),
    }
    if not clips or not held:
        why = f"{len(clips)} training and {len(held)} validation clips, expected some of both"
        return {name: Trained(card.model_copy(update={"why": why}), None, []) for name, card in cards.items()}
    calls = [(name, clips, held, config) for name in cards]
    learned = side_by_side(_learn, calls, config.processes)
    found = {}
    for name, (weights, history) in zip(cards, learned, strict=True):
        model = _folded(_network(name, config, len(symbols)))
        model.load_state_dict(load(weights))
        facts = {"n_parameters": n_parameters(model), "trained_on": len(clips), "epochs": len(history)}
        found[name] = Trained(cards[name].model_copy(update=facts), model, history)
    return found


def _learn(name: str, clips: Sequence[VoiceClip], held: Sequence[VoiceClip], config: TrainVoiceConfig) -> Learned:
    """Train one network, in a process that may be its own, and return its weights as safetensors, and how it went."""
    repeatable(config.seed, config.threads)
    rng = np.random.default_rng(config.seed)
    symbols = Symbols.of(clip.text for clip in clips)
    model = _network(name, config, len(symbols))
    if isinstance(model, Tacotron2):
        epochs, total = tacotron2.fit(model, clips, held, symbols, rng), config.tacotron2.epochs
    else:
        epochs, total = waveglow.fit(model, clips, held, config.precision, rng), waveglow.RECORDS
    history = list(progress(epochs, total, name, plain=config.processes > 1))
    return save({key: tensor.contiguous() for key, tensor in _folded(model).state_dict().items()}), history


def _network(name: str, config: TrainVoiceConfig, n_symbols: int) -> Tacotron2 | WaveGlow:
    return Tacotron2(config.tacotron2, n_symbols) if name == TACOTRON2 else WaveGlow(config.waveglow)


def _folded(model: Model) -> Model:
    """Return `model` with weights as they are used, without norms."""
    if isinstance(model, WaveGlow):
        model.fold()
    return model


def _card(name: str, config: Section, shape: Mapping[str, object]) -> Card:
    return Card(model=name, params=config.model_dump(mode="json"), input=dict(shape))


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
    sizes = checked(Tacotron2Config, cards[TACOTRON2].params, folder / TACOTRON2 / CARD)
    vocoder = _folded(WaveGlow(checked(WaveglowConfig, cards[WAVEGLOW].params, folder / WAVEGLOW / CARD)))
    symbols = Symbols(cards[TACOTRON2].input["symbols"])
    speaker = with_weights(Tacotron2(sizes, len(symbols)), folder / TACOTRON2)
    return None, VoiceModels(symbols, speaker, with_weights(vocoder, folder / WAVEGLOW))

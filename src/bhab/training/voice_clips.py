"""Clips of one speaker as the voice's networks learn from them: symbols, emotions, mels, waves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from bhab.audio.mel import Mel, framed, mel_of
from bhab.audio.pcm import to_float
from bhab.errors import VoiceError
from bhab.models.tacotron2 import SILENCE
from bhab.schema import EMOTIONS, MELS

POOL = 8  # batches that are sorted by length together: little padding, and still chance


class Symbols:
    """The characters a voice knows, each with its number from 1; 0 is padding."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(characters)
        self.places = {character: place for place, character in enumerate(self.characters, start=1)}

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Symbols":
        """Return the symbols of `texts`, in the order of their code points."""
        return cls(sorted(set().union(*texts)))

    def __len__(self) -> int:
        return len(self.characters) + 1

    def knows(self, text: str) -> bool:
        """Return whether `text` has characters, and all of them are known."""
        return bool(text) and set(text) <= self.places.keys()

    def encode(self, text: str) -> Tensor:
        """Return `text` as numbers, (characters,). Raises VoiceError for one that it never saw, or without any."""
        if not self.knows(text):
            strange = sorted(set(text) - self.places.keys())
            found = ", ".join(f"U+{ord(c):04X}" for c in strange) or "nothing"
            raise VoiceError(f"{text[:60]!r}: found {found}, expected characters that the learned voice was taught")
        return torch.tensor([self.places[character] for character in text])


@dataclass(frozen=True, slots=True)
class VoiceClip:
    """One clip."""

    text: str
    emotion: str
    wave: NDArray[np.float32]  # (frames * MEL_HOP,)
    mel: Mel  # (frames, MELS)


@dataclass(frozen=True, slots=True)
class Batch:
    """Clips side by side, filled up to the longest."""

    texts: Tensor  # (batch, characters)
    emotions: Tensor  # (batch,)
    mels: Tensor  # (batch, frames, MELS), frames a multiple of the reduction
    lengths: Tensor  # (batch,), frames, a multiple of the reduction


def clips_of(table: pa.Table, split: str) -> list[VoiceClip]:
    """Return the clips of VOICE_CLIPS that are in `split`, in order."""
    rows = table.filter(pc.equal(table["split"], split)).to_pylist()
    waves = [framed(to_float(np.frombuffer(row["pcm"], "<i2"))) for row in rows]
    return [VoiceClip(row["text"], row["emotion"], wave, mel_of(wave)) for row, wave in zip(rows, waves, strict=True)]


def batch_of(clips: Sequence[VoiceClip], symbols: Symbols, reduction: int) -> Batch:
    """Return `clips` as one batch; behind each comes a step of silence at least, so that its end can be heard."""
    texts = [symbols.encode(clip.text) for clip in clips]
    lengths = torch.tensor([(len(clip.mel) // reduction + 1) * reduction for clip in clips])
    mels = torch.full((len(clips), int(lengths.max()), MELS), SILENCE)
    for row, clip in enumerate(clips):
        mels[row, : len(clip.mel)] = torch.from_numpy(clip.mel)
    emotions = torch.tensor([EMOTIONS.index(clip.emotion) for clip in clips])
    return Batch(pad_sequence(texts, batch_first=True), emotions, mels, lengths)


def batches(clips: Sequence[VoiceClip], size: int, rng: np.random.Generator) -> Iterator[list[VoiceClip]]:
    """Yield all of `clips` once, in batches of about equal lengths, in an order of chance."""
    order = rng.permutation(len(clips))
    found: list[list[VoiceClip]] = []
    for start in range(0, len(order), POOL * size):
        pool = sorted(order[start : start + POOL * size].tolist(), key=lambda place: len(clips[place].mel))
        found += [[clips[place] for place in pool[at : at + size]] for at in range(0, len(pool), size)]
    for place in rng.permutation(len(found)):
        yield found[place]

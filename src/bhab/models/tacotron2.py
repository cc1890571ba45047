"""Tacotron 2 (Shen et al. 2018): characters and an emotion in, log-mel frames out, as many as it finds fit.

Characters -> embedding -> convolutions -> BiLSTM, to which an embedding of the emotion is added; a decoder says
`reduction` frames a step: what it said last goes through the prenet into the first LSTM, which asks the
location-sensitive attention (Chorowski et al. 2015) what to read; the second LSTM says frames and whether these are
the last; a postnet of convolutions adds what was left out. The two LSTMs stand before and behind attention as in
NVIDIA's implementation; the paper's drawing leaves that open.

The prenet's dropout is on also when it speaks, as in the paper, or the decoder would copy its own last frame. There it
is drawn from a Generator that the caller seeds, so that the same words sound the same every time.

While it learns, some frames are not told to it (`frame_drop`; Liu et al., "Maximizing mutual information for Tacotron",
2019): it would else learn to go on from the last frame and not to read.

Mels are float32 (batch, frames, MELS), in logarithms; characters int64 (batch, characters) with 0 for padding.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from bhab.config import Tacotron2Config
from bhab.schema import EMOTIONS, MEL_FLOOR, MELS

SILENCE = float(torch.tensor(MEL_FLOOR).log())  # of a log-mel
MEAN, SPREAD = -0.7, 1.5  # of log-mels of speech: inside the model they have about mean 0 and deviation 1
NOTHING = (SILENCE - MEAN) / SPREAD  # what was said before the first step
STOP = 0.5  # probability
AS_READ = 0.1  # about as much as the LSTM tells of a character at first; a deviation of 1 would drown that


class Memory(NamedTuple):
    """What the encoder made of a text."""

    places: Tensor  # (batch, characters, embedding)
    keys: Tensor  # (batch, characters, attention), places as attention compares them
    padding: Tensor  # (batch, characters), true behind the end of a text


class State(NamedTuple):
    """What the decoder remembers between two steps."""

    hidden: tuple[Tensor, Tensor]  # (batch, decoder) of each LSTM
    cell: tuple[Tensor, Tensor]
    context: Tensor  # (batch, embedding)
    weights: Tensor  # (batch, characters), of the last step
    summed: Tensor  # (batch, characters), of all steps


class Said(NamedTuple):
    """What came out."""

    first: Tensor  # (batch, frames, MELS), before the postnet
    mels: Tensor  # (batch, frames, MELS)
    stops: Tensor  # (batch, steps), logits of "this is the last step"
    alignment: Tensor  # (batch, steps, characters)


class Convolutions(nn.Module):
    """Convolutions with batch norm and dropout; frames of padding stay zero, so that padding changes nothing."""

    def __init__(self, sizes: list[int], kernel: int, dropout: float, between: nn.Module) -> None:
        super().__init__()
        pairs = list(pairwise(sizes))
        self.convolutions = nn.ModuleList(nn.Conv1d(a, b, kernel, padding=kernel // 2, bias=False) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) for _, b in pairs)
        self.between = between
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, padding: Tensor, *, last_is_linear: bool) -> Tensor:
        """Return (batch, channels, length) of the same; `padding` is (batch, length)."""
        kept = ~padding.unsqueeze(1)
        last = len(self.convolutions) - 1
        for place, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x = norm(convolution(x * kept))
            x = self.dropout(x if last_is_linear and place == last else self.between(x))
        return x * kept


class Tacotron2(nn.Module):
    """`n_symbols` counts the padding, symbol 0; emotions are places in EMOTIONS."""

    def __init__(self, config: Tacotron2Config, n_symbols: int) -> None:
        super().__init__()
        size, hidden = config.embedding, config.decoder
        self.config = config
        self.symbols = nn.Embedding(n_symbols, size, padding_idx=0)
        self.emotions = nn.Embedding(len(EMOTIONS), size)
        nn.init.normal_(self.emotions.weight, std=AS_READ)
        self.encoder = Convolutions([size] * (config.encoder_layers + 1), config.kernel, config.dropout, nn.ReLU())
        self.reader = nn.LSTM(size, size // 2, batch_first=True, bidirectional=True)
        self.prenet = nn.ModuleList([nn.Linear(MELS, config.prenet), nn.Linear(config.prenet, config.prenet)])
        self.asker = nn.LSTMCell(config.prenet + size, hidden)
        self.query = nn.Linear(hidden, config.attention, bias=False)
        self.key = nn.Linear(size, config.attention)
        self.location = nn.Conv1d(
            2, config.location_filters, config.location_kernel, padding=config.location_kernel // 2, bias=False
        )
        self.place = nn.Linear(config.location_filters, config.attention, bias=False)
        self.energy = nn.Linear(config.attention, 1, bias=False)
        self.teller = nn.LSTMCell(hidden + size, hidden)
        self.frames = nn.Linear(hidden + size, config.reduction * MELS)
        self.stop = nn.Linear(hidden + size, 1)
        inner = [config.postnet] * (config.postnet_layers - 1)
        self.postnet = Convolutions([MELS, *inner, MELS], config.kernel, config.dropout, nn.Tanh())

    def forward(self, texts: Tensor, emotions: Tensor, mels: Tensor, lengths: Tensor) -> Said:
        """Return what it says of `texts` when told all frames before: teacher forcing.

        `mels` are (batch, frames, MELS), frames a multiple of `reduction`; `lengths` (batch,) of them are no padding.
        """
        scaled = (mels - MEAN) / SPREAD
        before = pad(scaled[:, self.config.reduction - 1 :: self.config.reduction], (0, 0, 1, -1), value=NOTHING)
        if self.training:  # what it is not told it has to read
            before = before * (torch.rand(before.shape[:2]) >= self.config.frame_drop).unsqueeze(2)
        heard = self._prenet(before, None)  # (batch, steps, prenet)
        memory = self.encode(texts, emotions)
        state = self.begin(memory)
        told, weights = [], []
        for step in heard.unbind(dim=1):
            outcome, state = self.step(step, memory, state)
            told.append(outcome)
            weights.append(state.weights)
        outcomes = torch.stack(told, dim=1)  # (batch, steps, decoder + embedding)
        padding = torch.arange(mels.shape[1]) >= lengths.unsqueeze(1)
        return self._finish(outcomes, torch.stack(weights, dim=1), padding)

    def speak(self, text: Tensor, emotion: Tensor, max_steps: int, generator: torch.Generator) -> Said:
        """Return what it says of one text (1, characters): all up to the step that it calls the last."""
        memory = self.encode(text, emotion)
        state = self.begin(memory)
        last = torch.full((1, MELS), NOTHING)
        told, weights = [], []
        for _ in range(max_steps):
            outcome, state = self.step(self._prenet(last, generator), memory, state)
            told.append(outcome)
            weights.append(state.weights)
            last = self.frames(outcome)[:, -MELS:]
            if self.stop(outcome).sigmoid() > STOP:
                break
        padding = torch.zeros(1, len(told) * self.config.reduction, dtype=torch.bool)
        return self._finish(torch.stack(told, dim=1), torch.stack(weights, dim=1), padding)

    def encode(self, texts: Tensor, emotions: Tensor) -> Memory:
        """Return what attention reads."""
        padding = texts == 0
        lengths = (~padding).sum(dim=1)
        features = self.encoder(self.symbols(texts).transpose(1, 2), padding, last_is_linear=False)
        packed = pack_padded_sequence(features.transpose(1, 2), lengths, batch_first=True, enforce_sorted=False)
        read, _ = pad_packed_sequence(self.reader(packed)[0], batch_first=True, total_length=texts.shape[1])
        places = read + self.emotions(emotions).unsqueeze(1)  # (batch, characters, embedding)
        return Memory(places, self.key(places), padding)

    def begin(self, memory: Memory) -> State:
        """Return the state before the first step: nothing was said, the first character was read."""
        batch, characters, size = memory.places.shape
        zero = memory.places.new_zeros(batch, self.config.decoder)
        weights = torch.zeros(batch, characters).index_fill(1, torch.tensor([0]), 1.0)
        return State((zero, zero), (zero, zero), memory.places.new_zeros(batch, size), weights, weights)

    def step(self, heard: Tensor, memory: Memory, state: State) -> tuple[Tensor, State]:
        """Return what is meant (batch, decoder + embedding) after `heard` (batch, prenet), and the state after it."""
        ask, ask_cell = self.asker(torch.cat([heard, state.context], dim=1), (state.hidden[0], state.cell[0]))
        ask, ask_cell = self._zoneout(ask, state.hidden[0]), self._zoneout(ask_cell, state.cell[0])
        seen = self.location(torch.stack([state.weights, state.summed], dim=1)).transpose(1, 2)
        energies = self.energy((self.query(ask).unsqueeze(1) + self.place(seen) + memory.keys).tanh()).squeeze(2)
        weights = energies.masked_fill(memory.padding, float("-inf")).softmax(dim=1)  # (batch, characters)
        context = torch.bmm(weights.unsqueeze(1), memory.places).squeeze(1)  # (batch, embedding)
        tell, tell_cell = self.teller(torch.cat([ask, context], dim=1), (state.hidden[1], state.cell[1]))
        tell, tell_cell = self._zoneout(tell, state.hidden[1]), self._zoneout(tell_cell, state.cell[1])
        after = State((ask, tell), (ask_cell, tell_cell), context, weights, state.summed + weights)
        return torch.cat([tell, context], dim=1), after

    def _prenet(self, frames: Tensor, generator: torch.Generator | None) -> Tensor:
        keep = 1 - self.config.prenet_dropout
        for layer in self.prenet:
            frames = layer(frames).relu()
            frames = frames * (torch.rand(frames.shape, generator=generator) < keep) / keep
        return frames

    def _zoneout(self, new: Tensor, old: Tensor) -> Tensor:
        """Return `new` with some units as they were (Krueger et al. 2017); the mean of that outside training."""
        share = self.config.zoneout
        if share == 0:
            return new
        if not self.training:
            return share * old + (1 - share) * new
        return torch.where(torch.rand(new.shape) < share, old, new)

    def _finish(self, outcomes: Tensor, alignment: Tensor, padding: Tensor) -> Said:
        first = self.frames(outcomes).reshape(len(outcomes), -1, MELS)  # (batch, frames, MELS)
        more = self.postnet(first.transpose(1, 2), padding, last_is_linear=True).transpose(1, 2)
        stops = self.stop(outcomes).squeeze(2)
        return Said(_unscaled(first), _unscaled(first + more), stops, alignment)


def _unscaled(scaled: Tensor) -> Tensor:
    return scaled * SPREAD + MEAN

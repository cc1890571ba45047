"""The feedback model: an emotion and what somebody says in, a Bengali reply out, word by word.

The paper's chain: embedding (started from Word2Vec) -> Conv1D + max-pool -> BiLSTM -> additive attention (Bahdanau,
Cho, Bengio 2015) -> autoregressive decoder. Two things are ours: the emotion has an embedding of its own and stands
before the words, so it conditions every step, also where nothing was said; and the output layer is the word embedding
again (Press, Wolf 2017), for a word that is met only in contexts is then learned for replies too.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from bhab.config import TrainFeedbackConfig
from bhab.schema import EMOTIONS

KERNEL = 3


class Memory(NamedTuple):
    """What the encoder made of the emotion and the context; place 0 holds the emotion."""

    places: Tensor  # (batch, places, hidden)
    keys: Tensor  # (batch, places, hidden), places as attention compares them
    silent: Tensor  # (batch, places, 1), true where nothing was said


class State(NamedTuple):
    """What the decoder remembers between two words."""

    hidden: Tensor  # (batch, hidden)
    cell: Tensor  # (batch, hidden)


class Feedback(nn.Module):
    """Words are ids of models/vocabulary.json, id 0 is padding; emotions are places in EMOTIONS."""

    def __init__(self, config: TrainFeedbackConfig, n_words: int, dimensions: int) -> None:
        super().__init__()
        hidden = config.hidden
        self.words = nn.Embedding(n_words, dimensions, padding_idx=0)
        self.emotions = nn.Embedding(len(EMOTIONS), dimensions)
        self.convolution = nn.Conv1d(dimensions, hidden, KERNEL, padding=KERNEL // 2)
        self.pool = nn.MaxPool1d(2, stride=1)
        self.encoder = nn.LSTM(hidden, hidden // 2, batch_first=True, bidirectional=True)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key = nn.Linear(hidden, hidden)
        self.energy = nn.Linear(hidden, 1, bias=False)
        self.begin = nn.Linear(hidden, hidden)
        self.decoder = nn.LSTMCell(dimensions + hidden, hidden)
        self.speak = nn.Linear(hidden + hidden, dimensions)
        self.bias = nn.Parameter(torch.zeros(n_words))
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, emotions: Tensor, contexts: Tensor, previous: Tensor) -> Tensor:
        """Return logits (batch, steps, words) of each next word, given all before it: teacher forcing.

        `emotions` (batch,), `contexts` (batch, context) and `previous` (batch, steps) are int64.
        """
        memory, state = self.encode(emotions, contexts)
        steps = []
        for words in previous.unbind(dim=1):
            meant, state = self.step(words, memory, state)
            steps.append(meant)
        return self.logits(torch.stack(steps, dim=1))

    def encode(self, emotions: Tensor, contexts: Tensor) -> tuple[Memory, State]:
        """Return what attention reads, and the state before the first word."""
        feeling = self.emotions(emotions)  # (batch, dimensions)
        heard = torch.cat([feeling.unsqueeze(1), self.words(contexts)], dim=1)  # (batch, 1 + context, dimensions)
        features = self.convolution(self.dropout(heard).transpose(1, 2)).relu()  # (batch, hidden, 1 + context)
        places, _ = self.encoder(self.pool(features).transpose(1, 2))  # (batch, context, hidden)
        silent = (contexts == 0).unsqueeze(2).index_fill(1, torch.tensor([0]), value=False)  # (batch, context, 1)
        hidden = self.begin(places[:, 0]).tanh()  # (batch, hidden)
        return Memory(places, self.key(places), silent), State(hidden, torch.zeros_like(hidden))

    def step(self, words: Tensor, memory: Memory, state: State) -> tuple[Tensor, State]:
        """Return what is meant (batch, dimensions) by the word after `words` (batch,), and the state after it."""
        compared = (self.query(state.hidden).unsqueeze(1) + memory.keys).tanh()  # (batch, places, hidden)
        weights = self.energy(compared).masked_fill(memory.silent, -torch.inf).softmax(dim=1)  # (batch, places, 1)
        context = (weights * memory.places).sum(dim=1)  # (batch, hidden)
        heard = torch.cat([self.dropout(self.words(words)), context], dim=1)  # (batch, dimensions + hidden)
        state = State(*self.decoder(heard, (state.hidden, state.cell)))
        return self.speak(self.dropout(torch.cat([state.hidden, context], dim=1))), state

    def logits(self, meant: Tensor) -> Tensor:
        """Return how near each word is to what is meant: (..., dimensions) in, (..., words) out."""
        return meant @ self.words.weight.T + self.bias

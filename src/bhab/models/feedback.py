"""The feedback model: an emotion and what somebody says in, a Bengali reply out, word by word.

The paper's chain: embedding (started from Word2Vec) -> Conv1D + max-pool -> BiLSTM -> additive attention (Bahdanau,
Cho, Bengio 2015) -> autoregressive decoder. Three things are ours: the emotion has an embedding of its own and stands
before the words, so it conditions every step, also where nothing was said; a word's embedding is its own and those of
the parts of words it is written with, so that what was learned of a stem holds for its inflected forms (Bojanowski et
al. 2017); and the output layer is the embedding again (Press, Wolf 2017), so that a noun that is heard can be said.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from bhab.config import TrainFeedbackConfig
from bhab.schema import EMOTIONS

KERNEL = 3
PART_SPREAD = 0.06  # of the numbers of a part at first: some eight parts weigh as much as a word's own


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
    """Words are ids of models/vocabulary.json, id 0 is padding; emotions are places in EMOTIONS.

    `spelling` int64 (words, parts) is that of `bhab.text.spelling`, in which 0 is none.
    """

    spelling: Tensor  # (words, parts), which parts of words each word has

    def __init__(self, config: TrainFeedbackConfig, spelling: Tensor, dimensions: int) -> None:
        super().__init__()
        hidden, n_words = config.hidden, len(spelling)
        self.register_buffer("spelling", spelling, persistent=False)
        self.words = nn.Embedding(n_words, dimensions, padding_idx=0)
        self.parts = nn.EmbeddingBag(int(spelling.max()) + 1, dimensions, mode="sum", padding_idx=0)
        nn.init.normal_(self.parts.weight, std=PART_SPREAD)
        self.parts.weight.data[0] = 0
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

    def forward(self, emotions: Tensor, contexts: Tensor, previous: Tensor, asked: Tensor | None = None) -> Tensor:
        """Return logits (batch, steps, words) of each next word, given all before it: teacher forcing.

        `emotions` (batch,), `contexts` (batch, context) and `previous` (batch, steps) are int64. With `asked`, bool
        (batch, steps), logits (asked, words) of these places alone: two thirds of the work is in the logits.
        """
        vectors = self.vectors()
        memory, state = self.encode(emotions, contexts, vectors)
        steps = []
        for word in vectors[previous].unbind(dim=1):
            meant, state = self.step(word, memory, state)
            steps.append(meant)
        meanings = torch.stack(steps, dim=1)  # (batch, steps, dimensions)
        return self.logits(meanings if asked is None else meanings[asked], vectors)

    def vectors(self) -> Tensor:
        """Return what each word means, (words, dimensions): what is known of it alone, and of how it is written."""
        spelt: Tensor = self.parts(self.spelling)
        return self.words.weight + spelt

    def encode(self, emotions: Tensor, contexts: Tensor, vectors: Tensor) -> tuple[Memory, State]:
        """Return what attention reads, and the state before the first word."""
        feeling = self.emotions(emotions)  # (batch, dimensions)
        heard = torch.cat([feeling.unsqueeze(1), vectors[contexts]], dim=1)  # (batch, 1 + context, dimensions)
        features = self.convolution(self.dropout(heard).transpose(1, 2)).relu()  # (batch, hidden, 1 + context)
        places, _ = self.encoder(self.pool(features).transpose(1, 2))  # (batch, context, hidden)
        silent = (contexts == 0).unsqueeze(2).index_fill(1, torch.tensor([0]), value=False)  # (batch, context, 1)
        hidden = self.begin(places[:, 0]).tanh()  # (batch, hidden)
        return Memory(places, self.key(places), silent), State(hidden, torch.zeros_like(hidden))

    def step(self, word: Tensor, memory: Memory, state: State) -> tuple[Tensor, State]:
        """Return what is meant by the next word, (batch, dimensions), and the state after it.

        `word` (batch, dimensions) is the vector of the word before.
        """
        compared = (self.query(state.hidden).unsqueeze(1) + memory.keys).tanh()  # (batch, places, hidden)
        weights = self.energy(compared).masked_fill(memory.silent, -torch.inf).softmax(dim=1)  # (batch, places, 1)
        context = (weights * memory.places).sum(dim=1)  # (batch, hidden)
        heard = torch.cat([self.dropout(word), context], dim=1)  # (batch, dimensions + hidden)
        state = State(*self.decoder(heard, (state.hidden, state.cell)))
        return self.speak(self.dropout(torch.cat([state.hidden, context], dim=1))), state

    def logits(self, meant: Tensor, vectors: Tensor) -> Tensor:
        """Return how near each word is to what is meant: (..., dimensions) in, (..., words) out."""
        return meant @ vectors.T + self.bias

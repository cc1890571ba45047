"""The ensemble: networks of faces, and classic machine learning on what they found and on edges and texture.

Each model in it says how probable the emotions are; the ensemble adds up their logarithms, each times a weight, with a
bias for each emotion: a logarithmic opinion pool (Genest, Zidek 1986). The classic models are linear ones (a support
vector machine, logistic regression) and boosted trees, on two views of a face: the last features of one network, and
histograms of edges and texture. scikit-learn makes them (bhab.training.ensemble); here they are only asked, so that
the ensemble is one network like the others, in safetensors and in ONNX.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from bhab.config import EnsembleConfig, FerRecipe
from bhab.models.fer import FER, head_of
from bhab.models.texture import N_EDGES, N_TEXTURES, texture
from bhab.schema import EMOTIONS

CLASSIC = ("svm", "logistic", "boosting")
VIEWS = ("texture", "embedding")


class Ensemble(nn.Module):
    """`names` are its models, in the order of its weights: the networks, then each classic model on each view."""

    weights: Tensor  # (models,)
    bias: Tensor  # (emotions,)

    def __init__(self, recipes: Mapping[str, FerRecipe], config: EnsembleConfig) -> None:
        super().__init__()
        self.members = nn.ModuleDict({name: FER[name](recipes[name]) for name in config.members})
        self.embeddings = config.embeddings
        self.texture = View(N_EDGES + N_TEXTURES, config)
        self.embedding = View(head_of(self.members[self.embeddings]).in_features, config)
        self.names = (*config.members, *(f"{kind} on {view}" for view in VIEWS for kind in CLASSIC))
        self.register_buffer("weights", torch.full((len(self.names),), 1 / len(self.names)))
        self.register_buffer("bias", torch.zeros(len(EMOTIONS)))

    def forward(self, faces: Tensor) -> Tensor:
        """Return logits (batch, emotions) of faces (batch, 1, 48, 48)."""
        return torch.einsum("mbe,m->be", self.answers(faces), self.weights) + self.bias

    def answers(self, faces: Tensor) -> Tensor:
        """Return the log probabilities of each model, (models, batch, emotions), in the order of `names`."""
        logits, edges, found = self.look(faces)
        said = [*logits, *self.texture(edges), *self.embedding(found)]
        return torch.stack([answer.log_softmax(dim=1) for answer in said])

    def look(self, faces: Tensor) -> tuple[list[Tensor], Tensor, Tensor]:
        """Return the logits of each network, and the views of the faces, texture and embedding, each (batch, size)."""
        found: list[Tensor] = []  # twice where a network looks at the mirror image too
        head = head_of(self.members[self.embeddings])
        hook = head.register_forward_pre_hook(lambda _, given: found.append(given[0]))
        logits = [member(faces) for member in self.members.values()]
        hook.remove()
        return logits, texture(faces), torch.stack(found).mean(dim=0)


class View(nn.Module):
    """The principal components of one view of a face, and the classic models on them."""

    def __init__(self, size: int, config: EnsembleConfig) -> None:
        super().__init__()
        kept = min(size, config.components)
        self.components = nn.Linear(size, kept)
        self.svm, self.logistic = nn.Linear(kept, len(EMOTIONS)), nn.Linear(kept, len(EMOTIONS))
        self.boosting = Forest(config.boosting_rounds, config.boosting_depth)

    def forward(self, seen: Tensor) -> list[Tensor]:
        """Return the logits of each classic model, (batch, emotions), in the order of CLASSIC."""
        components = self.components(seen)  # (batch, kept)
        return [self.svm(components), self.logistic(components), self.boosting(components)]


class Forest(nn.Module):
    """Trees of one depth, `rounds` for each emotion; a tree that ends sooner has the same leaf many times.

    Nodes are in the order of a heap: those under node n are 2 n + 1, where the feature is not above the threshold, and
    2 n + 2.
    """

    feature: Tensor  # int64 (trees, nodes that are no leaves)
    threshold: Tensor  # likewise
    value: Tensor  # (trees, leaves)
    first: Tensor  # (emotions,), before any tree

    def __init__(self, rounds: int, depth: int) -> None:
        super().__init__()
        self.depth, self.trees = depth, rounds * len(EMOTIONS)  # by round, then by emotion
        self.inner, self.leaves = 2**depth - 1, 2**depth
        self.register_buffer("feature", torch.zeros(self.trees, self.inner, dtype=torch.int64))
        self.register_buffer("threshold", torch.zeros(self.trees, self.inner))
        self.register_buffer("value", torch.zeros(self.trees, self.leaves))
        self.register_buffer("first", torch.zeros(len(EMOTIONS)))

    def forward(self, rows: Tensor) -> Tensor:
        """Return logits (batch, emotions) of rows (batch, features)."""
        tree = torch.arange(self.trees, device=rows.device)
        node = torch.zeros(rows.shape[0], 1, dtype=torch.int64, device=rows.device) + 0 * tree  # (batch, trees)
        for _ in range(self.depth):
            at = tree * self.inner + node
            right = rows.gather(1, self.feature.flatten()[at]) > self.threshold.flatten()[at]
            node = 2 * node + 1 + right.long()
        reached = self.value.flatten()[tree * self.leaves + node - self.inner]  # (batch, trees)
        logits: Tensor = reached.unflatten(1, (-1, len(EMOTIONS))).sum(dim=1) + self.first
        return logits

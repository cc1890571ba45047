"""Faces in memory as PyTorch wants them.

Images are uint8 (rows, 48, 48); `batch_of` makes of them what a model takes, float32 (rows, 1, 48, 48) in [0, 1].
Labels are int64 places in EMOTIONS. Samples without an emotion are left out: there is nothing to learn or judge.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import one_hot

from bhab.config import AugmentConfig
from bhab.errors import TableError
from bhab.schema import EMOTIONS, FACE_PX, Modality, Split
from bhab.store import pixels, take_ids
from bhab.training.seed import device
from bhab.vision.augment import children, draws

Target = Literal["label", "majority", "votes"]
Pictures = Callable[[Tensor], Tensor]  # places of faces, int64 (n,) -> uint8 (n, 48, 48)

GREY_LEVELS = 255.0


class TrainingFaces(Protocol):
    """Labelled faces, of which an epoch may show other pictures than the faces themselves."""

    @property
    def labels(self) -> Tensor:
        """int64 (faces,)."""

    @property
    def targets(self) -> Tensor:
        """float32 (faces, emotions), shares of 1."""

    @property
    def votes(self) -> Tensor:
        """float32 (faces, emotions), shares of 1; all 0 for a face without votes."""

    def shown(self, epoch: int, rng: np.random.Generator) -> Pictures:
        """Return what gives the pictures that `epoch` shows of some faces."""

    def first(self, n: int) -> "Faces":
        """Return the first `n` faces as they are: a random few, for sample_id is a hash."""

    def content(self) -> Iterator[bytes]:
        """Yield all that these faces are, to be hashed."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Labelled faces, one row a face; every epoch shows them as they are."""

    images: Tensor  # uint8 (faces, 48, 48)
    labels: Tensor  # int64 (faces,)
    targets: Tensor  # float32 (faces, emotions), shares of 1
    votes: Tensor  # likewise; all 0 for a face without votes

    def shown(self, _epoch: int, _rng: np.random.Generator) -> Pictures:
        """Return what gives the pictures that an epoch shows of some faces."""
        return lambda rows: self.images[rows]

    def first(self, n: int) -> "Faces":
        """Return the first `n`: a random few, for sample_id is a hash."""
        return Faces(self.images[:n], self.labels[:n], self.targets[:n], self.votes[:n])

    def content(self) -> Iterator[bytes]:
        """Yield all that these faces are, to be hashed."""
        return (tensor.numpy().tobytes() for tensor in (self.images, self.targets, self.votes))


@dataclass(frozen=True, slots=True)
class Families:
    """Faces and their children of stage augment; an epoch shows of each the face itself or one of its children."""

    images: Tensor  # uint8 (faces and children, 48, 48), a face before its children
    parents: Tensor  # int64 (faces,), the row of the face itself
    versions: NDArray[np.int64]  # (faces,), one more than it has children
    labels: Tensor
    targets: Tensor
    votes: Tensor

    def shown(self, _epoch: int, rng: np.random.Generator) -> Pictures:
        """Return what gives the pictures that an epoch shows of some faces."""
        drawn = self.parents + torch.from_numpy(rng.integers(0, self.versions))  # (faces,), a version of each
        return lambda rows: self.images[drawn[rows]]

    def first(self, n: int) -> Faces:
        """Return the first `n` faces without their children."""
        return Faces(self.images[self.parents[:n]], self.labels[:n], self.targets[:n], self.votes[:n])

    def content(self) -> Iterator[bytes]:
        """Yield all that these faces are, to be hashed."""
        return (tensor.numpy().tobytes() for tensor in (self.images, self.parents, self.targets, self.votes))


@dataclass(frozen=True, slots=True)
class Fresh:
    """Faces of which every epoch shows a child of its own, by the recipe of stage augment."""

    faces: Faces
    ids: Sequence[str]
    augment: AugmentConfig

    @property
    def labels(self) -> Tensor:
        """Those of the faces."""
        return self.faces.labels

    @property
    def targets(self) -> Tensor:
        """Those of the faces."""
        return self.faces.targets

    @property
    def votes(self) -> Tensor:
        """Those of the faces."""
        return self.faces.votes

    def shown(self, epoch: int, _rng: np.random.Generator) -> Pictures:
        """Return what gives the pictures that `epoch` shows of some faces."""

        def pictures(rows: Tensor) -> Tensor:
            drawn = draws([f"{self.ids[row]}/{epoch}" for row in rows.tolist()], self.augment)
            return torch.from_numpy(children(self.faces.images[rows].numpy(), drawn))

        return pictures

    def first(self, n: int) -> Faces:
        """Return the first `n` faces as they are."""
        return self.faces.first(n)

    def content(self) -> Iterator[bytes]:
        """Yield all that these faces are, to be hashed."""
        yield from self.faces.content()
        yield "".join(self.ids).encode()
        yield self.augment.model_dump_json().encode()


def labelled(splits: pa.Table, *wanted: Split) -> pa.Table:
    """Return the rows of the splits table that are faces of these splits with an emotion, by sample_id."""
    keep = pc.and_(
        pc.and_(pc.equal(splits["modality"], Modality.FACES), pc.is_valid(splits["emotion"])),
        pc.is_in(splits["split"], value_set=pa.array(wanted, pa.string())),
    )
    return splits.filter(keep).sort_by("sample_id")


def faces_of(faces: pa.Table, rows: pa.Table, target: Target = "label") -> Faces:
    """Return the faces that `rows` of the splits table names, in its order.

    Their target is the label; or, where a face has votes for one of the emotions, the one with most votes, the label
    if several have; or the shares of these votes. Their label is the emotion with the largest share.
    """
    table = take_ids(faces, rows["sample_id"].to_pylist())
    labels, cast = _labels(rows), _votes(table)
    targets = one_hot(labels, len(EMOTIONS)).float()
    voted = cast.sum(dim=1) > 0
    votes = cast / cast.sum(dim=1, keepdim=True).clamp(min=1)
    if target != "label":
        most = (cast + 0.5 * targets).argmax(dim=1)  # half a vote for the label
        wanted = votes if target == "votes" else one_hot(most, len(EMOTIONS)).float()
        labels = torch.where(voted, most, labels)
        targets = torch.where(voted[:, None], wanted, targets)
    return Faces(_images(table), labels, targets, votes)


def families(faces: Faces, ids: pa.ChunkedArray, augmented: pa.Table) -> Families:
    """Return training faces, whose sample_ids are `ids`, each followed by its children in `augmented`.

    Raises TableError for a child of another face: held-out faces have none.
    """
    augmented = augmented.sort_by("sample_id")
    parents = pc.index_in(augmented["parent_id"].combine_chunks(), ids.combine_chunks())
    if parents.null_count:
        stray = augmented["sample_id"].filter(pc.is_null(parents))
        raise TableError(f"augmented face {stray[0]} and {len(stray) - 1} others: the parent is not a training face")
    owners = np.concatenate([np.arange(len(ids)), parents.to_numpy().astype(np.int64)])  # (versions of all faces,)
    order = np.argsort(owners, kind="stable")  # a face before its children, those by sample_id
    images = torch.cat([faces.images, _images(augmented)])
    versions = np.bincount(owners, minlength=len(ids)).astype(np.int64)  # (faces,)
    first = torch.from_numpy(np.cumsum(versions) - versions)  # (faces,)
    return Families(images[torch.from_numpy(order)], first, versions, faces.labels, faces.targets, faces.votes)


def batch_of(images: Tensor) -> Tensor:
    """Return uint8 (rows, 48, 48) as float32 (rows, 1, 48, 48) in [0, 1], channels last: faster convolutions."""
    scaled = images.to(device()).unsqueeze(1).float() / GREY_LEVELS  # (rows, 1, 48, 48)
    return scaled.contiguous(memory_format=torch.channels_last)


def _images(table: pa.Table) -> Tensor:
    return torch.from_numpy(pixels(table["image"], (FACE_PX, FACE_PX)).copy())  # what Arrow holds is read-only


def _votes(table: pa.Table) -> Tensor:
    """Return how many annotators chose each emotion: float32 (faces, emotions)."""
    votes = torch.zeros(len(table), len(EMOTIONS))
    for row, cast in enumerate(table["votes"].to_pylist()):
        for name, n in cast or ():
            if name in EMOTIONS:
                votes[row, EMOTIONS.index(name)] = n
    return votes


def _labels(rows: pa.Table) -> Tensor:
    places = pc.index_in(rows["emotion"].combine_chunks(), pa.array(EMOTIONS))
    return torch.from_numpy(places.to_numpy().astype(np.int64))

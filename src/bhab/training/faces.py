"""Faces in memory as PyTorch wants them.

Images are uint8 (rows, 48, 48); `batch_of` makes of them what a model takes, float32 (rows, 1, 48, 48) in [0, 1].
Labels are int64 places in EMOTIONS. Samples without an emotion are left out: there is nothing to learn or judge.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from numpy.typing import NDArray
from torch import Tensor

from bhab.errors import TableError
from bhab.schema import EMOTIONS, FACE_PX, Modality, Split
from bhab.store import pixels, take_ids

GREY_LEVELS = 255.0


@dataclass(frozen=True, slots=True)
class Faces:
    """Labelled faces, one row a face."""

    images: Tensor  # uint8 (faces, 48, 48)
    labels: Tensor  # int64 (faces,)


@dataclass(frozen=True, slots=True)
class TrainingFaces:
    """Labelled faces with their augmented children; a face and its children are neighbours in `images`."""

    images: Tensor  # uint8 (versions of all faces, 48, 48)
    first: Tensor  # int64 (faces,), the row of the face itself
    versions: NDArray[np.int64]  # (faces,), one more than it has children
    labels: Tensor  # int64 (faces,)

    def originals(self, n: int) -> Faces:
        """Return the first `n` faces without their children: a random few, for sample_id is a hash."""
        return Faces(self.images[self.first[:n]], self.labels[:n])


def labelled(splits: pa.Table, *wanted: Split) -> pa.Table:
    """Return the rows of the splits table that are faces of these splits with an emotion, by sample_id."""
    keep = pc.and_(
        pc.and_(pc.equal(splits["modality"], Modality.FACES), pc.is_valid(splits["emotion"])),
        pc.is_in(splits["split"], value_set=pa.array(wanted, pa.string())),
    )
    return splits.filter(keep).sort_by("sample_id")


def held_out(faces: pa.Table, rows: pa.Table) -> Faces:
    """Return the faces that `rows` of the splits table names, in its order."""
    return Faces(_images(take_ids(faces, rows["sample_id"].to_pylist())), _labels(rows))


def training(faces: pa.Table, rows: pa.Table, augmented: pa.Table) -> TrainingFaces:
    """Return the training faces that `rows` names, each followed by its children in `augmented`.

    Raises TableError for a child of a face outside `rows`: held-out faces have no children.
    """
    augmented = augmented.sort_by("sample_id")
    ids = rows["sample_id"].combine_chunks()
    parents = pc.index_in(augmented["parent_id"].combine_chunks(), ids)
    if parents.null_count:
        stray = augmented["sample_id"].filter(pc.is_null(parents))
        raise TableError(f"augmented face {stray[0]} and {len(stray) - 1} others: the parent is not a training face")
    owners = np.concatenate([np.arange(len(ids)), parents.to_numpy().astype(np.int64)])  # (versions of all faces,)
    order = np.argsort(owners, kind="stable")  # a face before its children, those by sample_id
    images = torch.cat([_images(take_ids(faces, ids.to_pylist())), _images(augmented)])
    versions = np.bincount(owners, minlength=len(ids)).astype(np.int64)  # (faces,)
    first = torch.from_numpy(np.cumsum(versions) - versions)  # (faces,)
    return TrainingFaces(images[torch.from_numpy(order)], first, versions, _labels(rows))


def batch_of(images: Tensor) -> Tensor:
    """Return uint8 (rows, 48, 48) as float32 (rows, 1, 48, 48) in [0, 1], channels last: faster convolutions."""
    scaled = images.unsqueeze(1).float() / GREY_LEVELS  # (rows, 1, 48, 48)
    return scaled.contiguous(memory_format=torch.channels_last)


def _images(table: pa.Table) -> Tensor:
    return torch.from_numpy(pixels(table["image"], (FACE_PX, FACE_PX)).copy())  # what Arrow holds is read-only


def _labels(rows: pa.Table) -> Tensor:
    places = pc.index_in(rows["emotion"].combine_chunks(), pa.array(EMOTIONS))
    return torch.from_numpy(places.to_numpy().astype(np.int64))

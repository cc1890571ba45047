"""Faces turned, zoomed and shifted, float32 (batch, 1, height, width) in and out; chance comes from a Generator."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

TURN = 0.2  # radians
ZOOM = 0.12  # natural logarithm
SHIFT = 0.12  # of half the side


@dataclass(frozen=True, slots=True)
class Moves:
    """How each face of a batch is moved."""

    turn: NDArray[np.float64]  # (batch,), radians
    zoom: NDArray[np.float64]  # (batch,), side of what is seen to the side of the face
    shift: NDArray[np.float64]  # (batch, 2), of what is seen, in halves of the side


def small_moves(n: int, rng: np.random.Generator) -> Moves:
    """Return moves after which a face is still well in its place."""
    return Moves(rng.uniform(-TURN, TURN, n), np.exp(rng.uniform(-ZOOM, ZOOM, n)), rng.uniform(-SHIFT, SHIFT, (n, 2)))


def slightly(faces: Tensor, rng: np.random.Generator) -> Tensor:
    """Return each of `faces` moved a little, every second one mirrored."""
    return warp(faces, small_moves(len(faces), rng), rng)


def warp(faces: Tensor, moves: Moves, rng: np.random.Generator) -> Tensor:
    """Return `faces` moved, every second one mirrored; beyond its edge a face is reflected."""
    across, down = moves.zoom * np.cos(moves.turn), moves.zoom * np.sin(moves.turn)
    mirror = rng.choice([-1.0, 1.0], len(faces))
    maps = np.stack(
        [
            np.stack([across * mirror, -down, moves.shift[:, 0]], axis=1),
            np.stack([down * mirror, across, moves.shift[:, 1]], axis=1),
        ],
        axis=1,
    )  # (batch, 2, 3)
    grid = affine_grid(torch.from_numpy(maps).float(), list(faces.shape), align_corners=False)
    return grid_sample(faces, grid, padding_mode="reflection", align_corners=False)

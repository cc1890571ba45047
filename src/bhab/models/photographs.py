"""Networks for photographs, from transformers, given faces: in three channels, normalised as ImageNet, any side."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from bhab.errors import ParamsError
from bhab.schema import FACE_PX

if TYPE_CHECKING:
    from transformers import PreTrainedModel

T = TypeVar("T", bound="PreTrainedModel")

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's red, green, blue in [0, 1], as its published weights assume
SPREAD = (0.229, 0.224, 0.225)


def photographs(faces: Tensor, side_px: int) -> Tensor:
    """Return faces (batch, 1, 48, 48) in [0, 1] as (batch, 3, side_px, side_px)."""
    if side_px != FACE_PX:
        faces = interpolate(faces, size=(side_px, side_px), mode="bilinear", align_corners=False)
    mean, spread = (torch.tensor(v, device=faces.device).view(1, 3, 1, 1) for v in (MEAN, SPREAD))
    return (faces - mean) / spread


def network(kind: type[T], config: object, pretrained: str | None) -> T:
    """Return a transformers model of `config`, all but its head from `pretrained`: a folder, or a name on a hub.

    Raises ParamsError if these weights cannot be had.
    """
    if pretrained is None:
        fresh: T = kind(config)
        return fresh
    try:
        started: T = kind.from_pretrained(
            pretrained, config=config, ignore_mismatched_sizes=True, local_files_only=Path(pretrained).is_dir()
        )
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ParamsError(f"pretrained: {pretrained}: no weights to be had, expected a folder ({reason})") from error
    return started

"""What a model learns from faces that one transform alone, or none, or all of the recipe have moved."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor

from bhab.config import AugmentConfig, Params
from bhab.errors import ParamsError
from bhab.models import FER
from bhab.schema import EMOTIONS, STUDY, Split, arrow_schema
from bhab.training.faces import TrainingFaces, held_out, labelled
from bhab.training.fer import ask, fit
from bhab.training.seed import repeatable
from bhab.vision.augment import children, draws

FIELDS = {  # of section `augment`, by the transform each is the range of
    "rotation": "rotation_deg",
    "shift": "shift_share",
    "shear": "shear_deg",
    "zoom": "zoom_share",
    "flip": "flip_probability",
}
WHICH = ((Split.TRAIN,), (Split.VALIDATION,), (Split.VALIDATION, Split.TEST))  # to learn from, to watch, to judge


def restricted(augment: AugmentConfig, transform: str) -> AugmentConfig:
    """Return `augment` with the range of `transform` alone; `all` has every range, `none` has none."""
    off = [field for name, field in FIELDS.items() if transform not in {name, "all"}]
    return augment.model_copy(update=dict.fromkeys(off, 0.0))


def trained_and_asked(transform: str, seed: int, faces: pa.Table, splits: pa.Table, params: Params) -> pa.Table:
    """Return table STUDY of one training: what the model says of validation and test faces, by sample_id.

    Leaked faces are not asked. Without faces to learn from, to watch or to judge there are no rows.
    Raises ParamsError for a model that is not in bhab.models.FER.
    """
    if params.study.model not in FER:
        raise ParamsError(f"study.model: no model {params.study.model!r}, expected one of {sorted(FER)}")
    rows, watched, asked = (labelled(splits, *which) for which in WHICH)
    asked = asked.filter(np.logical_not(asked["leaked"].to_numpy()))
    if not len(rows) or not len(watched) or not len(asked):
        return arrow_schema(STUDY).empty_table()
    config = params.train_fer.model_copy(
        update={"seed": seed, "epochs": params.study.epochs, "stop_patience": params.study.epochs}
    )
    repeatable(seed, config.threads)
    model = FER[params.study.model](config)
    parents = held_out(faces, rows)
    shown = fresh(parents.images, rows["sample_id"].to_pylist(), restricted(params.augment, transform), seed)
    taught = TrainingFaces(next(shown), torch.arange(len(rows)), np.ones(len(rows), np.int64), parents.labels)
    for _ in fit(model, taught, held_out(faces, watched), config, np.random.default_rng(seed)):
        taught.images.copy_(next(shown))
    said = ask(model, held_out(faces, asked).images).argmax(dim=1)  # (faces,)
    columns = {
        "seed": pa.array([seed] * len(asked), pa.int32()),
        **{name: asked[name] for name in ("sample_id", "group_id", "split", "emotion")},
        "predicted": pa.array(np.array(EMOTIONS)[said.numpy()].tolist(), pa.string()),
    }
    return pa.table(columns, schema=arrow_schema(STUDY))


def fresh(parents: Tensor, ids: list[str], augment: AugmentConfig, seed: int) -> Iterator[Tensor]:
    """Yield, epoch by epoch without end, a new child of each of `parents`: uint8 (faces, 48, 48)."""
    epoch = 0
    while True:
        drawn = draws([f"{sample_id}/{seed}/{epoch}" for sample_id in ids], augment)
        yield torch.from_numpy(children(parents.numpy(), drawn))
        epoch += 1

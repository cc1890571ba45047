"""What a model learns from faces that one transform alone, or none, or all of the recipe have moved."""

import numpy as np
import pyarrow as pa

from bhab.config import AugmentConfig, Params
from bhab.models.fer import FER
from bhab.schema import EMOTIONS, STUDY, Split, arrow_schema
from bhab.training.faces import Fresh, faces_of, labelled
from bhab.training.fer import FerTraining, ask, recipe_of
from bhab.training.seed import repeatable

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
    Raises ParamsError for a model without a recipe.
    """
    name = params.study.model
    recipe = recipe_of(name, params.train_fer)
    rows, watched, asked = (labelled(splits, *which) for which in WHICH)
    asked = asked.filter(np.logical_not(asked["leaked"].to_numpy()))
    if not len(rows) or not len(watched) or not len(asked):
        return arrow_schema(STUDY).empty_table()
    recipe = recipe.model_copy(update={"epochs": params.study.epochs, "stop_patience": None, "target": "label"})
    config = params.train_fer.model_copy(update={"seed": seed, "models": (name,), "recipes": {name: recipe}})
    repeatable(seed, config.threads)
    ids = [f"{sample_id}/{seed}" for sample_id in rows["sample_id"].to_pylist()]
    taught = Fresh(faces_of(faces, rows), ids, restricted(params.augment, transform))
    training = FerTraining(FER[name](recipe), taught, faces_of(faces, watched), config)
    for _ in training.epochs():
        pass
    model = training.model
    said = ask(model, faces_of(faces, asked).images).argmax(dim=1)  # (faces,)
    columns = {
        "seed": pa.array([seed] * len(asked), pa.int32()),
        **{column: asked[column] for column in ("sample_id", "group_id", "split", "emotion")},
        "predicted": pa.array(np.array(EMOTIONS)[said.numpy()].tolist(), pa.string()),
    }
    return pa.table(columns, schema=arrow_schema(STUDY))

"""What a trained model says of held-out faces."""

import numpy as np
import pyarrow as pa
from torch import nn

from bhab.schema import EMOTIONS, PREDICTIONS, Split, arrow_schema
from bhab.training.faces import faces_of, labelled
from bhab.training.fer import ask


def predict(name: str, model: nn.Module | None, faces: pa.Table, splits: pa.Table) -> pa.Table:
    """Return table PREDICTIONS of the labelled validation and test faces, by sample_id; no rows without a model."""
    if model is None:
        return arrow_schema(PREDICTIONS).empty_table()
    rows = labelled(splits, Split.VALIDATION, Split.TEST)
    logits = ask(model, faces_of(faces, rows).images)
    probabilities = logits.double().softmax(dim=1).numpy()  # (faces, emotions)
    said = np.array(EMOTIONS)[probabilities.argmax(axis=1)]  # (faces,)
    columns = {
        "sample_id": rows["sample_id"],
        "model": pa.array([name] * len(rows), pa.string()),
        "split": rows["split"],
        "emotion": rows["emotion"],
        "predicted": pa.array(said.tolist(), pa.string()),
        **{f"p_{emotion}": pa.array(probabilities[:, place]) for place, emotion in enumerate(EMOTIONS)},
        "leaked": rows["leaked"],
    }
    return pa.table(columns, schema=arrow_schema(PREDICTIONS))

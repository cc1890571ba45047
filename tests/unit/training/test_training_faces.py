import numpy as np
import pyarrow as pa
import pytest
import torch

from bhab.errors import TableError
from bhab.schema import EMOTIONS, Split
from bhab.training.faces import batch_of, held_out, labelled, training


def replace(table, name, values):
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), values)


def test_a_face_stands_before_its_children_and_keeps_its_label(corpus):
    rows = labelled(corpus.splits, Split.TRAIN)
    faces = training(corpus.faces, rows, corpus.augmented)
    ids = rows["sample_id"].to_pylist()
    of_face = dict(zip(corpus.faces["sample_id"].to_pylist(), corpus.faces["image"].to_pylist(), strict=True))
    of_child = dict(zip(corpus.augmented["parent_id"].to_pylist(), corpus.augmented["image"].to_pylist(), strict=True))
    found = [image.numpy().tobytes() for image in faces.images]
    assert found == [image for i in ids for image in (of_face[i], of_child[i])]
    assert faces.first.tolist() == list(range(0, 2 * len(ids), 2))
    assert faces.versions.tolist() == [2] * len(ids)
    assert [EMOTIONS[place] for place in faces.labels] == rows["emotion"].to_pylist()


def test_row_order_of_the_tables_does_not_matter(corpus):
    rows = labelled(corpus.splits, Split.TRAIN)
    one = training(corpus.faces, rows, corpus.augmented)
    turned = corpus.augmented.sort_by([("sample_id", "descending")])
    other = training(corpus.faces.sort_by([("sample_id", "descending")]), rows, turned)
    assert torch.equal(one.images, other.images)


def test_a_child_of_a_held_out_face_is_refused(corpus):
    rows = labelled(corpus.splits, Split.TRAIN).slice(1)
    with pytest.raises(TableError, match="the parent is not a training face"):
        training(corpus.faces, rows, corpus.augmented)


@pytest.mark.parametrize(
    ("column", "value"),
    [pytest.param("emotion", None, id="no emotion"), pytest.param("modality", "texts", id="not a face")],
)
def test_rows_that_teach_nothing_are_left_out(corpus, column, value):
    values = corpus.splits[column].to_pylist()
    changed = replace(corpus.splits, column, pa.array([value, *values[1:]], pa.string()))
    left = labelled(changed, *Split)["sample_id"].to_pylist()
    assert left == corpus.splits["sample_id"].to_pylist()[1:]


def test_no_faces_are_a_batch_of_none(corpus):
    none = corpus.splits.slice(0, 0)
    faces = held_out(corpus.faces, none)
    assert faces.images.shape == (0, 48, 48)
    assert faces.labels.shape == (0,)


def test_a_model_is_given_grey_levels_from_0_to_1():
    images = torch.from_numpy(np.array([[[0, 51, 255]]], dtype=np.uint8))
    assert batch_of(images).tolist() == [[[[0.0, pytest.approx(0.2), 1.0]]]]

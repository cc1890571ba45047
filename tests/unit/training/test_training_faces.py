from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import torch

from bhab.config import load_params
from bhab.errors import TableError
from bhab.schema import EMOTIONS, Split
from bhab.schema.tables import VOTES
from bhab.training.faces import Fresh, batch_of, faces_of, families, labelled

AUGMENT = load_params(Path(__file__).parents[3] / "params.yaml").augment


def families_of(corpus, rows, augmented=None):
    return families(
        faces_of(corpus.faces, rows), rows["sample_id"], corpus.augmented if augmented is None else augmented
    )


def replace(table, name, values):
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), values)


def test_a_face_stands_before_its_children_and_keeps_its_label(corpus):
    rows = labelled(corpus.splits, Split.TRAIN)
    faces = families_of(corpus, rows)
    ids = rows["sample_id"].to_pylist()
    of_face = dict(zip(corpus.faces["sample_id"].to_pylist(), corpus.faces["image"].to_pylist(), strict=True))
    of_child = dict(zip(corpus.augmented["parent_id"].to_pylist(), corpus.augmented["image"].to_pylist(), strict=True))
    found = [image.numpy().tobytes() for image in faces.images]
    assert found == [image for i in ids for image in (of_face[i], of_child[i])]
    assert faces.parents.tolist() == list(range(0, 2 * len(ids), 2))
    assert faces.versions.tolist() == [2] * len(ids)
    assert [EMOTIONS[place] for place in faces.labels] == rows["emotion"].to_pylist()


def test_row_order_of_the_tables_does_not_matter(corpus):
    rows = labelled(corpus.splits, Split.TRAIN)
    one = families_of(corpus, rows)
    turned = corpus.augmented.sort_by([("sample_id", "descending")])
    faces = faces_of(corpus.faces.sort_by([("sample_id", "descending")]), rows)
    assert torch.equal(one.images, families(faces, rows["sample_id"], turned).images)


def test_a_child_of_a_held_out_face_is_refused(corpus):
    rows = labelled(corpus.splits, Split.TRAIN).slice(1)
    with pytest.raises(TableError, match="the parent is not a training face"):
        families_of(corpus, rows)


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
    faces = faces_of(corpus.faces, none)
    assert faces.images.shape == (0, 48, 48)
    assert faces.labels.shape == (0,)


def test_a_model_is_given_grey_levels_from_0_to_1():
    images = torch.from_numpy(np.array([[[0, 51, 255]]], dtype=np.uint8))
    assert batch_of(images).tolist() == [[[[0.0, pytest.approx(0.2), 1.0]]]]


def test_an_epoch_shows_a_face_or_a_child_of_it_and_the_next_others(corpus):
    faces = families_of(corpus, labelled(corpus.splits, Split.TRAIN))
    rows = torch.tensor([3, 0, 5])
    seen = {1: [], 2: []}
    for epoch in seen:
        shown = faces.shown(epoch, np.random.default_rng(epoch))(rows)
        seen[epoch] = [
            [torch.equal(shown[place], faces.images[2 * row + version]) for version in (0, 1)].index(True)
            for place, row in enumerate(rows.tolist())
        ]
    assert seen[1] != seen[2]


def test_fresh_children_follow_from_the_face_and_the_epoch_alone(corpus):
    rows = labelled(corpus.splits, Split.TRAIN)
    faces = Fresh(faces_of(corpus.faces, rows), rows["sample_id"].to_pylist(), AUGMENT)
    first, again, second = (faces.shown(epoch, np.random.default_rng(seed)) for epoch, seed in ((1, 1), (1, 2), (2, 1)))
    assert torch.equal(first(torch.tensor([4, 2]))[1], again(torch.tensor([2]))[0])
    assert not torch.equal(first(torch.tensor([2])), second(torch.tensor([2])))
    assert torch.equal(faces.first(3).images, faces.faces.images[:3])


@pytest.mark.parametrize(
    ("votes", "target", "label", "shares"),
    [
        pytest.param({"sad": 3, "fear": 1}, "label", "happy", {"happy": 1.0}, id="the label, whatever was voted"),
        pytest.param({"sad": 3, "fear": 1}, "majority", "sad", {"sad": 1.0}, id="most votes"),
        pytest.param({"sad": 3, "fear": 1}, "votes", "sad", {"sad": 0.75, "fear": 0.25}, id="shares of the votes"),
        pytest.param({"sad": 2, "happy": 2}, "majority", "happy", {"happy": 1.0}, id="a tie goes to the label"),
        pytest.param({"sad": 1, "contempt": 9}, "votes", "sad", {"sad": 1.0}, id="votes for another emotion"),
        pytest.param({"contempt": 9}, "votes", "happy", {"happy": 1.0}, id="no vote that counts"),
        pytest.param(None, "votes", "happy", {"happy": 1.0}, id="no votes"),
    ],
)
def test_what_a_face_teaches(corpus, votes, target, label, shares):
    rows = corpus.splits.filter(pc.equal(corpus.splits["emotion"], "happy")).slice(0, 1)
    cast = pa.array([None if votes is None else list(votes.items())] * len(corpus.faces), VOTES)
    faces = faces_of(replace(corpus.faces, "votes", cast), rows, target)
    assert [EMOTIONS[place] for place in faces.labels] == [label]
    assert {EMOTIONS[i]: share for i, share in enumerate(faces.targets[0].tolist()) if share} == shares
    counted = {e: n for e, n in (votes or {}).items() if e in EMOTIONS}
    assert faces.votes[0].tolist() == [counted.get(e, 0) / max(1, sum(counted.values())) for e in EMOTIONS]

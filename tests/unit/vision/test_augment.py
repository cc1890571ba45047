import numpy as np
import pytest

from bhab.config import AugmentConfig
from bhab.schema import AUGMENTED, FACES, SPLITS, arrow_schema, sample_id
from bhab.store import read_table, table_of, write_shards, write_table
from bhab.vision.augment import augmenter, contact_sheet
from pipelines.augment import augment, main, preview

STILL = {"rotation_deg": 0, "shift_share": 0, "shear_deg": 0, "zoom_share": 0, "flip_probability": 0}


def config(**changes):
    values = {
        "salt": "test",
        "children": 2,
        "rotation_deg": 15,
        "shift_share": 0.1,
        "shear_deg": 10,
        "zoom_share": 0.1,
        "flip_probability": 0.5,
    }
    return AugmentConfig(**(values | changes))


def face(number):
    return np.random.default_rng(number).integers(60, 256, (48, 48), dtype=np.uint8)


def split_row(number, **changes):
    row = {"sample_id": f"{number:020x}", "modality": "faces", "source": "s", "emotion": "happy", "group_id": "g"}
    return row | {"split": "train", "leaked": False} | changes


ROWS = [
    split_row(0),
    split_row(1, emotion="sad"),
    split_row(2, split="test"),
    split_row(3, split="validation"),
    split_row(4, emotion=None),
    split_row(5, modality="speech"),
    split_row(6, emotion="angry"),
]
SPLIT = table_of(ROWS, SPLITS)
FACE_ROWS = [
    {
        "sample_id": f"{number:020x}",
        "content_sha256": "",
        "source": "s",
        "source_key": str(number),
        "emotion": "neutral",  # before the annotators spoke
        "licence": "MIT",
        "consent": "synthetic",
        "image": face(number).tobytes(),
        "source_width_px": 48,
        "source_height_px": 48,
        "brightness": 0.0,
        "contrast": 0.0,
        "sharpness": 0.0,
    }
    for number in (0, 1, 2, 3, 4, 6)
]
TABLE = table_of(FACE_ROWS, FACES)


def test_only_labelled_training_faces_have_children_and_each_names_its_parent():
    children = augment(TABLE, SPLIT, config())
    assert children.schema == arrow_schema(AUGMENTED)
    expected = sorted(
        (sample_id("augment", f"{row['sample_id']}/{number}"), row["sample_id"], row["emotion"])
        for row in (ROWS[0], ROWS[1], ROWS[6])
        for number in (1, 2)
    )
    found = zip(*(children[name].to_pylist() for name in ("sample_id", "parent_id", "emotion")), strict=True)
    assert list(found) == expected
    assert {len(image) for image in children["image"].to_pylist()} == {48 * 48}
    assert len(set(children["image"].to_pylist())) == 6


def test_the_order_of_the_rows_does_not_matter():
    one, other = augment(TABLE, SPLIT, config()), augment(TABLE[::-1], SPLIT[::-1], config())
    assert one.equals(other)
    assert (preview(TABLE, one, config()) == preview(TABLE[::-1], other, config())).all()


def test_a_child_depends_on_its_id_and_the_salt_alone():
    child_of = augmenter(config())
    first = child_of(face(0), "a")
    child_of(face(1), "b")
    assert (child_of(face(0), "a") == first).all()
    assert (augmenter(config())(face(0), "a") == first).all()
    assert (child_of(face(0), "b") != first).any()
    assert (augmenter(config(salt="other"))(face(0), "a") != first).any()


def test_with_all_ranges_zero_a_child_is_its_parent():
    children = augment(TABLE, SPLIT, config(**STILL))
    parents = dict(zip(TABLE["sample_id"].to_pylist(), TABLE["image"].to_pylist(), strict=True))
    assert [parents[p] for p in children["parent_id"].to_pylist()] == children["image"].to_pylist()


@pytest.mark.parametrize(
    ("changes", "different"),
    [
        pytest.param({"rotation_deg": 30}, 9, id="rotation"),
        pytest.param({"shift_share": 0.3}, 9, id="shift"),
        pytest.param({"shear_deg": 30}, 9, id="shear"),
        pytest.param({"zoom_share": 0.4}, 9, id="zoom"),
        pytest.param({"flip_probability": 1.0}, 2, id="flip"),
    ],
)
def test_each_range_moves_the_face_and_none_uncovers_black(changes, different):
    child_of = augmenter(config(**(STILL | changes)))
    children = [child_of(face(0), str(i)) for i in "abcdefgh"]
    assert len({child.tobytes() for child in [face(0), *children]}) == different
    assert min(child.min() for child in children) >= 60


def test_a_flip_is_a_mirror_image():
    assert (augmenter(config(**(STILL | {"flip_probability": 1.0})))(face(0), "a") == face(0)[:, ::-1]).all()


@pytest.mark.parametrize(
    ("splits", "children"),
    [
        pytest.param(SPLIT[:0], 2, id="no faces at all"),
        pytest.param(SPLIT[2:5], 2, id="none for training"),
        pytest.param(SPLIT, 0, id="none wanted"),
    ],
)
def test_no_children_is_an_empty_table_and_a_blank_sheet(splits, children):
    faces = TABLE if len(splits) else TABLE[:0]
    found = augment(faces, splits, config(children=children))
    assert found.equals(arrow_schema(AUGMENTED).empty_table())
    sheet = preview(faces, found, config(children=children))
    assert (sheet.dtype, sheet.min()) == (np.uint8, 255)


def test_the_sheet_shows_each_parent_before_its_children():
    dark, light = np.full((48, 48), 10, np.uint8), np.full((48, 48), 200, np.uint8)
    sheet = contact_sheet([("happy", [[dark, light]]), ("sad", [[light]])])
    assert sheet.shape == (208, 92 + 2 * 104)
    assert (sheet[52, 92 + 52], sheet[52, 92 + 104 + 52], sheet[104 + 52, 92 + 52]) == (10, 200, 200)
    assert (sheet[104:, 92 + 104 :] == 255).all()
    assert (sheet[:104, :92] < 128).any()


def test_the_stage_writes_the_same_bytes_twice(tmp_path):
    write_shards(TABLE, tmp_path / "faces", 2)
    write_table(SPLIT, tmp_path / "split/splits.parquet")
    paths = ["--faces", str(tmp_path / "faces"), "--splits", str(tmp_path / "split")]
    written = []
    for name in ("one", "two"):
        out = tmp_path / name
        main([*paths, "--out", str(out / "children"), "--preview", str(out / "sheet.png")])
        written.append({str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*.*")})
    assert written[0] == written[1]
    assert read_table(tmp_path / "one/children", AUGMENTED)["parent_id"].to_pylist()
    assert written[0]["sheet.png"].startswith(b"\x89PNG")

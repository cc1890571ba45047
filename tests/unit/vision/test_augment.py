from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from bhab.config import AugmentConfig
from bhab.schema import AUGMENTED, FACES, SPLITS, arrow_schema, sample_id
from bhab.store import read_table, table_of, write_shards, write_table
from bhab.vision.augment import Draws, by_albumentations, children, contact_sheet, draws
from pipelines.augment import augment, main, preview

STILL = {"rotation_deg": 0, "shift_share": 0, "shear_deg": 0, "zoom_share": 0, "flip_probability": 0}


def config(**changes):
    values = {
        "salt": "test",
        "path": "fused",
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


def child_of(parent, child_id, config):
    return children(parent[None], draws([child_id], config))[0]


def one(*values):
    return Draws(*(np.array([value]) for value in values))


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
    born = augment(TABLE, SPLIT, config())
    assert born.schema == arrow_schema(AUGMENTED)
    expected = sorted(
        (sample_id("augment", f"{row['sample_id']}/{number}"), row["sample_id"], row["emotion"])
        for row in (ROWS[0], ROWS[1], ROWS[6])
        for number in (1, 2)
    )
    found = zip(*(born[name].to_pylist() for name in ("sample_id", "parent_id", "emotion")), strict=True)
    assert list(found) == expected
    assert {len(image) for image in born["image"].to_pylist()} == {48 * 48}
    assert len(set(born["image"].to_pylist())) == 6


def test_the_order_of_the_rows_does_not_matter():
    one, other = augment(TABLE, SPLIT, config()), augment(TABLE[::-1], SPLIT[::-1], config())
    assert one.equals(other)
    assert (preview(TABLE, one, config()) == preview(TABLE[::-1], other, config())).all()


@pytest.mark.parametrize(
    ("child_id", "salt", "equal"),
    [
        pytest.param("a", "test", True, id="the same id and salt"),
        pytest.param("b", "test", False, id="another id"),
        pytest.param("a", "other", False, id="another salt"),
    ],
)
def test_a_child_depends_on_its_id_and_the_salt_alone(child_id, salt, equal):
    found = child_of(face(0), child_id, config(salt=salt))
    assert np.array_equal(found, child_of(face(0), "a", config())) == equal


@given(st.permutations(range(6)), st.integers(1, 6))
def test_a_draw_does_not_depend_on_what_is_drawn_with_it(order, size):
    drawn = np.column_stack(astuple(draws([f"id {i}" for i in range(6)], config())))
    parts = [draws([f"id {i}" for i in order[at : at + size]], config()) for at in range(0, 6, size)]
    assert np.array_equal(np.concatenate([np.column_stack(astuple(part)) for part in parts]), drawn[order])


def test_draws_are_even_and_independent_of_each_other_and_of_neighbours():
    n = 20_000
    drawn = np.column_stack(astuple(draws([sample_id("augment", f"parent/{i}") for i in range(n)], config())))
    low, high = np.array([-15, -10, 0.9, -0.1, -0.1, 0]), np.array([15, 10, 1.1, 0.1, 0.1, 1])
    unit = (drawn - low) / (high - low)  # (n, 6)
    assert [kstest(column, "uniform").pvalue > 0.001 for column in unit[:, :5].T] == [True] * 5
    sigma = 1 / np.sqrt(n)  # of a correlation of 0
    assert abs(unit[:, 5].mean() - 0.5) < 2 * sigma  # 4 times its own, of a fair coin
    both = np.corrcoef(unit[:-1].T, unit[1:].T)  # (12, 12): of one child with itself, and with the next
    assert np.abs(both - np.eye(12)).max() < 4 * sigma


def test_with_all_ranges_zero_a_child_is_its_parent():
    born = augment(TABLE, SPLIT, config(**STILL))
    parents = dict(zip(TABLE["sample_id"].to_pylist(), TABLE["image"].to_pylist(), strict=True))
    assert [parents[p] for p in born["parent_id"].to_pylist()] == born["image"].to_pylist()


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
    born = [child_of(face(0), i, config(**(STILL | changes))) for i in "abcdefgh"]
    assert len({child.tobytes() for child in [face(0), *born]}) == different
    assert min(child.min() for child in born) >= 60


DOT = np.zeros((48, 48), np.uint8)
DOT[10, 30] = 255  # 6.5 px right of the centre and 13.5 px above
SHEAR_4_PX = np.rad2deg(np.arctan(4 / 13.5))


@pytest.mark.parametrize(
    ("drawn", "down", "right"),
    [
        pytest.param(one(90, 0, 1, 0, 0, False), 17, 10, id="a positive angle turns against the clock"),
        pytest.param(
            one(0, SHEAR_4_PX, 1, 0, 0, False), 10, 34, id="a positive shear moves what is above to the right"
        ),
        pytest.param(one(0, 0, 3, 0, 0, False), None, None, id="a zoom moves it out of the picture"),
        pytest.param(one(0, 0, 1, 0.1, 0, False), 10, 34, id="0.1 to the right are 4 px, whole ones"),
        pytest.param(one(0, 0, 1, 0, -0.1, False), 6, 30, id="-0.1 down are 4 px up"),
        pytest.param(one(0, 0, 1, 0.1, 0, True), 10, 13, id="the flip comes last"),
        pytest.param(one(0, 0, 1, 0, 0, True), 10, 17, id="a flip is a mirror image"),
    ],
)
def test_a_dot_goes_where_the_draw_sends_it(drawn, down, right):
    found = np.argwhere(children(DOT[None], drawn)[0] > 127).tolist()
    assert found == ([] if down is None else [[down, right]])


ANGLES, SHEARS = (
    st.floats(-180, 180) | st.sampled_from([-15, 15, 30, 90]),
    st.floats(-60, 60) | st.sampled_from([-10, 10]),
)
ZOOMS, SHIFTS = (
    st.floats(0.3, 2) | st.sampled_from([0.9, 1.1]),
    st.floats(-0.5, 0.5) | st.sampled_from([-0.1, 5 / 48, 0.1]),
)


def shade():
    down, right = np.mgrid[:48, :48]
    return (2 * down + 3 * right).astype(np.uint8)


@settings(max_examples=150)
@given(
    st.sampled_from([face(0), shade(), DOT, np.kron(np.eye(24, dtype=np.uint8) * 255, np.ones((2, 2), np.uint8))]),
    st.builds(one, ANGLES, SHEARS, ZOOMS, SHIFTS, SHIFTS, st.booleans()),
)
def test_albumentations_makes_the_same_child(parent, drawn):
    """The promise is one grey level; that nothing differs at all is checked where draws are those of the recipe."""
    mine, theirs = children(parent[None], drawn)[0].astype(int), by_albumentations(parent[None], drawn)[0]
    assert np.abs(mine - theirs).max() <= 1


def test_within_the_recipe_albumentations_makes_the_same_child_to_the_byte():
    parents = np.stack([face(i) for i in range(300)])
    drawn = draws([str(i) for i in range(300)], config())
    assert np.array_equal(children(parents, drawn), by_albumentations(parents, drawn))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_does_not_matter(threads):
    parents = np.stack([face(i % 7) for i in range(1300)])
    drawn = draws([str(i) for i in range(1300)], config())
    apart = [child_of(parents[i], str(i), config()) for i in range(1300)]
    assert np.array_equal(children(parents, drawn, threads), np.stack(apart))


def test_both_paths_give_the_same_table():
    assert augment(TABLE, SPLIT, config()).equals(augment(TABLE, SPLIT, config(path="albumentations")))


@pytest.mark.parametrize(
    ("splits", "wanted"),
    [
        pytest.param(SPLIT[:0], 2, id="no faces at all"),
        pytest.param(SPLIT[2:5], 2, id="none for training"),
        pytest.param(SPLIT, 0, id="none wanted"),
    ],
)
def test_no_children_is_an_empty_table_and_a_blank_sheet(splits, wanted):
    faces = TABLE if len(splits) else TABLE[:0]
    found = augment(faces, splits, config(children=wanted))
    assert found.equals(arrow_schema(AUGMENTED).empty_table())
    sheet = preview(faces, found, config(children=wanted))
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

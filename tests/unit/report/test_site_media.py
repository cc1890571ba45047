import numpy as np
import pytest

from bhab.report.media import GAP_PX, SHEET_COLUMNS, ZOOM, draw, sheet
from bhab.schema import FACE_PX, TEXTS
from bhab.store import table_of

STEP = FACE_PX * ZOOM + GAP_PX


@pytest.mark.parametrize(
    ("n", "shape"),
    [
        pytest.param(1, (STEP, STEP), id="one face"),
        pytest.param(SHEET_COLUMNS, (STEP, SHEET_COLUMNS * STEP), id="one full row"),
        pytest.param(SHEET_COLUMNS + 1, (2 * STEP, SHEET_COLUMNS * STEP), id="a second row"),
        pytest.param(0, (0, 0), id="none"),
    ],
)
def test_a_sheet_has_room_for_all(n, shape):
    assert sheet(np.zeros((n, FACE_PX, FACE_PX), np.uint8)).shape == shape


def test_a_sheet_shows_each_face_in_its_place():
    images = np.arange(8, dtype=np.uint8)[:, None, None] * np.ones((1, FACE_PX, FACE_PX), np.uint8)
    assert sheet(images)[::STEP, ::STEP].tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 255, 255, 255, 255]]


def test_a_draw_takes_the_first_ids_of_each_emotion_and_those_without_one():
    row = {"text": "ক", "n_words": 1, "n_graphemes": 1, "bengali_share": 1.0}
    stated = {"sad": ["05", "01", "03"], "happy": ["04"], None: ["02"]}
    rows = [row | {"sample_id": i, "emotion": e} for e, ids in stated.items() for i in ids]
    filled = [{c.name: None if c.nullable else "x" for c in TEXTS} | {"text_raw": "x"} | r for r in rows]
    drawn = draw(table_of(filled, TEXTS), 2)
    assert [(e, part["sample_id"].to_pylist()) for e, part in drawn] == [
        ("happy", ["04"]),
        ("sad", ["01", "03"]),
        ("none", ["02"]),
    ]

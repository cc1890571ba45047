from itertools import combinations

import cv2
import numpy as np
import pytest

from bhab.config import CurateConfig
from bhab.curation.chance import generator
from bhab.curation.groups import components
from bhab.schema import EMOTIONS, Emotion
from bhab.synthetic.face_people import draw_person
from bhab.synthetic.face_portrait import portrait
from bhab.synthetic.face_units import draw_units
from bhab.vision.hashing import RULERS
from bhab.vision.near import near_faces

CONFIG = CurateConfig(
    min_face_correlation=0.957, max_face_shift_px=3, min_text_similarity=0.9, min_speech_similarity=0.9
)
REACH = range(-3, 4)


def drawn(number):
    """A drawn face; no two share a person, an expression or a light."""
    rng = generator(str(number), "test-near")
    return portrait(draw_person(str(number), rng), draw_units(Emotion(EMOTIONS[number % 7]), rng), rng)


@pytest.fixture(scope="module")
def faces():
    return np.stack([drawn(number) for number in range(240)])


def moved(face, down, right):
    wide = np.pad(face, 3, mode="edge")
    return wide[3 - down : 51 - down, 3 - right : 51 - right]


def lit(face, contrast, brightness):
    return np.clip(np.rint(face.astype(float) * contrast + brightness), 0, 255).astype(np.uint8)


def stored(face, quality):
    _, content = cv2.imencode(".jpg", np.ascontiguousarray(face), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)


def warped(face, degrees, scale):
    matrix = cv2.getRotationMatrix2D((23.5, 23.5), degrees, scale)
    return cv2.warpAffine(face, matrix, (48, 48), borderMode=cv2.BORDER_REPLICATE)


def mirrored(face):
    return face[:, ::-1]


TWINS = {
    **{f"moved {y} down, {x} right": lambda f, y=y, x=x: moved(f, y, x) for y in REACH for x in REACH if y or x},
    **{f"mirrored, moved {y}, {x}": lambda f, y=y, x=x: moved(mirrored(f), y, x) for y in REACH for x in REACH},
    **{f"JPEG of quality {q}": lambda f, q=q: stored(f, q) for q in (30, 50, 75, 95)},
    **{f"brighter by {b}": lambda f, b=b: lit(f, 1, b) for b in (-25, 25)},
    **{f"contrast times {c}": lambda f, c=c: lit(f, c, 128 - 128 * c) for c in (0.5, 0.8, 1.2)},
    **{f"turned by {a}": lambda f, a=a: warped(f, a, 1) for a in (-2, 2)},
    **{f"zoomed by {z}": lambda f, z=z: warped(f, 0, z) for z in (0.98, 1.02)},
    "mirrored, moved, paler and stored again": lambda f: stored(lit(moved(mirrored(f), 2, -3), 0.8, 20), 75),
}
MIRRORED = {name for name in TWINS if name.startswith("mirrored")}


def pairs_of(found):
    columns = (found.one, found.other, found.mirrored)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("first", range(0, 240, 60))
def test_every_twin_is_found_and_nothing_else(faces, first):
    owners = {name: (first + number) % len(faces) for number, name in enumerate(TWINS)}
    twins = [TWINS[name](faces[owner]) for name, owner in owners.items()]
    found = pairs_of(near_faces(np.concatenate([faces, twins]), CONFIG))
    planted = {(owner, len(faces) + number): name for number, (name, owner) in enumerate(owners.items())}
    assert [name for pair, name in planted.items() if (*pair, name in MIRRORED) not in found] == []
    assert [pair for pair in found if pair[:2] not in planted] == []


def test_the_same_faces_give_the_same_pairs(faces):
    twice = np.concatenate([faces, moved(faces[7], 1, 1)[None]])
    one, two = near_faces(twice, CONFIG), near_faces(twice.copy(), CONFIG)
    assert pairs_of(one) == pairs_of(two) == [(7, len(faces), False)]
    assert one.similarity.tolist() == two.similarity.tolist()
    assert one.similarity[0] > 0.99


def test_equal_faces_are_no_near_pair(faces):
    assert pairs_of(near_faces(np.concatenate([faces[:3], faces[:3], faces[:1, :, ::-1]]), CONFIG)) == [
        (0, 6, True),
        (3, 6, True),
    ]


@pytest.mark.parametrize(
    "images",
    [
        pytest.param(np.zeros((0, 48, 48)), id="none"),
        pytest.param(np.full((1, 48, 48), 9), id="one"),
        pytest.param(np.arange(20)[:, None, None] + np.zeros((20, 48, 48)), id="blank"),
        pytest.param(
            128 + np.random.default_rng(1).integers(-1, 2, (50, 48, 48)),
            id="almost blank",
        ),
    ],
)
def test_what_has_no_detail_is_like_nothing(images):
    assert pairs_of(near_faces(images.astype(np.uint8), CONFIG)) == []


def test_a_crowd_of_copies_is_connected(faces):
    noise = np.random.default_rng(2).integers(0, 3, (200, 48, 48), dtype=np.uint8)
    found = near_faces(np.concatenate([faces, faces[0] // 2 + noise]), CONFIG)
    links = zip(found.one.tolist(), found.other.tolist(), strict=True)
    assert set(components(len(faces) + 200, links)[len(faces) :]) == {0}


@pytest.mark.parametrize("ruler", RULERS)
def test_a_ruler_measures_every_distance_once(ruler):
    distances = sorted(b - a for a, b in combinations(ruler, 2))
    assert distances == list(range(1, ruler[-1] + 1))

from dataclasses import replace

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from bhab.curation.chance import generator
from bhab.schema import EMOTIONS, Emotion, Gender
from bhab.synthetic.face_canvas import CANVAS_PX, Canvas, Pose, both, points
from bhab.synthetic.face_people import Glasses, Hair, draw_person
from bhab.synthetic.face_portrait import portrait
from bhab.synthetic.face_units import NAMES, PROTOTYPES, Units, draw_units

UPPER = ("inner_brow_raise", "outer_brow_raise", "brow_lower", "lid_raise", "lid_tighten", "lid_droop")
LOWER = ("corner_pull", "corner_depress", "chin_raise", "lip_stretch", "lip_tighten", "lips_part", "jaw_drop")


def person(**changes):
    return replace(draw_person("p", generator("p", "test")), hair=Hair.SHORT, glasses=Glasses.NONE, **changes)


def drawn(units, who=None, shot="shot"):
    return portrait(who or person(), units, generator(shot, "test")).astype(int)


@pytest.mark.parametrize("hair", list(Hair))
@pytest.mark.parametrize("glasses", list(Glasses))
def test_every_style_can_be_drawn_and_shows(hair, glasses):
    plain = portrait(person(), Units(), generator("shot", "test"))
    styled = portrait(replace(person(), hair=hair, glasses=glasses), Units(), generator("shot", "test"))
    assert (styled.shape, styled.dtype) == ((48, 48), np.uint8)
    assert (styled == plain).all() == (hair == Hair.SHORT and glasses == Glasses.NONE)


@pytest.mark.parametrize("name", NAMES)
def test_an_action_unit_shows_and_only_in_its_part_of_the_face(name):
    rows = np.flatnonzero((np.abs(drawn(Units(**{name: 1.0})) - drawn(Units())) > 4).any(axis=1))
    assert rows.size >= 2
    if name in UPPER:
        assert rows.max() < 26
    elif name in LOWER:
        assert rows.min() > 20


def test_the_same_chance_gives_the_same_picture():
    smile = Units(corner_pull=1.0)
    assert (drawn(smile) == drawn(smile)).all()
    assert (drawn(smile) != drawn(smile, shot="another")).any()


def test_darker_people_are_drawn_darker():
    middles = []
    for skin in (220.0, 160.0, 100.0):
        looks = replace(person().looks, skin=skin, beard=0.0, moustache=0.0)
        middles.append(drawn(Units(), replace(person(), looks=looks))[20:30, 16:32].mean())
    assert middles[0] > middles[1] + 10 > middles[2] + 20


def test_neutral_is_at_rest_and_the_other_six_are_not():
    strengths = {emotion: sum(mean for mean, _ in units.values()) for emotion, units in PROTOTYPES.items()}
    assert strengths.pop(Emotion.NEUTRAL) == 0
    assert min(strengths.values()) > 2


@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize("emotion", list(Emotion))
def test_drawn_units_stay_in_their_range(emotion, clear):
    drawn_units = [draw_units(emotion, generator(str(i), "test"), clear=clear) for i in range(50)]
    values = np.array([[getattr(units, name) for name in NAMES] for units in drawn_units])
    assert values.min() >= 0
    assert values.max() <= 1
    assert np.unique(values, axis=0).shape[0] == 50


def test_what_is_clear_is_neither_weak_nor_mixed():
    shown = [draw_units(Emotion.HAPPY, generator(str(i), "test"), clear=True) for i in range(200)]
    assert min(units.corner_pull for units in shown) >= 0.6  # a full smile
    assert max(units.nose_wrinkle for units in shown) < 0.4  # of disgust, and no more than unrest


def test_children_have_no_beard():
    people = [draw_person(f"p{i}", generator(f"p{i}", "test")) for i in range(400)]
    bearded = [p for p in people if p.looks.beard > 0.2 or p.looks.moustache > 0.2]
    assert len(bearded) > 40
    assert min(p.age_years for p in bearded) > 17
    assert sum(p.gender == Gender.MALE for p in bearded) / len(bearded) > 0.9


def test_points_land_where_the_pose_puts_them():
    straight = Canvas(Pose(), 0)
    assert straight.place(points((0.0, 0.0))).tolist() == [[[CANVAS_PX * 8, CANVAS_PX * 8]]]
    left, right = (straight.place(half[None])[0, 0] for half in both(points((0.5, 0.1)))[::-1])
    assert left[0] + right[0] == CANVAS_PX * 16
    assert left[1] == right[1]
    turned = Canvas(Pose(yaw=1.0), 0)
    nose, ear = points((0.0, 0.0)), points((1.0, 0.0))
    assert turned.place(nose)[0, 0, 0] > straight.place(nose)[0, 0, 0]
    assert turned.place(ear).tolist() == straight.place(ear).tolist()


def test_a_plain_model_learns_the_expressions_but_not_all_of_them():
    images, labels = [], []
    for i in range(700):
        rng = generator(f"learn/{i}", "test")
        emotion = Emotion(EMOTIONS[i % 7])
        who = draw_person(f"p{i % 140}", generator(f"p{i % 140}", "test"))
        face = portrait(who, draw_units(emotion, rng), rng).reshape(16, 3, 16, 3).mean(axis=(1, 3))
        images.append((face - face.mean()).ravel() / face.std())
        labels.append(emotion.value)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(images[:560], labels[:560])
    assert 0.4 < model.score(images[560:], labels[560:]) < 0.97  # chance is 0.14

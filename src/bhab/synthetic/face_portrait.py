"""One picture of one person: head, hair, what the features show, light, and what the camera adds."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.schema import FACE_PX
from bhab.synthetic.face_canvas import CANVAS_PX, Canvas, Image, Points, Pose, bend, both, ellipse, points
from bhab.synthetic.face_features import draw_brows, draw_eyes, draw_mouth, draw_nose, draw_wrinkles, shade_features
from bhab.synthetic.face_hair import draw_behind, draw_hair, shade_beard
from bhab.synthetic.face_people import Glasses, Hair, Looks, Person
from bhab.synthetic.face_units import Units

CROWN_Y = -0.98
ANGLES = [i * math.pi / 24 for i in range(48)]
COS = np.array([math.cos(a) for a in ANGLES])
SIN = np.array([math.sin(a) for a in ANGLES])
RIM = 25.0  # grey level of a pair of glasses
BLURRED_SHARE = 0.15


def portrait(person: Person, units: Units, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a grey picture (FACE_PX, FACE_PX); `rng` draws pose, light, background and noise."""
    pose = Pose(
        yaw=rng.uniform(-1, 1),
        pitch=rng.uniform(-0.5, 0.5),
        roll_rad=rng.normal(0, 0.07),
        zoom=rng.uniform(0.93, 1.08),
        x=rng.uniform(-0.05, 0.05),
        y=rng.uniform(-0.03, 0.05),
    )
    canvas = Canvas(pose, rng.uniform(20, 230))
    canvas.image = _background(canvas.image, rng)
    light = rng.uniform(0.72, 1.0)
    _draw(canvas, person, units, light, rng)
    return _photograph(canvas.image, rng)


def _background(image: Image, rng: np.random.Generator) -> Image:
    slope = np.linspace(0, rng.uniform(-40, 40), CANVAS_PX, dtype=np.float32)
    sloping: NDArray[np.float32] = image + (slope[:, None] if rng.integers(2) else slope[None, :])
    return _levels(sloping)


def _draw(canvas: Canvas, person: Person, u: Units, light: float, rng: np.random.Generator) -> None:
    p = person.looks
    draw_behind(canvas, p, person.hair, light)
    side, down = rng.uniform(-0.55, 0.55), rng.uniform(-0.45, 0.05)
    towards = (side, down, math.sqrt(1 - side * side - down * down))
    head = canvas.lit_ball((p.width * 1.12, 1.12), towards, p.skin * light)
    canvas.paste(head, canvas.mask(_outline(p, u)))
    shade_features(canvas, p, u)
    shade_beard(canvas, p, u)
    canvas.lay_shade()
    skin = p.skin * light * (0.5 + 0.5 * towards[2])
    draw_wrinkles(canvas, p, u, skin)
    draw_nose(canvas, p, u, skin)
    draw_eyes(canvas, p, u, light)
    draw_brows(canvas, p, u, light * (30.0 if person.hair == Hair.SCARF else min(p.hair_grey, 0.55 * p.skin)))
    draw_mouth(canvas, p, u, light)
    draw_hair(canvas, p, person.hair, light)
    if person.glasses != Glasses.NONE:
        _draw_glasses(canvas, p, person.glasses)


def _outline(p: Looks, u: Units) -> Points:
    """Return the outline of the face; a dropped jaw makes it longer."""
    low = np.maximum(0, SIN)
    x = p.width * COS * (1 - p.jaw * low * low)
    y = SIN * np.where(SIN > 0, p.chin_y + 0.12 * u.jaw_drop, -CROWN_Y)
    return np.stack([x, y], axis=1)


def _draw_glasses(canvas: Canvas, p: Looks, glasses: Glasses) -> None:
    x, y = p.eye_x, p.eye_y + 0.02
    if glasses == Glasses.ROUND:
        rim = ellipse(x, y, 0.21, 0.18)
    else:
        rim = points((x - 0.21, y - 0.13), (x + 0.21, y - 0.13), (x + 0.19, y + 0.14), (x - 0.19, y + 0.14))
    canvas.stroke(both(np.concatenate([rim, rim[:1]])), RIM, 0.03)
    canvas.stroke(both(points((x + 0.21, y - 0.03), (p.width, y - 0.06))), RIM, 0.03)
    canvas.stroke(bend((-x + 0.21, y - 0.02), (0.0, y - 0.07), (x - 0.21, y - 0.02)), RIM, 0.03)


def _photograph(image: Image, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return what a small camera makes of `image`: fewer pixels, other contrast, blur, noise."""
    blur, noise = rng.random() < BLURRED_SHARE, rng.uniform(1, 6)
    gain, lift = rng.uniform(0.75, 1.1), rng.uniform(-15, 20)
    small = cv2.resize(image, (FACE_PX, FACE_PX), interpolation=cv2.INTER_AREA)
    if blur:
        small = cv2.GaussianBlur(small, (3, 3), 0.7)
    grain = rng.standard_normal((FACE_PX, FACE_PX), dtype=np.float32) * np.float32(noise)
    return _levels((small - np.float32(128)) * np.float32(gain) + np.float32(128 + lift) + grain)


def _levels(values: NDArray[np.float32]) -> Image:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)

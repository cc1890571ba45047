"""Hair, beard, scarf."""

import math

import numpy as np

from bhab.synthetic.face_canvas import Canvas, Points, bend, both, ellipse, points, rows
from bhab.synthetic.face_people import Hair, Looks
from bhab.synthetic.face_units import Units

OVER = np.array([(math.cos(math.pi * (1 + i / 24)), math.sin(math.pi * (1 + i / 24))) for i in range(25)])  # (25, 2)
TUFTS = np.where(np.arange(25) % 2 == 0, 1.0, 0.955)[:, None]  # (25, 1), an outline that is not a helmet
RISE = {Hair.RECEDING: -0.14, Hair.FRINGE: 0.13}  # of the hairline, against the person's own
TEMPLE_Y = {Hair.RECEDING: -0.34, Hair.SHORT: -0.22, Hair.FRINGE: -0.12, Hair.TIED: -0.3}


def draw_behind(canvas: Canvas, p: Looks, hair: Hair, light: float) -> None:
    """Draw what the face hides in part: long hair, neck, ears."""
    skin, dark = p.skin * light, 0.75 * p.hair_grey * light
    if hair in {Hair.LONG, Hair.SCARF}:
        wide = p.width + 0.17
        canvas.fill(ellipse(0, -0.2, wide, 0.98), dark)
        canvas.fill(points((-wide, -0.2), (wide, -0.2), (wide, 1.4), (-wide, 1.4)), dark)
    canvas.fill(points((-0.42, 0.5), (0.42, 0.5), (0.5, 1.4), (-0.5, 1.4)), skin * 0.55)
    if hair not in {Hair.LONG, Hair.SCARF}:
        canvas.fill(both(ellipse(p.width + 0.02, -0.06, 0.08, 0.17)), skin * 0.72)
        canvas.fill(both(ellipse(p.width + 0.03, -0.06, 0.035, 0.1)), skin * 0.5)


def shade_beard(canvas: Canvas, p: Looks, u: Units) -> None:
    """Darken cheeks, chin and upper lip by the beard that grows there."""
    drop, dark = 0.25 * u.jaw_drop, 1 - p.hair_grey / 255
    if p.beard:
        cheek = bend((-p.width, 0.1), (0.0, p.mouth_y + 0.66 + drop), (p.width, 0.1))
        chin = points((p.width, 0.9), (0.3, 1.1 + drop), (-0.3, 1.1 + drop), (-p.width, 0.9))
        canvas.shade(np.concatenate([cheek, chin]), -0.75 * p.beard * dark)
    if p.moustache:
        y = p.mouth_y - 0.11 - 0.05 * u.corner_pull
        canvas.shade(bend((-0.24, y + 0.04), (0.0, y - 0.03), (0.24, y + 0.04)), -0.8 * p.moustache * dark, 0.075)


def draw_hair(canvas: Canvas, p: Looks, hair: Hair, light: float) -> None:
    """Draw what lies before the face."""
    level = p.hair_grey * light
    if hair == Hair.SCARF:
        _draw_scarf(canvas, p, level)
    elif hair != Hair.BALD:
        _draw_top(canvas, p, hair, level)
    if hair == Hair.LONG:
        for side in (-1.0, 1.0):
            curtain = bend((p.part_x, p.hairline_y), (side * p.width * 1.02, -0.75), (side * p.width * 0.9, 0.25))
            outside = points((p.width * 0.85, 1.4), (p.width + 0.2, 1.4), (p.width + 0.17, -0.3)) * (side, 1.0)
            canvas.fill(np.concatenate([curtain, outside]), level)
        lock = bend((p.width, -0.4), (p.width + 0.04, 0.2), (p.width - 0.02, 1.2))
        canvas.stroke(both(rows(lock, (0.05, 0), 3)), 1.15 * level + 4, 0.02)


def _draw_top(canvas: Canvas, p: Looks, hair: Hair, level: float) -> None:
    line = p.hairline_y + RISE.get(hair, 0.0)
    temple = TEMPLE_Y.get(hair, -0.1)
    volume = 0.03 if hair in {Hair.TIED, Hair.RECEDING} else 0.09
    tufts = TUFTS if hair in {Hair.SHORT, Hair.FRINGE} else 1.0
    over = OVER * (p.width + volume, 1.0 + volume) * tufts
    edge = _hairline(p, hair, line, temple)
    canvas.fill(
        np.concatenate([over, points((p.width + volume, temple)), edge, points((-p.width - volume, temple))]), level
    )
    start = (p.part_x, line - 0.06)
    strands = np.stack(
        [bend(start, ((start[0] + x) / 2, min(start[1], y) - 0.05), (x, y)) for x, y in 0.94 * over[2:23:2]]
    )
    canvas.stroke(strands[::2], 0.75 * level, 0.02)
    canvas.stroke(strands[1::2], 1.2 * level + 8, 0.02)


def _hairline(p: Looks, hair: Hair, line: float, temple: float) -> Points:
    """Return the lower edge of the hair, from the right temple over the forehead to the left."""
    right = bend((p.width * 0.99, temple), (p.width * 0.9, line - 0.06), (p.part_x, line))
    left = bend((p.part_x, line), (-p.width * 0.9, line - 0.06), (-p.width * 0.99, temple))
    edge = np.concatenate([right, left])
    if hair == Hair.FRINGE:
        edge[4:-4:2, 1] -= 0.06
    return edge


def _draw_scarf(canvas: Canvas, p: Looks, level: float) -> None:
    opening = ellipse(0, 0.13, p.width * 0.97, 0.9)
    cloth = points((p.width * 0.97, 0.13), (1.3, 0.13), (1.3, -1.4), (-1.3, -1.4), (-1.3, 1.5), (1.3, 1.5), (1.3, 0.13))
    ring = np.concatenate([opening, cloth])  # a ring: round the face, out to the edge, and back
    inside = canvas.mask(ellipse(0, -0.05, p.width + 0.19, 1.16)) | canvas.mask(
        points((-0.85, 0.3), (0.85, 0.3), (1.1, 1.6), (-1.1, 1.6))
    )
    canvas.paste(np.full_like(canvas.image, min(255, max(0, round(level)))), canvas.mask(ring) & inside)
    fold = ellipse(0, 0.1, p.width + 0.02, 0.97)[11:]  # open under the chin
    canvas.stroke(np.stack([fold, fold * (1.09, 1.05), fold * (1.18, 1.1)]), 0.75 * level, 0.016)

"""Brows, eyes, nose, mouth, folds: where the action units of an expression show.

Lengths are in half face heights, x to the viewer's right, y down. What is drawn twice is given for the right side.
"""

import numpy as np

from bhab.synthetic.face_canvas import (
    ARCH,
    BOX,
    SPAN,
    Canvas,
    Image,
    Points,
    bend,
    between,
    both,
    curve,
    ellipse,
    points,
    rows,
)
from bhab.synthetic.face_people import Looks
from bhab.synthetic.face_units import Units

DARKEST = 12.0  # grey level of a pupil
WHITE = 220.0  # of the white of an eye, under full light
TOOTH = 235.0
FAINT = 0.05  # a wrinkle shallower than this is not drawn
CLOSED = 0.02  # lips nearer to each other than this are one line


def shade_features(canvas: Canvas, p: Looks, u: Units) -> None:
    """Lay the soft shadows and lights of a face: sockets, cheeks, folds, chin."""
    lowered = max(u.brow_lower, u.nose_wrinkle)
    canvas.shade(both(ellipse(p.eye_x, p.eye_y - 0.02, 0.2, 0.12)), -0.16 - 0.1 * lowered)
    canvas.shade(both(bend((0.09, p.eye_y - 0.08), (0.075, 0.0), (p.nose_width, p.nose_y))), -0.2, 0.05)
    apple = max(u.cheek_raise, u.corner_pull)
    canvas.shade(both(ellipse(0.42, 0.16 - 0.06 * apple, 0.13, 0.1)), 0.07 + 0.22 * apple)
    lift = max(u.nose_wrinkle, u.upper_lip_raise)
    out = p.mouth_width + 0.1 + 0.1 * u.corner_pull + 0.03 * lift
    top = (p.nose_width + 0.02, p.nose_y - 0.02 - 0.05 * lift)
    fold = bend(top, (out, p.nose_y + 0.08), (out, p.mouth_y - 0.02 + 0.05 * u.corner_depress))
    depth = 0.15 + 0.3 * p.lined + 0.85 * max(u.corner_pull, u.nose_wrinkle, 0.8 * u.upper_lip_raise)
    canvas.shade(both(fold), -0.42 * min(1.0, depth), 0.035)
    canvas.shade(points((0.0, p.eye_y), (0.0, p.nose_y - 0.04)), 0.2, 0.07)
    canvas.shade(ellipse(0, p.nose_y + 0.08, p.nose_width, 0.03), -0.3)
    under = p.mouth_y + 0.15 + 0.3 * u.jaw_drop - 0.03 * u.chin_raise
    canvas.shade(ellipse(0, under, 0.16, 0.03), -0.28)
    canvas.shade(ellipse(0, under + 0.12, 0.12, 0.06), 0.1 + 0.15 * u.chin_raise)


def draw_wrinkles(canvas: Canvas, p: Looks, u: Units, skin: float) -> None:
    """Draw forehead, brow, nose and eye lines: some come with the expression, all with age."""
    raised = max(u.outer_brow_raise, 0.6 * u.inner_brow_raise)
    y = p.brow_y - 0.11 - 0.03 * raised
    forehead = bend((-0.32, y), (0.0, y - 0.03 - 0.05 * u.inner_brow_raise), (0.32, y))
    frown = bend((0.05, p.brow_y - 0.06), (0.035, p.brow_y), (0.06, p.brow_y + 0.1))
    y = p.eye_y + 0.09
    nose = bend((0.02, y), (0.06, y - 0.05), (0.12, y + 0.01))
    x = p.eye_x + 0.2
    feet = np.stack([points((x, p.eye_y + 0.03 * i), (x + 0.1, p.eye_y + 0.03 + 0.08 * i)) for i in (-1, 0, 1)])
    x, y = p.eye_x, p.eye_y + 0.11 - 0.02 * u.cheek_raise
    bag = bend((x - 0.13, y - 0.03), (x, y + 0.05), (x + 0.15, y - 0.04))
    squint = max(u.cheek_raise, u.lid_tighten)
    for lines, depth in (
        (rows(forehead, (0, -0.075), 3), 0.55 * raised * (0.5 + p.lined) + 0.3 * p.lined),
        (both(frown), 0.8 * max(u.brow_lower, 0.8 * u.nose_wrinkle)),
        (both(rows(nose, (0, 0.07), 3)), 0.75 * u.nose_wrinkle),
        (both(feet), 0.6 * u.cheek_raise * (0.4 + p.lined) + 0.25 * p.lined),
        (both(bag), 0.15 + 0.3 * p.lined + 0.35 * squint),
    ):
        if depth > FAINT:
            canvas.stroke(lines, skin * (1 - 0.5 * min(1.0, depth)), 0.02)


def draw_brows(canvas: Canvas, p: Looks, u: Units, level: float) -> None:
    """Draw both brows, thick inside and thin outside."""
    inner_y = p.brow_y + p.brow_slant - 0.13 * u.inner_brow_raise + 0.13 * u.brow_lower + 0.07 * u.nose_wrinkle
    mid_y = p.brow_y - 0.045 - 0.05 * u.inner_brow_raise - 0.12 * u.outer_brow_raise + 0.06 * u.brow_lower
    outer_y = p.brow_y + 0.03 - p.brow_slant - 0.09 * u.outer_brow_raise + 0.02 * u.inner_brow_raise
    inner_x = 0.13 - 0.05 * u.brow_lower
    outer = (p.eye_x + 0.21, outer_y)
    x, y = p.eye_x + 0.03, 2 * mid_y - (inner_y + outer_y) / 2
    thick = p.brow_thickness
    upper = bend((inner_x, inner_y - thick / 2), (x, y - thick), outer)
    lower = bend((inner_x, inner_y + thick / 2), (x, y + thick / 2), outer)
    canvas.fill(both(between(upper, lower)), level)


def draw_eyes(canvas: Canvas, p: Looks, u: Units, light: float) -> None:
    """Draw both eyes: white, iris and pupil cut out by the lids, then the lids."""
    closing = 0.4 * u.lid_tighten + 0.25 * u.cheek_raise + 0.35 * u.nose_wrinkle + 0.55 * u.lid_droop
    rising = 0.6 * u.lid_tighten + 0.7 * u.cheek_raise + 0.4 * u.nose_wrinkle
    upper = max(0.012, 0.062 * (1 + 0.85 * u.lid_raise - closing)) * p.eye_size
    lower = max(0.008, 0.042 * (1 + 0.25 * u.lid_raise - rising)) * p.eye_size
    tilt = (p.eye_tilt + 0.035 * u.lid_droop - 0.02 * u.brow_lower) * SPAN  # over 0: the outer corner hangs
    x = p.eye_x + 0.15 * p.eye_size * SPAN
    top = curve(x, p.eye_y + tilt - upper * (ARCH + BOX) / 2)
    bottom = curve(x, p.eye_y + tilt + lower * ARCH)
    eyeballs = np.full_like(canvas.image, round(WHITE * light))
    y, r = p.eye_y - 0.008, p.eye_size
    canvas.fill(both(ellipse(p.eye_x, y, 0.066 * r, 0.066 * r)), p.iris_grey, eyeballs)
    canvas.fill(both(ellipse(p.eye_x, y, 0.032 * r, 0.032 * r)), DARKEST, eyeballs)
    glints = both(ellipse(p.eye_x, y - 0.03, 0.014, 0.014)) - (0.025, 0.0)  # one lamp: the same side in both
    canvas.fill(glints, 250 * light, eyeballs)
    canvas.paste(eyeballs, canvas.mask(both(between(top, bottom))))
    skin = p.skin * light
    canvas.stroke(both(bottom), 0.5 * skin, 0.012)
    canvas.stroke(both(top), DARKEST + 0.1 * skin, p.lash)
    canvas.stroke(both(top - (0.0, 0.045 - 0.02 * u.lid_raise)), 0.62 * skin, 0.014)


def draw_nose(canvas: Canvas, p: Looks, u: Units, skin: float) -> None:
    """Draw wings, nostrils and tip."""
    y = p.nose_y - 0.05 * u.nose_wrinkle - 0.02 * u.upper_lip_raise
    w = p.nose_width * (1 + 0.15 * u.nose_wrinkle + 0.1 * u.corner_pull)
    canvas.stroke(both(bend((0.8 * w, y - 0.08), (1.35 * w, y - 0.02), (0.75 * w, y + 0.045))), 0.55 * skin, 0.022)
    canvas.fill(both(ellipse(0.45 * w, y + 0.035, 0.042, 0.02)), 0.28 * skin)
    canvas.stroke(bend((-0.4 * w, y + 0.05), (0.0, y + 0.075), (0.4 * w, y + 0.05)), 0.6 * skin, 0.018)


def draw_mouth(canvas: Canvas, p: Looks, u: Units, light: float) -> None:
    """Draw lips, and what shows between them: teeth, tongue, the dark."""
    half, corner, upper, lower = _mouth_lines(p, u)
    x = half * SPAN
    shape = ARCH + (BOX - ARCH) * max(u.jaw_drop, u.lip_stretch, 0.7 * u.upper_lip_raise)
    thick = p.lip * (1 - 0.75 * u.lip_tighten)
    bow = 0.35 * thick * BOX * (1 - np.abs(SPAN)) * (1 - u.jaw_drop)  # the dip under the nose
    top = curve(x, corner + (upper - corner) * shape)
    bottom = curve(x, corner + (lower - corner) * shape)
    above = curve(x, corner + (upper - thick - corner) * shape + bow)
    below = curve(x, corner + (lower + 1.35 * thick - corner) * shape)
    skin = p.skin * light
    canvas.fill(between(above, top), 0.88 * p.lip_share * skin)
    canvas.fill(between(bottom, below), p.lip_share * skin)
    if lower - upper > CLOSED:
        canvas.paste(_inside(canvas, u, light, (top, bottom)), canvas.mask(between(top, bottom)))
    else:
        canvas.stroke(top, 0.25 * skin, 0.024)
    tug = 0.03 + 0.04 * max(u.corner_pull, u.corner_depress)
    end = (half + tug, corner + 0.7 * tug * (u.corner_depress - u.corner_pull))
    canvas.stroke(both(points((half, corner), end)), 0.45 * skin, 0.022)


def _mouth_lines(p: Looks, u: Units) -> tuple[float, float, float, float]:
    """Return half width, height of the corners, and of the inner edges of both lips in the middle."""
    middle = p.mouth_y - 0.03 * u.chin_raise
    half = p.mouth_width + 0.09 * u.corner_pull + 0.1 * u.lip_stretch - 0.03 * u.lip_tighten
    half -= 0.09 * u.jaw_drop * (1 - u.corner_pull)
    corner = middle + p.mouth_rest - 0.12 * u.corner_pull + 0.1 * u.corner_depress + 0.03 * u.lip_stretch
    corner += 0.1 * u.jaw_drop
    upper = middle + 0.03 * u.corner_pull - 0.085 * u.upper_lip_raise - 0.03 * u.corner_depress
    opening = 0.07 * u.lips_part + 0.28 * u.jaw_drop + 0.08 * u.upper_lip_raise - 0.02
    return half, corner, upper, upper + max(0.0, opening) * (1 - 0.6 * u.lip_tighten)


def _inside(canvas: Canvas, u: Units, light: float, lips: tuple[Points, Points]) -> Image:
    """Return a layer with upper and lower teeth and tongue, to be cut out by the lips."""
    top, bottom = lips
    layer = np.full_like(canvas.image, 20)
    canvas.fill(ellipse(0, float(bottom[len(SPAN) // 2, 1]), 0.13, 0.08 * u.jaw_drop), 85 * light, layer)
    bared = max(u.corner_pull, u.upper_lip_raise, 0.8 * u.lip_stretch, 0.25 * u.jaw_drop) - 0.1
    canvas.fill(between(top - (0.0, 0.05), top - (0.0, -0.1 * bared)), TOOTH * light, layer)
    lower = max(u.lip_stretch, u.upper_lip_raise - 0.2) - 0.4
    if lower > 0:
        canvas.fill(between(bottom - (0.0, 0.06 * lower), bottom - (0.0, -0.05)), 0.9 * TOOTH * light, layer)
    return layer

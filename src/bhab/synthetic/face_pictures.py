"""One row of the drawn corpus before it is drawn, and how it becomes the pixels of FER2013's csv."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.curation.chance import generator
from bhab.schema import FACE_PX, Emotion
from bhab.synthetic.face_copies import COPIES, no_face
from bhab.synthetic.face_people import Person
from bhab.synthetic.face_portrait import portrait
from bhab.synthetic.face_units import draw_units
from bhab.synthetic.plan import FaultKind, Mark

NUMBERS = [str(level) for level in range(256)]
CUT_AT = 1000  # pixels left of a row that was cut short


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One row: who, what is shown, what it is labelled as."""

    key: str  # unique
    drawing: str  # address of its chance: a picture and its copy have the same
    person: Person
    emotion: Emotion  # shown
    code: int  # written
    usage: str
    fault: Mark | None = None  # which planted fault it is part of
    spoil: FaultKind | None = None  # what is done to this very row; of a pair only the copy has one


def pixels(picture: Picture, seed: str) -> str:
    """Return the 2,304 grey levels of a picture as FER2013 writes them, unless its fault is that there are fewer."""
    number = picture.fault.number if picture.fault else 0
    rng = generator(picture.key, f"{seed}/spoilt")
    if picture.spoil == FaultKind.BLANK:
        return _text(np.full((FACE_PX, FACE_PX), 30 + 2 * number, np.uint8))  # blanks differ from each other
    if picture.spoil == FaultKind.NOT_A_FACE:
        return _text(no_face(number, rng))
    image = _draw(picture, seed)
    if picture.fault and picture.spoil == FaultKind.NEAR_DUPLICATE:
        return _text(COPIES[picture.fault.variant](image, rng))
    if picture.spoil == FaultKind.CORRUPT:
        levels = _text(image).split(" ")
        return " ".join(levels[:CUT_AT] if number % 2 == 0 else [*levels[:CUT_AT], "??", *levels[CUT_AT + 1 :]])
    return _text(image)


def _draw(picture: Picture, seed: str) -> NDArray[np.uint8]:
    rng = generator(picture.drawing, seed)
    clear = picture.spoil == FaultKind.WRONG_LABEL  # nobody may doubt that the label is wrong
    return portrait(picture.person, draw_units(picture.emotion, rng, clear=clear), rng)


def _text(image: NDArray[np.uint8]) -> str:
    return " ".join([NUMBERS[level] for level in image.ravel().tolist()])

"""What can be measured on one face: light, contrast, sharpness, and the tone of the skin as it was photographed.

Images are uint8, (height, width) grey or (height, width, 3) sRGB. Sums are of whole numbers, and so is OpenCV's 8-bit
CIELAB: the last digit of a measure does not depend on the processor.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from bhab.schema import SkinTone

# Lower limits of the classes in degrees, lightest first. Chardon, Cretois, Hourseau 1991, "Skin colour typology and
# suntanning pathways", Int. J. Cosmetic Science 13; "brown" above -30 and "dark" below as Del Bino, Bernerd 2013.
ITA_LIMITS = (
    (55.0, SkinTone.VERY_LIGHT),
    (41.0, SkinTone.LIGHT),
    (28.0, SkinTone.INTERMEDIATE),
    (10.0, SkinTone.TAN),
    (-30.0, SkinTone.BROWN),
)
L_MIDDLE = 50.0  # of CIELAB's lightness, where the angle is 0

# The middle of an aligned face, as shares of its height and width: cheeks and nose; no hair, mouth or background.
ROWS = (0.40, 0.65)
COLUMNS = (0.25, 0.75)

# In OpenCV's 8-bit CIELAB: L is 0 to 255 for 0 to 100, a and b lie 128 above their values.
L_SCALE, AB_ZERO = 255 / 100, 128
GREY_CHROMA = 3  # a picture whose middle is less colourful is grey, whatever its channels
LEAST_B = 4  # skin is yellower than this in any light that shows its tone
A_OF_SKIN = (1, 35)  # redder than grey, less red than lips
L_OF_SKIN = (20, 245)  # of 255: neither lost in shadow nor burnt out
LEAST_SHARE = 0.15  # of the middle must look like skin


def face_measures(grey: NDArray[np.uint8], colour: NDArray[np.uint8] | None) -> dict[str, float | str | None]:
    """Return the measures of one face, by the names of their columns in `bhab.schema.FACES`.

    brightness and contrast are mean and standard deviation in grey levels, sharpness the variance of the Laplacian
    (Pech-Pacheco et al. 2000), ita_deg and skin_tone_ita as in `skin_angle`, empty without a colour picture.
    """
    ita = None if colour is None else skin_angle(colour)
    brightness, variance = mean_and_variance(grey)
    return {
        "brightness": brightness,
        "contrast": math.sqrt(variance),
        "sharpness": mean_and_variance(cv2.Laplacian(grey, cv2.CV_16S))[1],
        "ita_deg": ita,
        "skin_tone_ita": None if ita is None else tone_of(ita).value,
    }


def skin_angle(colour: NDArray[np.uint8]) -> float | None:
    """Return the individual typology angle of the skin in the middle of a face, in degrees, -90 to 90.

    ITA = atan2(L - 50, b) of the median CIELAB colour of the pixels that may be skin (Chardon et al. 1991). None if
    the picture is really grey or too little of its middle looks like skin. It was made for a colorimeter under one
    known light: exposure, white balance and make-up move it by whole classes, so it describes the picture, not the
    person.
    """
    height, width = colour.shape[:2]
    rows = slice(round(ROWS[0] * height), round(ROWS[1] * height))
    columns = slice(round(COLUMNS[0] * width), round(COLUMNS[1] * width))
    lab = cv2.cvtColor(np.ascontiguousarray(colour[rows, columns]), cv2.COLOR_RGB2LAB)
    light, a, b = lab.reshape(-1, 3).T.astype(np.int64) - np.array([[0], [AB_ZERO], [AB_ZERO]])  # (3, pixels)
    if np.median(a * a + b * b) < GREY_CHROMA**2:
        return None
    skin = (b > LEAST_B) & (A_OF_SKIN[0] < a) & (a < A_OF_SKIN[1]) & (L_OF_SKIN[0] < light) & (light < L_OF_SKIN[1])
    if skin.mean() < LEAST_SHARE:
        return None
    above = float(np.median(light[skin])) / L_SCALE - L_MIDDLE
    return math.degrees(math.atan2(above, float(np.median(b[skin]))))


def tone_of(ita_deg: float) -> SkinTone:
    """Return the class of an individual typology angle."""
    for limit, tone in ITA_LIMITS:
        if ita_deg > limit:
            return tone
    return SkinTone.DARK


def mean_and_variance(values: NDArray[np.integer]) -> tuple[float, float]:
    """Return both for whole numbers below 2**20: their sums are exact in float64, in whatever order."""
    whole = values.ravel().astype(np.float64)
    total, squares, n = int(whole.sum()), int(whole @ whole), whole.size
    return total / n, (n * squares - total * total) / n**2

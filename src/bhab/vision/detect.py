"""Where faces are in a picture: the first of the five layers from camera to voice.

A Detector takes grey levels, uint8 (height, width), and returns boxes in pixels of that picture, in any order. There
are two: the cascade that OpenCV ships (Viola and Jones 2001, trained by Lienhart), and YuNet (Wu, Peng, Yu 2023), whose
weights are a file of your own. Another one is a function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bhab.config import LiveConfig
from bhab.errors import TableError
from bhab.vision.picture import Grey

CASCADE = "haarcascade_frontalface_alt2.xml"  # of the three frontal ones the one that finds most drawn faces
YUNET_SCORE, YUNET_OVERLAP = 0.6, 0.3  # OpenCV's own values of its demo of YuNet


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture; x and y are of its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height


Detector = Callable[[Grey], list[Box]]


def detector_of(config: LiveConfig) -> Detector:
    """Return the detector that params.yaml names. Raises TableError for a file that is no YuNet."""
    return cascade(config) if config.yunet is None else yunet(Path(config.yunet))


def cascade(config: LiveConfig) -> Detector:
    """Return OpenCV's cascade."""
    classifier = cv2.CascadeClassifier(cv2.data.haarcascades + CASCADE)  # type: ignore[attr-defined]  # not in its stubs
    step, neighbours = config.cascade_step, config.cascade_neighbours

    def detect(grey: Grey) -> list[Box]:
        least = (config.min_face_px, config.min_face_px)
        found = classifier.detectMultiScale(grey, step, neighbours, minSize=least)
        return [Box(*map(float, box)) for box in found]

    return detect


def yunet(path: Path) -> Detector:
    """Return YuNet with the weights in `path`, an ONNX file. Raises TableError if it is none."""
    try:
        network = cv2.FaceDetectorYN.create(str(path), "", (1, 1), YUNET_SCORE, YUNET_OVERLAP)
    except cv2.error as error:
        raise TableError(f"{path}: {error.err or error}, expected the ONNX file of YuNet") from error

    def detect(grey: Grey) -> list[Box]:
        network.setInputSize(grey.shape[::-1])
        _, found = network.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
        return [Box(*map(float, row[:4])) for row in (np.zeros((0, 15)) if found is None else found)]

    return detect


def find_faces(grey: Grey, detector: Detector, longest_px: int, most: int) -> list[Box]:
    """Return the largest faces of a picture, at most `most`, largest first, then left to right.

    The picture is looked at no larger than `longest_px`.
    """
    shrink = max(1.0, max(grey.shape) / longest_px)
    seen = grey
    if shrink > 1:
        size = tuple(max(1, round(side / shrink)) for side in grey.shape[::-1])
        seen = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    across, down = grey.shape[1] / seen.shape[1], grey.shape[0] / seen.shape[0]
    boxes = [Box(b.x * across, b.y * down, b.width * across, b.height * down) for b in detector(seen)]
    return sorted(boxes, key=lambda box: (-box.area, box.x, box.y))[:most]

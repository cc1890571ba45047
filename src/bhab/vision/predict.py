"""A picture to its faces and what they show: detection, crop and model in one call.

from bhab.vision.predict import load_eyes

eyes = load_eyes("light_cnn", Path("reports/card"), load_params(Path("params.yaml")))
eyes.look(Path("picture.jpg").read_bytes())  # faces, or a Drop that says why it is no picture
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.config import IngestConfig, LiveConfig, Params
from bhab.curation.decisions import Drop
from bhab.schema import EMOTIONS, FACE_PX, Emotion
from bhab.vision.crop import crop
from bhab.vision.detect import Box, Detector, detector_of, find_faces
from bhab.vision.picture import Grey, decode_picture
from bhab.vision.recognise import Recogniser, load_recogniser


@dataclass(frozen=True, slots=True)
class Seen:
    """One face of a picture."""

    box: Box | None  # None: the whole picture was taken as one face
    image: NDArray[np.uint8]  # (48, 48), what the model was asked about
    probabilities: NDArray[np.float64]  # (7,), in the order of EMOTIONS

    @property
    def emotion(self) -> Emotion:
        """The most probable one."""
        return Emotion(EMOTIONS[int(self.probabilities.argmax())])


@dataclass(frozen=True, slots=True)
class Eyes:
    """A detector, a model, and how they are used."""

    detector: Detector
    recogniser: Recogniser
    live: LiveConfig
    ingest: IngestConfig

    def look(self, content: bytes, *, whole: bool = False) -> list[Seen] | Drop:
        """Return the faces of the picture in `content`, largest first, or why it is no picture.

        A picture of 48 x 48 is a face already, and with `whole` each one is: then its box is None.
        """
        grey = decode_picture(content, self.ingest)
        if isinstance(grey, Drop):
            return grey
        if whole or grey.shape == (FACE_PX, FACE_PX):
            return self.recognise(grey, [None])
        return self.recognise(grey, self.find(grey, self.live.picture_px))

    def find(self, grey: Grey, longest_px: int) -> list[Box]:
        """Return the boxes of the faces in a picture that is looked at no larger than `longest_px`."""
        return find_faces(grey, self.detector, longest_px, self.live.max_faces)

    def recognise(self, grey: Grey, boxes: Sequence[Box | None]) -> list[Seen]:
        """Return what the faces in `boxes` show, all asked at once."""
        height, width = grey.shape
        side = min(height, width)
        centre = Box((width - side) / 2, (height - side) / 2, side, side)
        images = [crop(grey, box or centre, self.live.margin if box else 0.0) for box in boxes]
        asked = self.recogniser.ask(np.stack(images)) if images else np.zeros((0, len(EMOTIONS)))
        return [Seen(*face) for face in zip(boxes, images, asked, strict=True)]


def load_eyes(model: str | None, models: Path, params: Params) -> Eyes:
    """Return the eyes with the model of that name in folder `models`; None is the one that params.yaml names.

    A name is MODEL/VARIANT, as `publish` lays them out, or MODEL for its float32. Raises TableError if it is not there.
    """
    name = model or params.live.model
    recogniser = load_recogniser(models / f"{name if '/' in name else f'{name}/float32'}.onnx", name)
    return Eyes(detector_of(params.live), recogniser, params.live, params.ingest)

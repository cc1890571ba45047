"""Small parts of the live page for tests: drawn faces, pictures with faces in them, a model that reads brightness."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper
from PIL import Image

from bhab.curation.chance import generator
from bhab.schema import EMOTIONS, FACE_PX, Emotion
from bhab.synthetic.face_people import draw_person
from bhab.synthetic.face_portrait import portrait
from bhab.synthetic.face_units import draw_units

PARAMS = Path(__file__).parents[1] / "params.yaml"
GREY = 110  # of what is around faces


def drawn(name, emotion=Emotion.HAPPY):
    """A face of the embedded corpus, (48, 48)."""
    rng = generator(name, "live")
    return portrait(draw_person(name, rng), draw_units(emotion, rng, clear=True), rng)


def scene(*faces, size=(480, 640)):
    """A grey picture with `faces`: (picture, x, y, side)."""
    picture = np.full(size, GREY, np.uint8)
    for face, x, y, side in faces:
        picture[y : y + side, x : x + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
    return picture


def encoded(picture, name="JPEG", **options):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format=name, **options)
    return file.getvalue()


def announced(width_px, height_px):
    """A PNG that announces a size, and ends early."""
    out = b"\x89PNG\r\n\x1a\n"
    for chunk in (b"IHDR" + struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0), b"IDAT" + zlib.compress(b"0")):
        out += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return out


def model(emotions=EMOTIONS, shape=(1, FACE_PX, FACE_PX)):
    """ONNX in the form of stage publish: the brighter a face, the later in the alphabet its emotion."""
    n = int(np.prod(shape))
    levels = np.linspace(0, 1, len(emotions))  # the mean level at which each emotion is most probable
    weights = np.tile(60 * levels / n, (n, 1)).astype(np.float32)  # 30 * (2 m x - m^2) is highest where m = x
    bias = (-30 * levels**2).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["faces"], ["flat"]), helper.make_node("Gemm", ["flat", "w", "b"], ["logits"])],
        "made",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["batch", *shape])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(emotions)])],
        [onnx.numpy_helper.from_array(weights, "w"), onnx.numpy_helper.from_array(bias, "b")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(made, {"emotions": ",".join(emotions)} if emotions else {})
    return made.SerializeToString()


def plain(emotion):
    """A face without detail that `model` takes for `emotion`, (48, 48)."""
    return np.full((FACE_PX, FACE_PX), round(255 * EMOTIONS.index(emotion) / (len(EMOTIONS) - 1)), np.uint8)

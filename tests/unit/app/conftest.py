from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from live_parts import GREY, PARAMS, model

from bhab.app.engine import Engine
from bhab.app.house import House
from bhab.app.server import make_app
from bhab.app.talker import Talker
from bhab.audio.listener import Listener
from bhab.audio.probe import measures
from bhab.config import load_params
from bhab.schema import EMOTIONS
from bhab.vision.detect import Box
from bhab.vision.predict import Eyes
from bhab.vision.recognise import load_recogniser

AGREED = {"agreed": True}


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self):
        return self.now


def squares(picture):
    """A detector for even squares on GREY: a box for each row of columns that differ from it."""
    if (picture == GREY).all():
        return []
    columns = np.flatnonzero((picture != GREY).any(axis=0))
    boxes = []
    for part in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
        rows = np.flatnonzero((picture[:, part] != GREY).any(axis=1))
        boxes.append(Box(float(part[0]), float(rows[0]), float(len(part)), float(len(rows))))
    return boxes


def reply(emotion, words):
    """Two sentences, in the place of the feedback model."""
    return f"{emotion}। {words or 'ok'}।"


def sound(text, emotion):
    """A second of sound, in the place of a voice."""
    return np.full(16_000, len(text) + EMOTIONS.index(emotion), np.int16)


@pytest.fixture(scope="session")
def eyes(tmp_path_factory):
    path: Path = tmp_path_factory.mktemp("card") / "made.onnx"
    path.write_bytes(model())
    params = load_params(PARAMS)
    live = params.live.model_copy(update={"frame_px": 640, "margin": 0.0})
    return Eyes(squares, load_recogniser(path, "made"), live, params.ingest)


@pytest.fixture
def engine(eyes):
    n = len(measures(np.arange(16_000, dtype=np.int16)))  # all weights are 0: the bias decides
    deaf = Listener(
        emotions=list(EMOTIONS),
        trained_on=1,
        known=[True] * 7,
        mean=[0.0] * n,
        spread=[1.0] * n,
        weights=[[0.0] * n] * 7,
        bias=[5.0 * (emotion == "fear") for emotion in EMOTIONS],
    )
    return Engine(eyes, Talker(reply, sound, 8), deaf)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def house(engine, tmp_path, clock):
    about = {"model": "made", "voice": "made", "max_bytes": engine.eyes.ingest.max_bytes}
    return House(engine, about, tmp_path / "live", clock)


@pytest.fixture
def stranger(house):
    """Someone who has not agreed to anything."""
    with TestClient(make_app(house, ["testserver"])) as client:
        yield client


@pytest.fixture
def page(stranger):
    """Someone who has."""
    stranger.headers["x-client"] = stranger.post("/api/start", json=AGREED).json()["client"]
    return stranger

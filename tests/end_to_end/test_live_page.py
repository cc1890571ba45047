"""`bhab live` as a person meets it: headless Chromium, a fake camera that shows drawn faces, a fake microphone."""

import json
import os
import shutil
import subprocess
import sys

import av
import numpy as np
import pytest
import soundfile
from chromium import Chromium
from live_parts import announced, drawn, encoded, scene

from bhab.audio.voice import Voice, speak
from bhab.schema import EMOTIONS

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")

FRAMES = 60  # of each look, at 30 a second
BENGALI = r"[\u0980-\u09ff]"
ONE_CLICK = "document.getElementById('agree').click(), document.getElementById('{}').click()"


@pytest.fixture(scope="module")
def camera(tmp_path_factory):
    """The flags of a camera that sees two people, and of a microphone that hears one."""
    folder = tmp_path_factory.mktemp("camera")
    looks = [
        scene((drawn("a", emotion), 180, 100, 260), (drawn("b"), 480, 20, 130))
        for emotion in ("happy", "sad", "surprise")
    ]
    colour = [np.repeat(look[:, :, np.newaxis], 3, axis=2) for look in looks]  # as cameras give them
    (folder / "camera.mjpeg").write_bytes(b"".join(encoded(look) * FRAMES for look in colour))
    spoken = speak("আজ সারা দিন বৃষ্টি হচ্ছে।", Voice("f2", 150, 50, 50))
    soundfile.write(folder / "voice.wav", spoken, 16_000)
    return (
        f"--use-file-for-fake-video-capture={folder / 'camera.mjpeg'}",
        f"--use-file-for-fake-audio-capture={folder / 'voice.wav'}",
    )


@pytest.fixture(scope="module")
def url(tiny, tmp_path_factory):
    """The address of the page, served from a finished run."""
    command = [sys.executable, "-c", "from bhab.cli import run; run()", "live", "--port", "0"]
    keep = tmp_path_factory.mktemp("keep")
    environ = os.environ | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [*command, "--keep", str(keep)], cwd=tiny, stdout=subprocess.PIPE, text=True, env=environ
    ) as server:
        yield server.stdout.readline().split()[0]
        assert server.poll() is None  # whatever was asked of it, it lives on
        server.terminate()


@pytest.fixture
def page(url, camera, tmp_path):
    browser = Chromium(tmp_path / "profile", url, flags=camera)
    yield browser
    browser.close()


def test_from_camera_to_voice(page, url):
    page.wait("document.readyState === 'complete'")
    assert page.evaluate("document.getElementById('camera').disabled")
    page.evaluate(ONE_CLICK.format("camera"))
    text = page.wait("document.body.dataset.text")
    assert page.evaluate(f"/^{BENGALI}/.test(document.getElementById('reply').textContent)"), text
    page.wait("document.body.dataset.spoken")
    page.evaluate("document.getElementById('mic').click()")
    page.wait("JSON.parse(document.body.dataset.times).hear")
    assert page.evaluate("document.body.dataset.emotion") in EMOTIONS
    assert page.evaluate("document.querySelectorAll('#bars tr').length") == len(EMOTIONS)
    times = json.loads(page.evaluate("document.body.dataset.times"))
    assert times.keys() >= {"decode", "detect", "recognise", "smooth", "reply", "speak", "text", "audio"}
    page.resize(390, 844)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # nothing sticks out of a phone
    assert [address for address in page.requests() if not address.startswith((url, "blob:", "data:"))] == []
    assert [e for e in page.events if e.get("method") == "Runtime.exceptionThrown"] == []


def test_a_video_file_is_watched(page, tmp_path):
    with av.open(str(tmp_path / "film.webm"), "w") as film:
        stream = film.add_stream("libvpx", rate=10, width=640, height=480, pix_fmt="yuv420p")
        look = np.repeat(scene((drawn("a"), 180, 100, 260))[:, :, np.newaxis], 3, axis=2)
        for _ in range(30):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(look, format="rgb24")))
        film.mux(stream.encode(None))
    page.wait("document.readyState === 'complete'")
    page.evaluate("document.getElementById('agree').click()")
    page.choose("#video", tmp_path / "film.webm")
    assert page.wait("document.body.dataset.emotion") in EMOTIONS
    assert page.wait("document.body.dataset.text")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"hello", "No picture that can be taken: first bytes b'hello'", id="not an image"),
        pytest.param(announced(20_000, 20_000), "a PNG far beyond 40000000 pixels", id="20,000 x 20,000 pixels"),
        pytest.param(encoded(scene()), "No face found in a picture of 640 x 480 pixels", id="no face"),
        pytest.param(None, "200,000,000 bytes, expected at most 20,000,000", id="200 MB"),
    ],
)
def test_bad_uploads_are_explained_on_the_page(page, tmp_path, content, message):
    path = tmp_path / "upload.png"
    path.write_bytes(bytes(200_000_000) if content is None else content)
    page.wait("document.readyState === 'complete'")
    page.evaluate("document.getElementById('agree').click()")
    page.choose("#picture", path)
    assert message in page.wait("document.getElementById('message').textContent")

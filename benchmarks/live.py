"""Claim: on one core, a frame of the live page becomes a sentence within 60 ms and sound within 200 ms, at the median.

And ten minutes of frames, ten a second, do not make it grow. Server and client share one core and talk over HTTP, as
the page does: from the JPEG of a frame to the answer that holds a sentence, and to the sound of its first sentence.
Nothing is answered from memory (`replies_kept: 0`). Frames are 640 x 480 with two drawn faces that move; the look
changes every five seconds of the frames' own clock, which runs as fast as the machine can follow.

Beside it, in the same run, what the same steps take done plainly: the detector on the frame as it is, each face asked
by itself, eSpeak NG started anew for the whole reply.

    python benchmarks/live.py --workspace . --date 2026-01-31

WORKSPACE holds models/ and reports/ of a finished run.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import uvicorn
from machine import machine
from numpy.typing import NDArray

from bhab.app.engine import Engine
from bhab.app.house import House
from bhab.app.server import listen, make_app
from bhab.app.talker import load_talker
from bhab.audio.listener import read_listener
from bhab.audio.voice import EspeakSpeaker, Voice
from bhab.config import Params, load_params
from bhab.curation.chance import generator
from bhab.schema import FACES, Emotion
from bhab.store import pixels, read_table, write_json
from bhab.vision.predict import Eyes, load_eyes

RESULTS = Path(__file__).parent / "results" / "live.json"
PERIOD_S = 0.1  # ten frames a second
FRAMES = 6000  # ten minutes of them
WARM_UP = 600
LOOK = 50  # frames of one look
PLACES = 10  # where the face is while it moves
PLAIN = 100  # frames that are done plainly
SALT = "bhab-live-bench-1"


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--model", default=None)
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before any thread is started: they inherit it
    cv2.setNumThreads(1)
    params = load_params(args.params)
    params = params.model_copy(update={"live": params.live.model_copy(update={"replies_kept": 0})})
    load_before = os.getloadavg()[0]
    eyes = load_eyes(args.model, args.workspace / "reports/card", params)
    talker, voice = load_talker(args.workspace / "models", args.workspace / "reports/metrics/voice.json", params)
    engine = Engine(eyes, talker, read_listener(args.workspace / "models/listener.json"))
    looks = film(args.workspace)
    results = {
        "date": args.date,
        "machine": machine() | {"cores_used": 1},
        "model": eyes.recogniser.name,
        "voice": voice,
        **watch(engine, looks, args.frames),
        "plainly": plainly(eyes, talker.reply, params, looks),
        "load": {"before": load_before, "after": os.getloadavg()[0]},
    }
    print(json.dumps(results, indent=2))
    write_json(results, RESULTS)


def film(workspace: Path) -> list[list[bytes]]:
    """Return looks, each a list of JPEGs in which a face of the workspace moves and another one stays."""
    faces = read_table(workspace / "data/interim/faces", FACES)
    images, emotions = pixels(faces["image"], (48, 48)), np.array(faces["emotion"].to_pylist())
    rng = generator("film", SALT)
    looks = []
    for emotion in [*Emotion] * 3:
        ours, other = rng.choice(np.flatnonzero(emotions == emotion)), rng.integers(len(images))
        looks.append([_frame(images[ours], images[other], 160 + 12 * place) for place in range(PLACES)])
    return looks


def _frame(near: NDArray[np.uint8], far: NDArray[np.uint8], x: int) -> bytes:
    picture = np.full((480, 640), 110, np.uint8)
    picture[110:350, x : x + 240] = cv2.resize(near, (240, 240), interpolation=cv2.INTER_CUBIC)
    picture[30:150, 510:630] = cv2.resize(far, (120, 120), interpolation=cv2.INTER_CUBIC)
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    encoded: bytes = cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
    return encoded


def watch(engine: Engine, looks: Sequence[Sequence[bytes]], frames: int) -> dict[str, object]:
    """Return the times of each stage and of the whole, and the memory that it took, over `frames` frames."""
    ms: dict[str, list[float]] = {}
    rss_mib = []
    now_s = [0.0]
    with served(engine, lambda: now_s[0]) as client:
        for number in range(WARM_UP + frames):
            if number == WARM_UP:
                ms.clear()
            if number >= WARM_UP and (number - WARM_UP) % max(1, frames // 10) == 0:
                rss_mib.append(rss())
            now_s[0] += PERIOD_S
            look = looks[number // LOOK % len(looks)]
            for stage, passed in one_frame(client, look[number % PLACES]).items():
                ms.setdefault(stage, []).append(passed)
        rss_mib.append(rss())
    return {
        "frames": frames,
        "ms": {stage: summary(values) for stage, values in ms.items()},
        "rss_mib": {"after_warm_up": rss_mib[0], "at_the_end": rss_mib[-1], "all": rss_mib},
    }


def one_frame(client: httpx.Client, content: bytes) -> dict[str, float]:
    """Return the milliseconds of each stage of one frame, and of all of them if something was said."""
    start = time.perf_counter()
    answer = client.post("/api/frame", content=content).raise_for_status().json()
    whole = 1000 * (time.perf_counter() - start)
    ms = {stage: passed for stage, passed in answer["ms"].items() if stage != "reply"} | {"frame_to_answer": whole}
    if answer["say"] is None:
        return ms
    spoken = client.get(f"/api/speech/{answer['say']['number']}/0").raise_for_status()
    heard = 1000 * (time.perf_counter() - start)
    speak = float(spoken.headers["server-timing"].partition("dur=")[2])
    return ms | {"reply": answer["ms"]["reply"], "speak": speak, "frame_to_text": whole, "frame_to_first_audio": heard}


@contextmanager
def served(engine: Engine, clock: Callable[[], float]) -> Iterator[httpx.Client]:
    """Give a client of the page, which is served by a thread of this process."""
    house = House(engine, {}, Path("nowhere"), clock)
    with listen("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(make_app(house, ["127.0.0.1"]), log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
                client.headers["x-client"] = client.post("/api/start", json={"agreed": True}).json()["client"]
                yield client
        finally:
            server.should_exit = True
            thread.join()


def plainly(eyes: Eyes, reply: Any, params: Params, looks: Sequence[Sequence[bytes]]) -> dict[str, object]:  # noqa: ANN401 - lru_cache's
    """Return the times of the same steps without what makes them fast."""
    plain = replace(eyes, live=eyes.live.model_copy(update={"frame_px": 640}))
    speaker = EspeakSpeaker(
        Voice(params.speak.variant, params.speak.words_per_minute, params.speak.pitch, params.speak.pitch_range)
    )
    ms: dict[str, list[float]] = {"detect": [], "recognise": [], "speak": [], "frame_to_text": [], "frame_to_audio": []}
    for number in range(PLAIN):
        start = time.perf_counter()
        colour = cv2.imdecode(np.frombuffer(looks[number % len(looks)][0], np.uint8), cv2.IMREAD_COLOR)
        grey = np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        decoded = time.perf_counter()
        boxes = plain.find(grey, 640)
        detected = time.perf_counter()
        seen = [plain.recognise(grey, [box])[0] for box in boxes]
        recognised = time.perf_counter()
        if not seen:
            continue
        text = reply(seen[0].emotion, None)
        said = time.perf_counter()
        speaker.speak(text, seen[0].emotion)
        spoken = time.perf_counter()
        for stage, first, last in (
            ("detect", decoded, detected),
            ("recognise", detected, recognised),
            ("speak", said, spoken),
            ("frame_to_text", start, said),
            ("frame_to_audio", start, spoken),
        ):
            ms[stage].append(1000 * (last - first))
    return {"ms": {stage: summary(values) for stage, values in ms.items()}}


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return how many there are, their median and their 95th percentile."""
    return {
        "n": len(values),
        "median": round(float(np.median(values)), 2),
        "p95": round(float(np.quantile(values, 0.95)), 2),
    }


def rss() -> float:
    """Return the memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


if __name__ == "__main__":
    main()

"""The live page over HTTP: one page, its own files, and what it asks of the engine.

Nothing is asked of another host. Frames are posted one by one, so that a slow machine drops frames and queues none.
Nothing of what is posted is stored, except by `keep`, which wants the wording back that the person agreed to.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from fastapi import FastAPI, Request, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bhab import report
from bhab.app.engine import Answer
from bhab.app.house import House
from bhab.app.keep import WORDING, keep, new_code, withdraw
from bhab.app.requests import Json, RefusedError, body_of, json_of, only_from_here, refuse
from bhab.curation.decisions import Drop
from bhab.errors import BhabError, LiveError
from bhab.schema import EMOTIONS, SPEECH_RATE_HZ, Emotion

T = TypeVar("T")

PAGE = Path(__file__).parent / "page"
FONT = Path(report.__file__).parent / "fonts" / "noto-sans-bengali-400.woff2"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
MAX_WORDS = 500  # characters of what someone types
MAX_SOUND_S = 10


def make_app(house: House, hosts: Sequence[str]) -> FastAPI:
    """Return the application; it answers only where it is called by one of the names in `hosts`."""
    seeing, speaking = ThreadPoolExecutor(1), ThreadPoolExecutor(1)  # neither detectors nor PyTorch share well

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        seeing.shutdown()
        speaking.shutdown()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)  # those load scripts from afar
    app.middleware("http")(only_from_here)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.exception_handler(RefusedError)(refuse)
    app.exception_handler(BhabError)(refuse)
    _serve_page(app)
    _serve_people(app, house)
    _serve_gifts(app, house)
    _serve_senses(app, house, seeing)
    _serve_words(app, house, seeing, speaking)
    return app


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any that is free. Raises LiveError if it cannot be had."""
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # Python says the address again
        raise LiveError(f"{host}:{port}: {reason}, expected an address and a port that are free") from error
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # without it an answer waits 40 ms for the ACK
    return listening


def _serve_page(app: FastAPI) -> None:
    def file(content: bytes, kind: str) -> Callable[[], Response]:
        return lambda: Response(content, media_type=kind)

    for path in [*sorted(PAGE.iterdir()), FONT]:
        where = "/" if path.name == "index.html" else f"/{path.name}"
        app.get(where)(file(path.read_bytes(), TYPES[path.suffix]))


def _serve_people(app: FastAPI, house: House) -> None:
    @app.post("/api/start")
    async def start(request: Request) -> Json:
        if (await json_of(request)).get("agreed") is not True:
            raise RefusedError(403, "nothing starts before the notice is agreed to")
        return house.about | {"client": house.enter(), "emotions": EMOTIONS, "wording": WORDING}

    @app.post("/api/stop")
    async def stop(request: Request) -> Json:
        house.leave(request)
        return {}


def _serve_gifts(app: FastAPI, house: House) -> None:
    @app.post("/api/keep")
    async def give(request: Request) -> Json:
        client, asked = house.client(request), await json_of(request)
        if asked.get("wording") != WORDING:
            raise RefusedError(403, "a face is kept only with the consent that this page shows")
        if len(client.faces) != 1:
            raise RefusedError(409, f"{len(client.faces)} faces in view, expected yours alone: nobody else has agreed")
        label, code = asked.get("label"), str(asked.get("code") or new_code())
        if label is not None and label not in EMOTIONS:
            raise RefusedError(422, f"label {label!r:.80}, expected one of {', '.join(EMOTIONS)}, or none")
        signed = (str(asked.get("name") or ""), str(asked.get("date") or ""))
        felt = None if label is None else Emotion(str(label))
        return {"file": keep(house.keep_root, client.faces[0].image, felt, code, signed), "code": code}

    @app.post("/api/withdraw")
    async def delete(request: Request) -> Json:
        house.client(request)
        return {"deleted": withdraw(house.keep_root, str((await json_of(request)).get("code") or ""))}


def _serve_senses(app: FastAPI, house: House, seeing: ThreadPoolExecutor) -> None:
    async def look(request: Request, how: Callable[..., Answer | Drop]) -> Answer:
        client = house.client(request)
        if client.busy:
            raise RefusedError(429, "the frame before is still looked at; send one at a time")
        client.busy = True
        try:
            content = await body_of(request, house.engine.eyes.ingest.max_bytes)
            found = await _in(seeing, lambda: how(client, content, house.clock()))
        finally:
            client.busy = False
        if isinstance(found, Drop):
            raise RefusedError(422, f"no picture that can be taken: {found.detail}")
        return found

    @app.post("/api/frame")
    async def frame(request: Request) -> Answer:
        return await look(request, house.engine.frame)

    @app.post("/api/picture")
    async def picture(request: Request) -> Answer:
        return await look(request, house.engine.picture)

    @app.post("/api/sound")
    async def sound(request: Request) -> Answer:
        client = house.client(request)
        content = await body_of(request, MAX_SOUND_S * SPEECH_RATE_HZ * 2)
        if len(content) % 2:
            raise RefusedError(422, f"{len(content)} bytes of sound, expected an even number: 16-bit PCM")
        pcm = np.frombuffer(content, "<i2").astype(np.int16, copy=False)
        return await _in(seeing, lambda: house.engine.hear(client, pcm, house.clock()))


def _serve_words(app: FastAPI, house: House, seeing: ThreadPoolExecutor, speaking: ThreadPoolExecutor) -> None:
    @app.post("/api/words")
    async def words(request: Request) -> Json:
        client = house.client(request)
        text = str((await json_of(request)).get("text") or "")
        if len(text) > MAX_WORDS:
            raise RefusedError(422, f"{len(text)} characters, expected at most {MAX_WORDS}")
        await _in(seeing, lambda: house.engine.words(client, text))
        return {}

    @app.get("/api/speech/{number}/{part}")
    async def speech(request: Request, number: int, part: int) -> Response:
        client, start = house.client(request), time.perf_counter()
        pcm = await _in(speaking, lambda: house.engine.sound(client, number, part, house.clock()))
        if pcm is None:
            raise RefusedError(404, f"sentence {part} of number {number} is not there, or not any more")
        timing = f"speak;dur={1000 * (time.perf_counter() - start):.1f}"
        content = pcm.astype("<i2").tobytes()
        return Response(content, media_type="application/octet-stream", headers={"Server-Timing": timing})


async def _in(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)

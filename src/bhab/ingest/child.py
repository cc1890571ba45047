"""The process in which files are decoded, and what it may not do.

Once its libraries are loaded it gives up every right it does not need, for good: it can open no file, socket or pipe
beside those it has, write no byte to a disk, leave no core dump, and its data may grow by `max_memory_mb`. While it
looks at an item two clocks run, of processor time and of wall time; at the end of either the kernel ends the process,
in whatever loop of whatever library it is. It ends by itself when its parent is gone.
"""

import io
import json
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image

from bhab.audio.decode import MAX_RATE_HZ
from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.ingest.messages import answer_of, packed, received
from bhab.ingest.rows import COLUMNS, Row
from bhab.schema import FACE_BYTES, FACE_PX, Modality

MIB = 1 << 20
PATIENCE = 30  # seconds by the clock for each of processor time: a machine that busy still gives the same rows
TOO_LATE = 70  # exit status, EX_SOFTWARE of sysexits.h: a fault of this module
STDIN, STDOUT, STDERR = 0, 1, 2
Decoder = Callable[[bytes, IngestConfig], Row | Drop]


def main() -> None:
    """Answer requests from stdin, one answer an item, until it is closed."""
    source, sink = os.fdopen(os.dup(STDIN), "rb"), os.fdopen(os.dup(STDOUT), "wb")
    hello, *_ = received(_take(source))
    told = json.loads(hello)
    config, modality = IngestConfig.model_validate(told["config"]), Modality(told["modality"])
    decode = COLUMNS[modality]
    Image.init()  # one format's reader calls another's: JPEG has TIFF for EXIF, MPO for a second picture
    decode(GOOD[modality](), config)  # and libraries load modules at their first use; later no file can be opened
    _give_up_rights(config.max_memory_mb * MIB)
    answer(source, sink, decode, config)


def answer(source: BufferedReader, sink: BinaryIO, decode: Decoder, config: IngestConfig) -> None:
    """Say that all is ready, then read requests and answer them, until `source` ends."""
    _send(sink, [])
    while source.peek(1):
        for content in received(_take(source)):
            with _clocks(config.max_seconds):
                own = _decoded(content, decode, config)
            _send(sink, answer_of(own))


def _decoded(content: bytes, decode: Decoder, config: IngestConfig) -> Row | Drop:
    try:
        return decode(content, config)
    except MemoryError:
        return Drop("decode_memory", f"needs more than {config.max_memory_mb} MB to decode")
    except Exception as error:  # a decoder may raise anything; the item is a reject, and says so
        return Drop("decode_crashed", f"{type(error).__name__} in the decoder")


class _NoMoreModules(MetaPathFinder):
    """Ends the process where a module is asked for too late: as an OSError it would pass for a damaged file."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse module `name`."""
        raise SystemExit(TOO_LATE)


@contextmanager
def _clocks(max_seconds: float) -> Iterator[None]:
    """Let the kernel end this process if the block takes too long: SIGPROF, SIGALRM."""
    signal.setitimer(signal.ITIMER_PROF, max_seconds)
    signal.setitimer(signal.ITIMER_REAL, 2 * PATIENCE * max_seconds)  # the parent comes first, if there still is one
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _colour_png() -> bytes:
    levels = np.arange(4 * FACE_BYTES * 3, dtype=np.uint8).reshape(2 * FACE_PX, 2 * FACE_PX, 3)
    return cv2.imencode(".png", levels)[1].tobytes()


def _stereo_flac() -> bytes:
    import soundfile

    file = io.BytesIO()
    wave = np.sin(np.arange(MAX_RATE_HZ) / 20)  # (samples,)
    soundfile.write(file, np.stack([wave, wave / 2], axis=1), MAX_RATE_HZ, format="FLAC")
    return file.getvalue()


GOOD = {  # an item that goes all the way through its decoder
    Modality.FACES: _colour_png,
    Modality.TEXTS: lambda: b"a word, 1 < 2",
    Modality.SPEECH: _stereo_flac,
}


def _give_up_rights(max_bytes: int) -> None:
    silent = os.open(os.devnull, os.O_RDWR)
    for shown in (STDIN, STDOUT, STDERR):  # what a library prints may hold anything, and may not mix with answers
        os.dup2(silent, shown)
    os.close(silent)
    warnings.simplefilter("ignore")
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    first_free = os.open(os.devnull, os.O_RDONLY)  # the lowest descriptor there is: all below it are taken
    os.close(first_free)
    sys.meta_path.insert(0, _NoMoreModules())
    limits = {
        resource.RLIMIT_DATA: pages * resource.getpagesize() + max_bytes,
        resource.RLIMIT_NOFILE: first_free,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in limits.items():
        resource.setrlimit(which, (limit, limit))


def _take(source: BufferedReader) -> Callable[[int], bytes]:
    def take(n: int) -> bytes:
        found = source.read(n)
        if len(found) < n:
            raise SystemExit  # the parent is gone
        return found

    return take


def _send(sink: BinaryIO, parts: list[bytes]) -> None:
    sink.write(packed(parts))
    sink.flush()

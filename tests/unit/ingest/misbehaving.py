"""A decoding process whose decoder does what the item says: what a hostile file might make a faulty decoder do."""

import ctypes
import importlib
import os
import socket
import time
from pathlib import Path

import numpy as np

from bhab.curation.decisions import Drop
from bhab.ingest import child
from bhab.schema import Modality


def spin():
    while True:
        pass


def hog():
    return len(bytearray(8 << 30))


def hog_in_small_pieces():
    return [np.empty(16 << 20, np.uint8) for _ in range(512)]  # not touched: that takes processor time


def hog_natively():
    malloc = ctypes.CDLL(None).malloc
    malloc.restype = ctypes.c_void_p
    if malloc(ctypes.c_size_t(8 << 30)) is None:
        os.abort()  # what a library does that never thought of it


def touch(path):
    Path(path).write_text("was here", encoding="utf-8")


def shout():
    os.write(1, b"not an answer")
    os.write(2, b"\x1b[2J")


ACTS = {
    "spin": spin,
    "sleep": lambda: time.sleep(1e6),
    "hog": hog,
    "hog in small pieces": hog_in_small_pieces,
    "hog natively": hog_natively,
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "raise": lambda: {}["no such key"],
    "read": lambda: Path("/etc/hostname").read_bytes(),
    "connect": socket.socket,
    "shout": shout,
    "forge": lambda: os.write(4, b"\xff" * 64),  # where the answers go
    "import": lambda: importlib.import_module("this"),
}


def decode(content, _):
    said = content.decode("latin-1")
    act, _, argument = said.partition(" ")
    if act == "touch":
        touch(argument)
    elif said in ACTS:
        ACTS[said]()
    elif act == "drop":
        return Drop("image_blank", argument)
    return {"image": content, "brightness": 0.1 + 0.2, "colour": None}


child.COLUMNS = dict.fromkeys(Modality, decode)
child.main()

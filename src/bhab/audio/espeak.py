"""The process that speaks: JSON lines on stdin, one frame of sound for each on stdout. Standard library only.

eSpeak NG keeps state from sentence to sentence (its noise, its phases), so the same sentence sounds different the
second time. Here each sentence is spoken by a forked child of a process that has loaded the library and said nothing.
It is safe to fork, for it has one thread and imports nothing that starts another.

eSpeak NG is GPL-3.0. It is loaded here, at run time, in a process of its own; nothing of it is part of this package.

A frame: status (int32, 0: spoken) and length in bytes (uint32), little endian; then PCM, int16 mono at RATE_HZ, or
the reason as UTF-8.
"""

import ctypes
import json
import os
import signal
import struct
import sys
from pathlib import Path

RATE_HZ = 22_050  # of eSpeak NG's synthesiser
FRAME = struct.Struct("<iI")
SPOKEN, FAILED = 0, 1
SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS of speak_lib.h: sound comes back through the callback
UTF8 = 1  # espeakCHARS_UTF8
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4  # espeakRATE, espeakVOLUME, espeakPITCH, espeakRANGE
HEADROOM = 60  # volume; at the default of 100 the louder variants clip
PATIENCE_S = 60  # a sentence takes milliseconds; a child that hangs is ended

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def load() -> tuple[ctypes.CDLL, Path]:
    """Return the library, started, and the folder of its data. Raises ImportError or OSError if it is not there."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = Path(espeakng_loader.get_data_path())
    rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, str(data).encode(), 0)
    if rate_hz != RATE_HZ:
        raise OSError(f"espeak_Initialize gave {rate_hz}, expected {RATE_HZ}")
    return library, data


def say(library: ctypes.CDLL, request: dict[str, str | int]) -> bytes:
    """Return one sentence as PCM. To be called once in the life of a process."""
    chunks: list[bytes] = []

    def keep(samples: object, count: int, _events: object) -> int:
        if count > 0:
            chunks.append(ctypes.string_at(samples, 2 * count))  # type: ignore[arg-type] # a pointer to short
        return 0

    callback = Callback(keep)
    library.espeak_SetSynthCallback(callback)
    library.espeak_ng_SetRandSeed(ctypes.c_long(1))
    library.espeak_SetVoiceByName(f"bn+{request['variant']}".encode())
    library.espeak_SetParameter(RATE, request["words_per_minute"], 0)
    library.espeak_SetParameter(VOLUME, HEADROOM, 0)
    library.espeak_SetParameter(PITCH, request["pitch"], 0)
    library.espeak_SetParameter(RANGE, request["pitch_range"], 0)
    text = str(request["text"]).replace("\0", " ").encode() + b"\0"
    library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, UTF8, None, None)
    return b"".join(chunks)


def answer(status: int, content: bytes) -> None:
    """Write one frame."""
    sys.stdout.buffer.write(FRAME.pack(status, len(content)) + content)
    sys.stdout.buffer.flush()


def serve() -> None:
    """Answer each line of stdin, in order."""
    try:
        library, data = load()
    except (ImportError, OSError) as error:
        for _ in sys.stdin.buffer:
            answer(FAILED, f"eSpeak NG cannot be loaded ({error})".encode())
        return
    variants = {path.name for path in (data / "voices" / "!v").iterdir()}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["variant"] not in variants:
            answer(FAILED, f"eSpeak NG has no voice variant {request['variant']!r}".encode())
            continue
        child = os.fork()
        if child == 0:
            signal.alarm(PATIENCE_S)
            answer(SPOKEN, say(library, request))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            answer(FAILED, f"eSpeak NG ended with status {status}".encode())


if __name__ == "__main__":
    serve()

"""eSpeak NG that is ready: the voice of bhab.audio.voice with its process kept open from sentence to sentence.

What it says is the same to the byte, for each sentence is still spoken by a fork of a process that has said nothing.
"""

import json
import subprocess
import sys
import weakref
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bhab.audio import espeak
from bhab.audio.pcm import to_pcm
from bhab.audio.voice import Voice, as_loud_as, in_manner, sound_of
from bhab.errors import VoiceError
from bhab.schema import Emotion


class WarmSpeaker:
    """eSpeak NG, in the manner of the emotion; for one thread."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._start()

    def speak(self, text: str, emotion: Emotion) -> NDArray[np.int16]:
        """Return `text` as sound, shape (samples,), 16 kHz. Raises VoiceError if it cannot be said."""
        request = json.dumps({"text": text, **asdict(in_manner(self._voice, emotion))})
        try:
            self._in.write(request.encode() + b"\n")
            self._in.flush()
            status, length = espeak.FRAME.unpack(self._take(espeak.FRAME.size))
            content = self._take(length)
        except (OSError, VoiceError) as error:
            self._end()
            self._start()
            raise VoiceError(f"{text[:60]!r}: eSpeak NG ended before it was said") from error
        return to_pcm(as_loud_as(emotion, sound_of(text, status, content)))

    def _start(self) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own file, run by our own Python
            [sys.executable, "-I", str(Path(espeak.__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        if process.stdin is None or process.stdout is None:
            raise VoiceError("a process without pipes, expected two")
        self._process, self._in, self._out = process, process.stdin, process.stdout
        self._end = weakref.finalize(self, _end, process)

    def _take(self, n: int) -> bytes:
        found = self._out.read(n)
        if len(found) < n:
            raise VoiceError("eSpeak NG has ended")
        return found


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    with suppress(BrokenPipeError), process:  # closes its pipes, what is unsent is lost; waits for it
        pass

"""Decoding in a process of its own, which can be killed: whatever a hostile file does to it costs that file alone.

`Guard.decode` sends encoded items to a child (bhab.ingest.child) and reads one answer an item. If the child dies or
stays silent, the item it was at becomes a reject, and the next one goes to a new child:

decode_timeout   it needed more processor time than `max_seconds`, or PATIENCE times as much by the clock
decode_memory    it needed more memory than `max_memory_mb`
decode_crashed   it ended the process: a fault in a native decoder; or raised an error no decoder should

The child is started by the operating system from nothing, not forked: a runner has threads, and a fork of threads may
hang. It is in a session of its own, so that Ctrl-C is the parent's alone to handle.
"""

import json
import os
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.errors import DecoderError
from bhab.ingest import child
from bhab.ingest.messages import packed, read_answer, received
from bhab.ingest.rows import Row
from bhab.schema import Modality

COMMAND = (sys.executable, "-c", f"from {child.__name__} import main; main()")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # else each would reserve memory
REQUEST_BYTES = 4 << 20  # of content at once: some thousand faces, some ten clips, or one item of any size
CHUNK_BYTES = 1 << 16  # what a pipe holds
START_S = 120  # to load the libraries, on a machine however busy
END_S = 10  # from the end of its answers to that of the process
TIMEOUTS = {signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU}


class _LostError(Exception):
    """The child is dead, or as good as dead; `drop` is what becomes of the item it was at."""

    def __init__(self, drop: Drop) -> None:
        super().__init__(drop.detail)
        self.drop = drop


class Guard:
    """Decodes the items of one source; starts a child when there is something to decode."""

    def __init__(self, modality: Modality, config: IngestConfig) -> None:
        self._modality, self._config = modality, config
        self._child: _Child | None = None

    def decode(self, contents: Iterable[bytes | Drop]) -> Iterator[Row | Drop]:
        """Yield what each item is decoded to, in order; one that is dropped already stays so.

        Raises DecoderError if no child can be started.
        """
        for group in _groups(contents):
            answers = self._answers([content for content in group if isinstance(content, bytes)])
            yield from (content if isinstance(content, Drop) else next(answers) for content in group)

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _answers(self, contents: Sequence[bytes]) -> Iterator[Row | Drop]:
        done = 0
        try:
            while done < len(contents):
                try:
                    asked = self._running()
                    asked.send(contents[done:])
                    while done < len(contents):
                        own = asked.answer()
                        done += 1
                        yield own
                except _LostError as lost:
                    self.close()
                    done += 1
                    yield lost.drop
        finally:
            if done < len(
                contents
            ):  # nobody waits for the other answers: they may not be taken for those of other items
                self.close()

    def _running(self) -> "_Child":
        if self._child is None or not self._child.alive():
            self.close()
            self._child = _Child(self._modality, self._config)
        return self._child


class _Child:
    """One process, from its start to its end."""

    def __init__(self, modality: Modality, config: IngestConfig) -> None:
        self._config, self._unread = config, bytearray()
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=os.environ | ONE_THREAD,
            start_new_session=True,
        )
        self.end = weakref.finalize(self, _end, self._process)  # also when it is forgotten, and at exit
        self._in, self._out = (_descriptor(pipe) for pipe in (self._process.stdin, self._process.stdout))
        os.set_blocking(self._in, False)
        try:
            self._write(packed([json.dumps({"modality": modality, "config": config.model_dump()}).encode()]), START_S)
            received(lambda n: self._take(n, START_S))
        except _LostError as lost:
            raise DecoderError(f"{' '.join(COMMAND)}: {lost}, before its first item; expected it to be ready") from lost

    def alive(self) -> bool:
        """Return whether it still runs."""
        return self._process.poll() is None

    def send(self, contents: Sequence[bytes]) -> None:
        """Send items; it answers in their order."""
        self._write(packed(contents), self._patience_s)

    def answer(self) -> Row | Drop:
        """Return what became of the next item."""
        try:
            return read_answer(received(lambda n: self._take(n, self._patience_s)))
        except (ValueError, TypeError, KeyError) as error:
            raise _LostError(Drop("decode_crashed", "the decoder gave no answer that can be read")) from error

    @property
    def _patience_s(self) -> float:
        return child.PATIENCE * self._config.max_seconds

    def _write(self, message: bytes, patience_s: float) -> None:
        rest = memoryview(message)
        while rest:
            self._wait(self._in, select.POLLOUT, patience_s)
            try:
                rest = rest[os.write(self._in, rest[:CHUNK_BYTES]) :]
            except BrokenPipeError as error:
                raise self._dead() from error

    def _take(self, n: int, patience_s: float) -> bytes:
        if n > self._config.max_memory_mb * child.MIB:
            raise _LostError(Drop("decode_crashed", f"the decoder announces an answer of {n} bytes"))
        while len(self._unread) < n:
            self._wait(self._out, select.POLLIN, patience_s)
            found = os.read(self._out, CHUNK_BYTES)
            if not found:
                raise self._dead()
            self._unread += found
        taken = bytes(self._unread[:n])
        del self._unread[:n]
        return taken

    def _wait(self, pipe: int, event: int, patience_s: float) -> None:
        """Return when something can be read or written, or the other end is closed."""
        poll = select.poll()
        poll.register(pipe, event)
        if not poll.poll(1000 * patience_s):
            raise _LostError(Drop("decode_timeout", f"silent for {patience_s:g} s"))

    def _dead(self) -> _LostError:
        """Return why the child ended."""
        try:
            status = self._process.wait(END_S)
        except subprocess.TimeoutExpired:  # it closed its pipe, and that is all
            self._process.kill()
            status = self._process.wait()
        limit_s, limit_mb = self._config.max_seconds, self._config.max_memory_mb
        if -status in TIMEOUTS:
            return _LostError(Drop("decode_timeout", f"needs more than {limit_s:g} s of processor time to decode"))
        if -status == signal.SIGKILL:
            return _LostError(Drop("decode_memory", f"killed within {limit_mb} MB: the machine was out of memory"))
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return _LostError(Drop("decode_crashed", f"the decoder ended with {how}"))


def _groups(contents: Iterable[bytes | Drop]) -> Iterator[list[bytes | Drop]]:
    """Yield the items in groups of at least REQUEST_BYTES; only one group is in memory."""
    group: list[bytes | Drop] = []
    n_bytes = 0
    for content in contents:
        group.append(content)
        n_bytes += len(content) if isinstance(content, bytes) else 0
        if n_bytes >= REQUEST_BYTES:
            yield group
            group, n_bytes = [], 0
    yield group


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise DecoderError("a process without pipes, expected two")
    return pipe.fileno()


def _end(process: "subprocess.Popen[bytes]") -> None:
    with process:  # closes its pipes, waits for it
        process.kill()

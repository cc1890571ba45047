"""Errors a caller may want to catch, and the one way a command ends when one is raised.

BhabError
├── ParamsError             params.yaml does not fit the configuration classes
├── SourceLayoutError       a raw corpus on disk does not have the layout its adapter documents
├── DecoderError            the process that decodes raw files cannot be started
├── UnknownSourceError      an adapter key that bhab.sources does not know
├── TableError              a table on disk is missing, or not what bhab.schema declares
├── ContractError           a validated table breaks an expectation
├── GateError               a gate whose severity is stop did not pass
├── LabelMapError           an artefact's class names are not the ones this package was built for
├── ClaimError              a claim, or a table typed in for an audit, cannot be read or does not hold
├── AnnotationError         an export from Label Studio cannot be read, or its server does not answer
├── ReplyError              the feedback model is asked what it cannot answer
├── LiveError               the live page cannot be served, or is asked to store a face without a proper consent
└── VoiceError              the speech synthesiser cannot say a sentence
"""

import errno
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import NoReturn

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130  # 128 + SIGINT, what a shell reports for Ctrl-C


class BhabError(Exception):
    """Base of all errors this package raises on purpose; the message is one sentence for a person."""


class ParamsError(BhabError):
    """params.yaml does not fit the configuration classes."""


class SourceLayoutError(BhabError):
    """A raw corpus on disk does not have the layout its adapter documents."""


class DecoderError(BhabError):
    """The process that decodes raw files cannot be started."""


class UnknownSourceError(BhabError):
    """A source names an adapter that does not exist."""


class TableError(BhabError):
    """A table on disk is missing, or not what bhab.schema declares."""


class ContractError(BhabError):
    """A table breaks an expectation of its suite."""


class GateError(BhabError):
    """A gate whose severity is stop did not pass."""


class LabelMapError(BhabError):
    """An artefact's class names are not the ones this package was built for."""


class ClaimError(BhabError):
    """A claim, or a table typed in for an audit, cannot be read, or does not hold."""


class AnnotationError(BhabError):
    """An export from Label Studio cannot be read, or its server does not answer as documented."""


class ReplyError(BhabError):
    """The feedback model is asked what it cannot answer, or is not there."""


class LiveError(BhabError):
    """The live page cannot be served, or is asked to store a face without a proper consent."""


class VoiceError(BhabError):
    """The speech synthesiser cannot say a sentence."""


@contextmanager
def clear_exit() -> Iterator[None]:
    """Turn an expected failure of a command into one sentence on stderr and a non-zero exit status.

    Expected are BhabError, a full or unreadable disk, and Ctrl-C. Anything else is a bug and keeps its traceback.
    """
    try:
        with _ctrl_c_comes_through():
            yield
    except BhabError as error:
        _leave(str(error), EXIT_FAILED)
    except OSError as error:
        where = error.filename or "the output folder"
        if error.errno == errno.ENOSPC:
            _leave(
                f"{where}: no space left on the disk; nothing half-written was kept, free some and run again",
                EXIT_FAILED,
            )
        if error.errno in {
            errno.ENOENT,
            errno.EACCES,
            errno.EROFS,
            errno.ENOTDIR,
            errno.EISDIR,
            errno.EDQUOT,
        }:
            _leave(f"{where}: {error.strerror}", EXIT_FAILED)
        raise
    except KeyboardInterrupt:
        exec("")  # noqa: S102 - Python that was stopped inside an exec would end by the signal, not with a status
        _leave("stopped by Ctrl-C; nothing half-written was kept, run again to go on", EXIT_INTERRUPTED)


@contextmanager
def _ctrl_c_comes_through() -> Iterator[None]:
    """Raise KeyboardInterrupt after Ctrl-C, whatever a library made of it: Beam raises a RuntimeError."""
    pressed = False

    def press(_number: int, _frame: FrameType | None) -> NoReturn:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or current_thread() is not main_thread():
        yield
        return
    signal.signal(signal.SIGINT, press)
    try:
        yield
    except Exception:
        if pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(sentence: str, status: int) -> None:
    sys.stderr.write(f"bhab: {sentence}\n")
    raise SystemExit(status)

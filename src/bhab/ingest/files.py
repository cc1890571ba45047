"""What comes from a stranger's folder: a file's bytes, taken with care, and names that are safe to show."""

import os
import unicodedata
from pathlib import Path

from bhab.curation.decisions import Drop

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of what is obeyed, not shown: escapes of terminals, bidi controls
JOINERS = "\u200c\u200d"  # of category Cf too, but part of how Bengali words are written


def read_file(path: Path, root: Path, max_bytes: int) -> bytes | Drop:
    """Return the bytes of a plain file, or why it is not read: a device, a pipe, too large, a link out of `root`."""
    try:
        if path.is_symlink():
            path = Path(os.path.realpath(path))
            if not path.is_relative_to(os.path.realpath(root)):
                return Drop("link_outside", "a link that leads out of the corpus, expected a file in it")
        if not path.is_file():  # also a link that leads nowhere, and a pipe that would block
            return Drop("file_missing", "not a file, expected one")
        with path.open("rb") as file:
            n_bytes = os.fstat(file.fileno()).st_size
            if n_bytes > max_bytes:
                return Drop("file_too_large", f"{n_bytes} bytes, expected at most {max_bytes}")
            return file.read(n_bytes)
    except OSError as error:
        return Drop("file_missing", f"cannot be read: {error.strerror}")


def printable(text: str) -> str:
    """Return `text` with what a terminal or a page would obey instead of show as an escape."""
    if text.isprintable():
        return text
    return "".join(c.encode("unicode_escape").decode() if _unseen(c) else c for c in text)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN and character not in JOINERS

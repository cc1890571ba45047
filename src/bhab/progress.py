"""Progress of long work: a bar on a terminal, plain lines elsewhere, on stderr."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")

PLAIN_LINES = 5  # lines a log gets for one loop, whatever its length


def progress(items: Iterable[T], total: int, what: str, *, plain: bool = False) -> Iterator[T]:
    """Yield `items` and show how many of `total` are done; `plain`: in lines everywhere, as two bars cannot be."""
    if sys.stderr.isatty() and not plain:
        yield from track(items, total=total, description=what, console=Console(stderr=True))
        return
    step = max(1, -(-total // PLAIN_LINES))
    for done, item in enumerate(items, start=1):
        yield item
        if done % step == 0 or done == total:
            sys.stderr.write(f"{what}: {done} of {total}\n")
            sys.stderr.flush()

"""What a decoding process and its parent say to each other: lists of byte strings, each with its length.

A row travels as JSON, its binary values after it, and never as a pickle: what a decoder that was taken over sends can
be wrong, but it runs nothing.
"""

import json
import struct
from collections.abc import Callable, Sequence

from bhab.curation.decisions import Drop
from bhab.ingest.rows import Row

NUMBER = struct.Struct("<I")


def packed(parts: Sequence[bytes]) -> bytes:
    """Return a message of `parts`."""
    return b"".join([NUMBER.pack(len(parts)), *(NUMBER.pack(len(part)) for part in parts), *parts])


def received(take: Callable[[int], bytes]) -> list[bytes]:
    """Return the parts of the next message; `take(n)` returns the next n bytes."""
    (n,) = NUMBER.unpack(take(NUMBER.size))
    lengths = [length for (length,) in NUMBER.iter_unpack(take(NUMBER.size * n))]
    return [take(length) for length in lengths]


def answer_of(own: Row | Drop) -> list[bytes]:
    """Return the parts that say what became of one item."""
    if isinstance(own, Drop):
        return [json.dumps({"reason": own.reason, "detail": own.detail}).encode()]
    binary = {name: value for name, value in own.items() if isinstance(value, bytes)}
    plain = {name: value for name, value in own.items() if name not in binary}
    return [json.dumps({"binary": list(binary), "plain": plain}).encode(), *binary.values()]


def read_answer(parts: Sequence[bytes]) -> Row | Drop:
    """Return what `answer_of` was given. Raises ValueError, TypeError or KeyError for parts that are no answer."""
    head, *values = parts
    told = json.loads(head)
    if "reason" in told:
        return Drop(str(told["reason"]), str(told["detail"]))
    return {**told["plain"], **dict(zip(told["binary"], values, strict=True))}

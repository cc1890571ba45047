"""Which corpus a text comes from, where one source was put together of several."""

import re
from collections.abc import Sequence

KEY = re.compile(r"([\w.]+)-.+")  # NAME-NUMBER
MAX_NAMES = 20  # more are no corpora but, say, persons


def origins(sources: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return the source of each row; SOURCE/NAME where all keys of the source are NAME-NUMBER with several names."""
    named = [KEY.fullmatch(key) for key in keys]
    names: dict[str, set[str | None]] = {}
    for source, name in zip(sources, named, strict=True):
        names.setdefault(source, set()).add(name and name[1])
    several = {source for source, found in names.items() if None not in found and 1 < len(found) <= MAX_NAMES}
    return [
        f"{source}/{name[1]}" if name and source in several else source
        for source, name in zip(sources, named, strict=True)
    ]

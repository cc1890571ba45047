"""The table of all adapters. A new corpus is one module here and one line below."""

from bhab.errors import UnknownSourceError
from bhab.sources import banglaser, fer2013_csv, fer2013_folders, image_folder, texts, utkface
from bhab.sources.base import Adapter, Item

__all__ = ["SOURCES", "Adapter", "Item", "get_source"]

SOURCES: dict[str, Adapter] = {
    "banglaser": banglaser.read,
    "fer2013_csv": fer2013_csv.read,
    "fer2013_folders": fer2013_folders.read,
    "image_folder": image_folder.read,
    "texts": texts.read,
    "utkface": utkface.read,
}


def get_source(name: str) -> Adapter:
    """Return the adapter for `name`. Raises UnknownSourceError naming those there are."""
    if name not in SOURCES:
        raise UnknownSourceError(f"no adapter {name!r}; known adapters: {', '.join(sorted(SOURCES))}")
    return SOURCES[name]

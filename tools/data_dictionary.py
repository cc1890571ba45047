"""Print docs/data-dictionary.md from the tables' declarations, or write it there with --write."""

import sys
from pathlib import Path

from bhab.schema import TABLES, markdown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"
HEAD = "# Data dictionary\n\nMade by `python tools/data_dictionary.py --write` from `bhab.schema`; a test compares.\n"


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(f"\n## {name}\n\n{markdown(columns)}\n" for name, columns in TABLES.items())


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())

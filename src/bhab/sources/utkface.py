"""UTKFace: faces whose names state age, gender and race. No emotions.

Layout   ROOT/.../[age]_[gender]_[race]_[date].jpg.chip.jpg (or .jpg, the pictures the chips were cut from).
Licence  non-commercial research.
Labels   none. gender 0 male, 1 female; race 0 white, 1 black, 2 asian, 3 indian, 4 other; age in years. A name without
         one of the fields (the published set has three) is a reject.
Keys     the path from ROOT.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bhab.config import SourceConfig
from bhab.curation.decisions import Drop
from bhab.schema import Gender, RawSample, age_group
from bhab.sources.base import Item, files_under, refuse, require_folder

NAME = re.compile(r"(?P<age>\d{1,3})_(?P<gender>[01])_(?P<race>[0-4])_\d+\.jpg(\.chip\.jpg)?", re.ASCII)
GENDERS = (Gender.MALE, Gender.FEMALE)  # at the index UTKFace uses
ETHNICITIES = ("white", "black", "asian", "indian", "other")  # likewise


def read(root: Path, source: SourceConfig) -> Iterator[Item]:
    """Yield every file below `root`, in the order of their paths."""
    require_folder(root)
    for key, path in files_under(root):
        item = _sample(key, path)
        yield item if isinstance(item, RawSample) else refuse(key, item)


def _sample(key: str, path: Path) -> RawSample | Drop:
    match = NAME.fullmatch(path.name)
    if match is None:
        return Drop("name_unreadable", f"name {path.name!r:.80}, expected [age]_[gender]_[race]_[date].jpg.chip.jpg")
    return RawSample(
        key=key,
        content=path,
        gender=GENDERS[int(match["gender"])],
        age_group=age_group(int(match["age"])),
        ethnicity=ETHNICITIES[int(match["race"])],
    )

"""Any collection of pictures in one folder a label.

Layout   ROOT/SPLIT/LABEL/... or ROOT/LABEL/..., mixed if need be; SPLIT is train, training, val, valid, validation,
         test or testing. Below LABEL anything is a picture, at any depth and under any name.
         Sidecar, optional: a CSV with at least the columns file, the path from ROOT, and subject, who is in it.
Licence  as the entry in params.yaml says.
Labels   our seven and common words for them, in any case; `labels` of the source adds more. Each file in a folder whose
         name is unknown is a reject; so is a file outside any label's folder.
Keys     the path from ROOT.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bhab.config import SourceConfig
from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.schema import RawSample
from bhab.sources.base import (
    WORDS,
    Item,
    Labels,
    csv_rows,
    emotion_of,
    files_under,
    label_map,
    refuse,
    require_folder,
    sidecar_of,
    split_of,
)

PEOPLE = ("file", "subject")  # columns of the sidecar


def read(root: Path, source: SourceConfig) -> Iterator[Item]:
    """Yield every file below `root`, in the order of their paths."""
    require_folder(root)
    if not any(path.is_dir() for path in root.iterdir()):
        raise SourceLayoutError(f"{root}: no folders, expected LABEL/ or SPLIT/LABEL/ with pictures in them")
    sidecar = sidecar_of(root, source)
    people = {row["file"]: row["subject"] for row in csv_rows(sidecar, PEOPLE)} if sidecar else {}
    labels = label_map(WORDS, source)
    for key, path in files_under(root):
        if path == sidecar:
            continue
        item = _sample(key, path, labels, people)
        yield item if isinstance(item, RawSample) else refuse(key, item)


def _sample(key: str, path: Path, labels: Labels, people: Mapping[str, str]) -> RawSample | Drop:
    *folders, _ = key.split("/")
    split = split_of(folders[0]) if folders else None
    below = folders[1:] if split else folders
    if not below:
        return Drop("name_unreadable", f"path {key!r:.80}, expected LABEL/NAME or SPLIT/LABEL/NAME")
    emotion = emotion_of(below[0], labels)
    if isinstance(emotion, Drop):
        return emotion
    return RawSample(
        key=key,
        content=path,
        emotion=emotion,
        source_label=below[0],
        source_split=split,
        subject=people.get(key) or None,
    )

"""FER2013 as folders, the copy most people have, with FER+ votes beside it.

Layout   ROOT/train|test/LABEL/NAME.jpg; test holds FER2013's PublicTest, PrivateTest or both.
         Sidecar, optional: fer2013new.csv of FER+ with the columns Image name, neutral, happiness, ..., NF; a row
         belongs to the file of that name. A face without a row has no votes; a row without a face is passed over.
Licence  pixels: none stated, research use; votes: MIT.
Labels   angry, disgust, fear, happy, neutral, sad, surprise. The votes keep all ten names of FER+: neutral, surprise,
         disgust and fear, happiness as happy, sadness as sad, anger as angry; contempt, unknown and NF (not a face)
         are none of the seven and stay under their own names.
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

FOLDERS = ("train", "test")
VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
MAX_VOTES = 1000  # of one face by one name; FER+ asked ten people
Votes = Mapping[str, Mapping[str, int]]


def read(root: Path, source: SourceConfig) -> Iterator[Item]:
    """Yield every file below the two folders, in the order of their paths."""
    require_folder(root)
    present = [name for name in FOLDERS if (root / name).is_dir()]
    if not present:
        raise SourceLayoutError(f"{root}: neither a folder train nor test, expected train/LABEL/NAME.jpg and so on")
    sidecar = sidecar_of(root, source)
    votes = dict(_votes(sidecar)) if sidecar else {}
    labels = label_map(WORDS, source)
    for name in sorted(present):
        for below, path in files_under(root / name):
            item = _sample(f"{name}/{below}", path, labels, votes)
            yield item if isinstance(item, RawSample) else refuse(f"{name}/{below}", item)


def _sample(key: str, path: Path, labels: Labels, votes: Votes) -> RawSample | Drop:
    split, *middle, name = key.split("/")
    if len(middle) != 1:
        return Drop("name_unreadable", f"path {key!r:.80}, expected {split}/LABEL/NAME.jpg")
    emotion = emotion_of(middle[0], labels)
    if isinstance(emotion, Drop):
        return emotion
    return RawSample(
        key=key,
        content=path,
        emotion=emotion,
        source_label=middle[0],
        source_split=split_of(split),
        votes=votes.get(name),
    )


def _votes(path: Path) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Yield the name of each image and its ten counts."""
    for row in csv_rows(path, ("Image name", *VOTES)):
        try:
            counts = {str(WORDS.get(name) or name): int(row[name]) for name in VOTES}
        except ValueError as error:
            raise SourceLayoutError(f"{path}: votes of {row['Image name']!r:.80}: {error}") from error
        if not all(0 <= n <= MAX_VOTES for n in counts.values()):
            raise SourceLayoutError(f"{path}: votes of {row['Image name']!r:.80}: {counts}, expected 0 to {MAX_VOTES}")
        yield row["Image name"], counts

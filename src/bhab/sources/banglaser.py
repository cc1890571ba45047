"""BanglaSER and BanglaSER Extended: acted Bengali speech whose names hold seven numbers, as RAVDESS has them.

Layout   ROOT/.../MM-CC-EE-II-SS-RR-AA.wav: modality, channel, emotion, intensity, statement, repetition, actor. The
         first two carry nothing (all is speech): three published names start 01-01 and one 03-00, not 03-01.
         Sidecar, optional: JSON lines with `file_original` or `file` (the name), and any of speaker, gender, age_group,
         intensity, statement, text, licence. Where it has a value it goes before what the name tells of the person, and
         a row without its clip is a reject. The emotion is the name's alone.
Licence  CC BY 4.0 at the publisher; copies often state none.
Labels   01 happy, 02 sad, 03 angry, 04 surprise, 05 neutral; Extended, the actors from 35 on, adds 06 disgust, 07 fear.
         BanglaSER's odd actors are male and its even ones female; Extended does not say. Intensity 01 is normal and 02
         strong in BanglaSER; 01 mild, 02 normal and 03 strong in Extended.
Keys     the path from ROOT.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bhab.config import SourceConfig
from bhab.curation.decisions import Drop
from bhab.errors import SourceLayoutError
from bhab.schema import Emotion, Gender, RawSample
from bhab.sources.base import (
    LINE_TOO_LONG,
    Item,
    Labels,
    age_group_of,
    emotion_of,
    files_under,
    gender_of,
    label_map,
    lines,
    refuse,
    require_folder,
    sidecar_of,
)

NAME = re.compile(r"\d\d-\d\d-(?P<emotion>\d\d)-(?P<intensity>\d\d)-(?P<statement>\d\d)-\d\d-(?P<actor>\d\d)", re.ASCII)
LABELS: Labels = {
    "01": Emotion.HAPPY,
    "02": Emotion.SAD,
    "03": Emotion.ANGRY,
    "04": Emotion.SURPRISE,
    "05": Emotion.NEUTRAL,
    "06": Emotion.DISGUST,
    "07": Emotion.FEAR,
}
LAST_ACTOR = 34  # of BanglaSER; later numbers are Extended's
INTENSITIES = {"01": "normal", "02": "strong"}
INTENSITIES_EXTENDED = {"01": "mild", "02": "normal", "03": "strong"}
Told = Mapping[str, str]


def read(root: Path, source: SourceConfig) -> Iterator[Item]:
    """Yield every file below `root` but the sidecar, in the order of their paths, then rows that have no clip."""
    require_folder(root)
    sidecar = sidecar_of(root, source)
    told = dict(_rows(sidecar)) if sidecar else {}
    labels = label_map(LABELS, source)
    seen = set()
    for key, path in files_under(root):
        if path == sidecar:
            continue
        seen.add(path.name)
        item = _sample(key, path, labels, told.get(path.name, {}))
        yield item if isinstance(item, RawSample) else refuse(key, item)
    for name in sorted(told.keys() - seen):
        yield refuse(name, Drop("file_missing", f"a row of {source.sidecar} names {name!r:.80}, expected such a clip"))


def _sample(key: str, path: Path, labels: Labels, told: Told) -> RawSample | Drop:
    match = NAME.fullmatch(path.stem)
    if match is None:
        return Drop("name_unreadable", f"name {path.name!r:.80}, expected seven numbers like 03-01-02-01-05-02-17.wav")
    emotion = emotion_of(match["emotion"], labels)
    if isinstance(emotion, Drop):
        return emotion
    actor = int(match["actor"])
    of_name = _of_actor(actor) | {
        "intensity": (INTENSITIES_EXTENDED if actor > LAST_ACTOR else INTENSITIES).get(match["intensity"], ""),
        "statement": match["statement"],
    }
    both = {**of_name, **told}
    extra = {"statement": both["statement"], "transcript": both.get("text", ""), "intensity": both["intensity"]}
    return RawSample(
        key=key,
        content=path,
        emotion=emotion,
        source_label=match["emotion"],
        subject=both["speaker"],
        gender=gender_of(both.get("gender")),
        age_group=age_group_of(both.get("age_group")),
        licence=both.get("licence"),
        extra={name: value for name, value in extra.items() if value},
    )


def _of_actor(actor: int) -> dict[str, str]:
    """Return what the actor's number tells."""
    if actor > LAST_ACTOR:
        return {"speaker": f"BSERX{actor:02}"}
    return {"speaker": f"BSER{actor:02}", "gender": Gender.MALE if actor % 2 else Gender.FEMALE}


def _rows(path: Path) -> Iterator[tuple[str, Told]]:
    """Yield the name of each clip of the sidecar and what it tells, empty values left out."""
    with path.open("rb") as file:
        yield from (_row(line, f"{path}:{number}") for number, line in enumerate(lines(file), start=1))


def _row(line: bytes | None, where: str) -> tuple[str, Told]:
    if line is None:
        raise SourceLayoutError(f"{where}: {LINE_TOO_LONG.detail}")
    try:
        row = json.loads(line)
        name = row.get("file_original") or row["file"]
        json.dumps(row, ensure_ascii=False).encode("utf-8")  # JSON can spell half a character, a table cannot
    except (ValueError, AttributeError, KeyError, RecursionError) as error:
        expected = "expected a JSON object in UTF-8 with file_original or file"
        raise SourceLayoutError(f"{where}: {type(error).__name__}, {expected}") from error
    return str(name), {column: str(value) for column, value in row.items() if value not in (None, "")}

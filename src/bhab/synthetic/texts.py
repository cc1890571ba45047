"""The texts of the embedded corpus: one file of JSON lines, written as people write, with planted faults.

texts.jsonl   one object a line: id, text, label, split (train or test, by writer), writer, gender, age_group. The lines
              are in an order that tells nothing, and an id is the number of its line.
"""

import json
from pathlib import Path

from bhab.config import SynthesizeConfig
from bhab.curation.chance import unit_interval
from bhab.schema import Modality
from bhab.store import write_bytes
from bhab.synthetic.grammar import sentences
from bhab.synthetic.plan import TEXTS_TOTAL, Fault, FaultKind, class_counts
from bhab.synthetic.text_faults import Line, Material, plant, writer_of, writers
from bhab.synthetic.text_raw import dressed

FILE = "texts.jsonl"
NOT_UTF8 = b"\xff"
KEPT_OF_BROKEN = 0.6  # of a line that was cut


def write_texts(root: Path, config: SynthesizeConfig) -> list[Fault]:
    """Write root/texts.jsonl and return what is wrong with it on purpose.

    Without the faults there are as many texts of each emotion as `class_counts` says, no two equal after `clean`.
    """
    salt = f"{config.seed}-texts"
    lines = sorted(_all_lines(config, salt), key=lambda line: unit_interval(line.name, f"{salt}-order"))
    keys, content = {}, []
    for number, line in enumerate(lines, start=1):
        key = f"t{number:05d}"
        keys[line.name] = str(number) if line.kind in (FaultKind.CORRUPT, FaultKind.BROKEN_UNICODE) else key
        content.append(_bytes(line, key, salt))
    write_bytes(b"".join(row + b"\n" for row in content), root / FILE)
    return [
        Fault(line.kind, Modality.TEXTS, tuple(keys[name] for name in (*line.originals, line.name)))
        for line in lines
        if line.kind is not None
    ]


def _all_lines(config: SynthesizeConfig, salt: str) -> list[Line]:
    counts = class_counts(TEXTS_TOTAL, config.scale)
    people = writers(sum(counts.values()), salt)
    said: set[str] = set()
    base: list[Line] = []
    spare: list[Line] = []
    for emotion, n in counts.items():
        beyond = max(n // 20, 10) + len(FaultKind) * config.faults  # for sentences said already, and for faults
        fresh = [sentence for sentence in sentences(emotion, n + beyond, salt) if sentence not in said]
        said.update(fresh)
        names = [f"{emotion}-{i}" for i in range(len(fresh))]
        lines = [Line(name, s, emotion, writer_of(name, people, salt)) for name, s in zip(names, fresh, strict=True)]
        base += lines[:n]
        spare += lines[n:]
    return base + plant(Material(base, spare, people), config.faults, salt)


def _bytes(line: Line, key: str, salt: str) -> bytes:
    """Return one line of the file without its newline."""
    row = {
        "id": key,
        "text": dressed(line.sentence, line.name, salt),
        "label": line.label,
        "split": line.writer.split,
        "writer": line.writer.name,
        "gender": line.writer.gender,
        "age_group": line.writer.age_group,
    }
    text = json.dumps(row, ensure_ascii=False)
    if line.kind is FaultKind.CORRUPT:
        return text[: int(len(text) * KEPT_OF_BROKEN)].encode()
    if line.kind is FaultKind.BROKEN_UNICODE:
        return text.encode().replace(b" ", b" " + NOT_UTF8, 4)
    return text.encode()

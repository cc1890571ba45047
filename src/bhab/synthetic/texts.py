"""The texts of the embedded corpus: one file of JSON lines, written as people write, with planted faults.

texts.jsonl   one object a line: id, text, label, split (train or test, by writer), writer, gender, age_group. The lines
              are in an order that tells nothing, and an id is the number of its line.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bhab.config import SynthesizeConfig
from bhab.curation.chance import unit_interval
from bhab.schema import Modality
from bhab.store import write_bytes
from bhab.synthetic.grammar import stream
from bhab.synthetic.plan import TEXTS_TOTAL, Fault, FaultKind, class_counts, marks
from bhab.synthetic.text_copies import COPIES
from bhab.synthetic.text_faults import KINDS, Line, Material, plant, writer_of, writers
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
        Fault(line.kind, Modality.TEXTS, tuple(keys[name] for name in (*line.originals, line.name)), line.variant)
        for line in lines
        if line.kind is not None
    ]


def _all_lines(config: SynthesizeConfig, salt: str) -> list[Line]:
    counts = class_counts(TEXTS_TOTAL, config.scale)
    planted = marks(KINDS, tuple(COPIES), sum(counts.values()), config)
    people = writers(sum(counts.values()), salt)
    said: set[tuple[str, ...]] = set()
    base: list[Line] = []
    spare: list[Line] = []
    for emotion, n in counts.items():
        fresh = list(islice(_unlike(stream(emotion, salt), said), n))
        fresh += islice(_unlike(stream(emotion, salt, clear=True), said), len(planted))
        names = [f"{emotion}-{i}" for i in range(len(fresh))]
        lines = [Line(name, s, emotion, writer_of(name, people, salt)) for name, s in zip(names, fresh, strict=True)]
        base += lines[:n]
        spare += lines[n:]  # clear ones: nobody may doubt that a planted label is wrong
    return base + plant(Material(base, spare, people), planted, salt)


def _unlike(sentences: Iterable[str], said: set[tuple[str, ...]]) -> Iterator[str]:
    """Yield the `sentences` that no word changed, put in or taken out makes equal to one that was `said`.

    So every near duplicate is a planted one, and an alarm about any other pair is false.
    """
    for sentence in sentences:
        words = tuple(sentence.split(" "))
        without = {words, *(words[:place] + words[place + 1 :] for place in range(len(words)))}
        if said.isdisjoint(without):
            said |= without
            yield sentence


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

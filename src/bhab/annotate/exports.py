"""Exports of Label Studio, reduced to what is kept, and read as votes.

What is kept has the shape of Label Studio's own JSON export, so that one reader takes both: a list of tasks with
`data` and `annotations`. Gone are dates, ids of the server, drafts, addresses of media and of people; an annotator is
a pseudonym. Equal annotations give equal bytes, whatever order and ids the server gave them.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bhab.curation.labels import Vote
from bhab.errors import AnnotationError
from bhab.schema import EMOTIONS, Modality

PSEUDONYM = re.compile(r"annotator-[0-9a-f]{8}")
NOBODY = "nobody"  # the server forgets the author when an account is deleted: together they have one vote a sample

Export = list[dict[str, Any]]


def pseudonym(person: str) -> str:
    """Return a stable name that does not show the email it was made from; whoever knows the email can make it too."""
    return "annotator-" + hashlib.sha256(f"bhab annotator\x00{person.strip().lower()}".encode()).hexdigest()[:8]


def reduced(tasks: object, where: str, emails: Mapping[int, str] | None = None) -> Export:
    """Return what is kept of a JSON export, tasks by sample_id and annotations by annotator.

    `where` names the export in errors. Of several annotations of one person on one sample the last one is kept.
    Raises AnnotationError for anything that is not such an export.
    """
    if not isinstance(tasks, list):
        raise AnnotationError(f"{where}: found {_kind(tasks)}, expected a list of tasks (Label Studio's format JSON)")
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for place, task in enumerate(tasks, start=1):
        here = f"{where}: task {place}"
        data = _data(task, here)
        last = kept.setdefault((data["sample_id"], data["modality"]), {})
        for annotation in sorted(_annotations(task, here), key=lambda a: str(a.get("updated_at") or "")):
            who = _annotator(annotation.get("completed_by"), here, emails or {})
            last[who] = {
                "completed_by": who,
                "result": _results(annotation, f"{here} (sample {data['sample_id']})"),
                "was_cancelled": bool(annotation.get("was_cancelled")),
            }
    return [
        {"data": {"modality": modality, "sample_id": sample}, "annotations": [last[who] for who in sorted(last)]}
        for (sample, modality), last in sorted(kept.items())
        if last
    ]


def votes_of(export: Export) -> list[Vote]:
    """Return the votes in what `reduced` gives, in its order; a skipped task and one without emotion give none."""
    return [
        Vote(task["data"]["sample_id"], task["data"]["modality"], annotation["completed_by"], emotion)
        for task in export
        for annotation in task["annotations"]
        if not annotation["was_cancelled"]
        for result in annotation["result"]
        if result["from_name"] == "emotion"
        for emotion in result["value"]["choices"]
    ]


def read_export(path: Path) -> list[Vote]:
    """Return the votes in one export, ours or Label Studio's own. Raises AnnotationError."""
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AnnotationError(f"{path}: not JSON ({error}), expected Label Studio's export format JSON") from error
    return votes_of(reduced(tasks, str(path)))


def read_votes(folder: Path) -> list[Vote]:
    """Return the votes in all exports of a folder, *.json, ordered by sample, modality and annotator.

    Raises AnnotationError for an unreadable file, and if two files say different things of one person's vote.
    """
    if not folder.is_dir():
        raise AnnotationError(f"{folder}: no such folder, expected the exports of Label Studio")
    found: dict[tuple[str, str, str], tuple[Vote, Path]] = {}
    for path in sorted(folder.glob("*.json")):
        for vote in read_export(path):
            key = vote.sample_id, vote.modality, vote.annotator
            first, there = found.setdefault(key, (vote, path))
            if first != vote:
                raise AnnotationError(
                    f"{path}: {vote.annotator} says sample {vote.sample_id} is {vote.emotion}, but {first.emotion} in "
                    f"{there.name}, expected one vote; remove the older export"
                )
    return [found[key][0] for key in sorted(found)]


def _data(task: object, here: str) -> dict[str, str]:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise AnnotationError(f"{here}: no data, expected an object with data and annotations (not JSON_MIN)")
    sample, modality = data.get("sample_id"), data.get("modality")
    if not (isinstance(sample, str) and sample):
        raise AnnotationError(f"{here}: sample_id is {sample!r}, expected the id that `bhab annotate push` gave it")
    if modality not in set(Modality):
        raise AnnotationError(f"{here}: modality is {modality!r}, expected one of {[m.value for m in Modality]}")
    return {"sample_id": sample, "modality": modality}


def _annotations(task: Mapping[str, Any], here: str) -> list[dict[str, Any]]:
    annotations = task.get("annotations")
    if not (isinstance(annotations, list) and all(isinstance(a, dict) for a in annotations)):
        raise AnnotationError(f"{here}: annotations are {_kind(annotations)}, expected a list of objects")
    return annotations


def _annotator(who: object, here: str, emails: Mapping[int, str]) -> str:
    """Return the pseudonym of whoever an annotation names: ours, an email, an id, or {"email": ...}."""
    match who:
        case None:
            return pseudonym(NOBODY)
        case {"email": str(email)}:
            return pseudonym(email)
        case str(name):
            return name if PSEUDONYM.fullmatch(name) else pseudonym(name)
        case int(number):
            return pseudonym(emails.get(number, f"user {number}"))
    raise AnnotationError(f"{here}: completed_by is {_kind(who)}, expected a user's id or email")


def _results(annotation: Mapping[str, Any], here: str) -> list[dict[str, Any]]:
    """Return the choices of one annotation by the name of their control; text someone typed is not kept."""
    results = annotation.get("result")
    if not isinstance(results, list):
        raise AnnotationError(f"{here}: result is {_kind(results)}, expected a list of objects")
    return sorted(_choices(results, here), key=lambda result: str(result["from_name"]))


def _choices(results: Sequence[object], here: str) -> Iterator[dict[str, Any]]:
    for result in results:
        match result:
            case {"type": "choices", "from_name": str(control), "to_name": str(shown), "value": {"choices": [*chosen]}}:
                if control == "emotion" and not (len(chosen) == 1 and chosen[0] in EMOTIONS):
                    raise AnnotationError(f"{here}: emotion is {chosen}, expected one of {list(EMOTIONS)}")
                yield {"from_name": control, "to_name": shown, "type": "choices", "value": {"choices": chosen}}
            case {"type": str(kind)} if kind != "choices":
                continue
            case _:
                raise AnnotationError(
                    f"{here}: found the result {result!r:.80}, expected from_name, to_name, type, value"
                )


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"

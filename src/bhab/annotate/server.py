"""What is asked of a Label Studio server: make or find a project, add tasks to it, read its annotations.

Media are uploaded, so the server may be anywhere and needs no folder in common with this machine.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bhab.annotate.media import Media, media_of
from bhab.annotate.tasks import Guess, prediction, task
from bhab.errors import AnnotationError
from bhab.progress import progress
from bhab.schema import Modality

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

BATCH = 100  # tasks sent in one request: the server takes at most 100 files
PAGE = 500  # tasks listed in one request
TIMEOUT_S = 60.0  # the SDK's own; 500 tasks take the server less than a second
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: tasks added, tasks that were there already, guesses added to those."""

    added: int
    already: int
    guesses: int


@contextmanager
def connected(url: str, token: str) -> Iterator["LabelStudio"]:
    """Give a client; a server that does not answer, or refuses, ends the block with AnnotationError."""
    import httpx
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.api_error import ApiError

    if not (token and token.isascii() and token.isprintable()):
        raise AnnotationError(f"{url}: found a token of {len(token)} characters, expected one from Account & Settings")
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=True) as http:  # the SDK would never close its own
            yield LabelStudio(base_url=url, api_key=token, httpx_client=http)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AnnotationError(f"{url}: no Label Studio answers there ({error}), expected a running server") from error
    except ApiError as error:
        raise AnnotationError(f"{url}: {_refusal(error.status_code, error.body)}") from error


def find_project(client: "LabelStudio", title: str) -> int | None:
    """Return the id of the project called exactly `title`, None if there is none.

    Raises AnnotationError if several have that title.
    """
    ids = [p.id for p in client.projects.list(title=title) if p.title == title]  # the server matches parts of titles
    if len(ids) > 1:
        raise AnnotationError(f"{len(ids)} projects are called {title!r} ({ids}), expected one: rename the others")
    return ids[0] if ids else None


def open_project(client: "LabelStudio", title: str, labeling: str, annotators: int) -> int:
    """Return the id of the project, made or brought up to this labeling page and number of annotators a task."""
    found = find_project(client, title)
    if found is None:
        return int(client.projects.create(title=title, label_config=labeling, maximum_annotations=annotators).id)
    client.projects.update(id=found, label_config=labeling, maximum_annotations=annotators)
    return found


def push(
    client: "LabelStudio", project: int, samples: pa.Table, modality: Modality, guesses: Mapping[str, Guess]
) -> Pushed:
    """Add a task for each sample that has none in the project, and to each task the guess it lacks.

    `guesses` all have the same model_version; the project then shows that version to annotators.
    """
    there = {t.data.get("sample_id"): t for t in client.tasks.list(project=project, fields="all", page_size=PAGE)}
    new = [row for row in samples.to_pylist() if row["sample_id"] not in there]
    batches = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
    for batch in progress(batches, len(batches), f"pushing {modality}, batches of {BATCH}"):
        content = _contents(client, project, batch, modality)
        tasks = [task(i, modality, content[i], guesses.get(i)) for i in (row["sample_id"] for row in batch)]
        client.projects.import_tasks(id=project, request=tasks)
    missing = [
        {"task": there[i].id, **prediction(guess)}
        for i, guess in guesses.items()
        if i in there and guess.model_version not in {p.model_version for p in there[i].predictions or []}
    ]
    if missing:
        client.projects.import_predictions(id=project, request=missing)
    if guesses:  # without this the labeling stream shows no guess of another version
        client.projects.update(id=project, model_version=next(iter(guesses.values())).model_version)
    return Pushed(len(new), samples.num_rows - len(new), len(missing))


def exported(client: "LabelStudio", title: str) -> tuple[object, dict[int, str]]:
    """Return the JSON export of a project's annotated tasks, and the email of each user by id.

    Raises AnnotationError if there is no such project.
    """
    project = find_project(client, title)
    if project is None:
        titles = sorted(p.title for p in client.projects.list())
        raise AnnotationError(f"no project is called {title!r}, expected one of {titles}")
    emails = {user.id: user.email for user in client.users.list()}
    return json.loads(b"".join(client.projects.exports.download_sync(id=project, export_type="JSON"))), emails


def _contents(
    client: "LabelStudio", project: int, rows: Sequence[Mapping[str, Any]], modality: Modality
) -> dict[str, str]:
    """Return what the page shows of each row, by sample_id: the sentence, or the address of the uploaded file."""
    files = [media for row in rows if (media := media_of(row, modality)) is not None]
    if not files:
        return {row["sample_id"]: row["text"] for row in rows}
    return _upload(client, project, files)


def _upload(client: "LabelStudio", project: int, files: Sequence[Media]) -> dict[str, str]:
    answer = client._client_wrapper.httpx_client.request(  # noqa: SLF001 - the SDK has no call that uploads a file
        f"api/projects/{project}/import",
        method="POST",
        params={"commit_to_project": "false"},
        files={file.name: (file.name, file.content, file.content_type) for file in files},
    )
    if not answer.is_success:
        raise AnnotationError(f"upload of {len(files)} files: {_refusal(answer.status_code, answer.text)}")
    ids = json.dumps(answer.json()["file_upload_ids"])
    # stored as upload/PROJECT/RANDOM-NAME
    stored = [upload.file for upload in client.files.list(id=project, ids=ids)]
    return {PurePosixPath(path).stem.split("-", 1)[1]: f"/data/{path}" for path in stored}


def _refusal(status: int | None, body: object) -> str:
    if status == UNAUTHORIZED:
        return "the server refused the token; copy it again from Account & Settings"
    detail = body.get("validation_errors") or body.get("detail") if isinstance(body, dict) else body
    return f"the server answered {status}: {detail!s:.300}"

"""The way to a real Label Studio server and back: tasks, media, two annotators, votes, labels.

`make label-studio`, then `eval "$(tools/label_studio.sh env)"` sets the address and the token.
"""

import os
import uuid
from pathlib import Path

import httpx
import pytest
from annotation_corpus import N, samples, write_corpus
from typer.testing import CliRunner

from bhab.annotate.exports import pseudonym, read_votes
from bhab.annotate.media import media_of
from bhab.annotate.tasks import FIELD, choice
from bhab.cli import app
from bhab.curation.labels import Vote
from bhab.schema import EMOTIONS, LABELS, Modality
from bhab.store import read_json, read_table
from pipelines import labels

URL = os.environ.get("BHAB_LABEL_STUDIO_URL")
ROOT = Path(__file__).parents[2]
RUN = uuid.uuid4().hex[:8]  # projects of two runs on one server do not meet
pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.skipif(URL is None, reason="needs a server: make label-studio, then tools/label_studio.sh env"),
    pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20"),  # in label-studio-sdk 2.0.19
]


def said(place, annotator):
    """The first annotator moves every label by one; the second agrees but for every fifth sample."""
    return EMOTIONS[(place + 1 + (annotator == 1 and place % 5 == 0)) % len(EMOTIONS)]


@pytest.fixture(scope="module")
def client():
    from label_studio_sdk import LabelStudio  # warns at import, which only a test may be told to ignore

    with httpx.Client() as http:
        yield LabelStudio(base_url=URL, api_key=os.environ["LABEL_STUDIO_API_KEY"], httpx_client=http)


@pytest.fixture(scope="module")
def people(client):
    """Id and email of two annotators."""
    first = client.users.whoami()
    second = client.users.create(email=f"second-{RUN}@example.org", username=f"second-{RUN}")
    yield (first.id, first.email), (second.id, second.email)
    client.users.delete(id=second.id)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder)
    return folder


def bhab(command, modality, *words):
    project = ["--modality", modality, "--project", f"bhab test {RUN} {modality}", "--url", URL]
    result = CliRunner().invoke(app, ["annotate", command, *project, *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module", params=list(Modality), ids=str)
def pushed(request, here, client):
    """A modality, and the tasks and predictions of its project after two pushes."""
    modality = request.param
    words = ["--labeling", str(ROOT / "annotations"), "--tables", str(here / "data/interim")]
    if modality is Modality.FACES:
        words += ["--model", "light_cnn", "--predictions", str(here / "data/processed/predictions")]
    outputs = [bhab("push", modality, *words) for _ in range(2)]
    project = int(outputs[0].split("/projects/")[1])
    yield modality, outputs, list(client.tasks.list(project=project, fields="all", page_size=500))
    client.projects.delete(id=project)


@pytest.fixture(scope="module")
def votes(pushed, people, client, here):
    """Both annotators answer every task, quality too; the last task the second one skips. Then two pulls."""
    modality, _, tasks = pushed
    for place, task in enumerate(tasks):
        for number, (user, _) in enumerate(people):
            skipped = number == 1 and place == N - 1
            result = [choice("quality", "good")] if skipped else [choice("emotion", said(place, number))]
            client.annotations.create(id=task.id, result=result, completed_by=user, was_cancelled=skipped)
    exports = here / f"exports-{modality}"
    pulls = []
    for _ in range(2):
        bhab("pull", modality, "--exports", str(exports))
        pulls.append((exports / f"{modality}.json").read_bytes())
    return modality, tasks, pulls, exports


def get(path, **headers):
    token = os.environ["LABEL_STUDIO_API_KEY"]
    return httpx.get(f"{URL}{path}", headers={"Authorization": f"Token {token}", **headers})


def test_twenty_tasks_are_pushed_once(pushed):
    modality, outputs, tasks = pushed
    assert "20 tasks added, 0 were there" in outputs[0]
    assert "0 tasks added, 20 were there" in outputs[1]
    assert sorted(t.data["sample_id"] for t in tasks) == samples(modality)["sample_id"].to_pylist()
    assert {tuple(sorted(t.data)) for t in tasks} == {tuple(sorted(("sample_id", "modality", FIELD[modality])))}


def test_guesses_say_who_made_them(pushed):
    modality, _, tasks = pushed
    guesses = [(p.model_version, p.score) for t in tasks for p in t.predictions or []]
    if modality is Modality.FACES:
        assert {version for version, _ in guesses} == {"light_cnn"}
        assert len(guesses) == 10
        assert all(0.3 <= score <= 0.8 for _, score in guesses)
    else:
        assert guesses == [("source label", None)] * (N - 1)


def test_media_load_as_they_are_in_the_table(pushed):
    modality, _, tasks = pushed
    rows = {row["sample_id"]: row for row in samples(modality).to_pylist()}
    for task in tasks:
        row = rows[task.data["sample_id"]]
        shown, media = task.data[FIELD[modality]], media_of(row, modality)
        if media is None:
            assert shown == row["text"]
            continue
        answer = get(shown)
        kind = answer.headers["content-type"].replace("x-wav", "wav")
        assert (answer.status_code, kind, answer.content) == (200, media.content_type, media.content)
        part = get(shown, Range="bytes=10-19")
        assert (part.status_code, part.content) == (206, media.content[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(media.content)}"


def test_nobody_sees_media_without_signing_in(pushed):
    modality, _, tasks = pushed
    if modality is not Modality.TEXTS:
        assert httpx.get(f"{URL}{tasks[0].data[FIELD[modality]]}").status_code in {401, 403}


def test_pulled_votes_are_what_both_said(votes, people):
    modality, tasks, pulls, exports = votes
    expected = [
        Vote(t.data["sample_id"], modality.value, pseudonym(email), said(place, number))
        for place, t in enumerate(tasks)
        for number, (_, email) in enumerate(people)
        if (place, number) != (N - 1, 1)
    ]
    assert read_votes(exports) == sorted(expected, key=lambda v: (v.sample_id, v.annotator))
    assert pulls[0] == pulls[1]
    assert not any(email.encode() in pulls[0] for _, email in people)


def test_an_export_the_server_gives_by_hand_has_the_same_votes(votes, client, tmp_path):
    _, tasks, _, exports = votes
    raw = client.projects.exports.download_sync(id=tasks[0].project, export_type="JSON")
    (tmp_path / "by-hand.json").write_bytes(b"".join(raw))
    by_hand = [(v.sample_id, v.emotion) for v in read_votes(tmp_path)]
    assert sorted(by_hand) == sorted((v.sample_id, v.emotion) for v in read_votes(exports))


def test_votes_become_labels(votes, here, tmp_path):
    modality, tasks, _, exports = votes
    words = ["--tables", here / "data/interim", "--exports", exports, "--params", ROOT / "params.yaml"]
    words += ["--out", tmp_path / "labels", "--metrics", tmp_path / "labels.json"]
    labels.main([str(word) for word in words])
    figures = read_json(tmp_path / "labels.json")[modality]
    agreed = sum(said(place, 0) == said(place, 1) for place in range(N - 1))
    assert figures["agreement"]["n"] == N - 1
    assert figures["agreement"]["value"] == pytest.approx(agreed / (N - 1))
    table = read_table(tmp_path / "labels/labels.parquet", LABELS)
    made = {row["sample_id"]: row for row in table.to_pylist() if row["origin"] == "annotators"}
    assert {i: row["emotion"] for i, row in made.items()} == {
        t.data["sample_id"]: said(place, 0)
        for place, t in enumerate(tasks[: N - 1])
        if said(place, 0) == said(place, 1)
    }
    before = dict(zip(*(samples(modality)[c].to_pylist() for c in ("sample_id", "emotion")), strict=True))
    assert figures["changed"] == sum(row["emotion"] != before[i] for i, row in made.items()) > 0

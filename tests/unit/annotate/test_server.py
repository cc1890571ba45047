"""The client against a server that is not there, refuses, or is small enough to read: the few calls bhab makes."""

import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from annotation_corpus import N, predictions, samples

from bhab.annotate.server import Pushed, connected, exported, find_project, open_project, push
from bhab.annotate.tasks import model_guesses, source_guesses
from bhab.errors import AnnotationError
from bhab.schema import Modality

TOKEN = "a" * 40
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20")  # in label-studio-sdk 2.0.19


@dataclass(frozen=True)
class Request:
    path: str
    query: dict[str, str]
    content: bytes

    @property
    def json(self):
        return json.loads(self.content)


def list_projects(state, request):
    return {"results": [p for p in state["projects"] if request.query.get("title", "") in p["title"]]}


def create_project(state, request):
    state["projects"].append(request.json | {"id": len(state["projects"]) + 1})
    return state["projects"][-1]


def update_project(state, request):
    state["projects"][int(request.path.split("/")[3]) - 1].update(request.json)
    return {}


def import_tasks_or_files(state, request):
    if request.content.startswith(b"--"):  # multipart: files
        first = len(state["files"])
        names = [name.decode() for name in re.findall(rb'filename="([^"]+)"', request.content)]
        state["files"] += [f"upload/1/1a2b3c4d-{name}" for name in names]
        return {"file_upload_ids": list(range(first, len(state["files"])))}
    first = len(state["tasks"])
    state["tasks"] += [task | {"id": first + place} for place, task in enumerate(request.json)]
    return {"task_count": len(state["tasks"]) - first}


def import_predictions(state, request):
    for one in request.json:
        state["tasks"][one["task"]]["predictions"].append(one)
    return {"created": len(request.json)}


ROUTES = (
    ("GET", r"/api/projects/", list_projects),
    ("POST", r"/api/projects/", create_project),
    ("PATCH", r"/api/projects/\d+/", update_project),
    ("POST", r"/api/projects/\d+/import", import_tasks_or_files),
    ("POST", r"/api/projects/\d+/import/predictions", import_predictions),
    (
        "GET",
        r"/api/projects/\d+/file-uploads",
        lambda state, request: [{"id": i, "file": state["files"][i]} for i in json.loads(request.query["ids"])],
    ),
    ("GET", r"/api/projects/\d+/export", lambda state, request: [{"id": 5}]),
    ("GET", r"/api/tasks/", lambda state, request: {"tasks": state["tasks"]}),
    ("GET", r"/api/users/", lambda state, request: [{"id": 1, "email": "a@example.org"}]),
)


class Stub(BaseHTTPRequestHandler):
    """Keep projects, tasks and files in memory, and answer for them as the real server does."""

    def log_message(self, *words):
        """Say nothing."""

    def do_GET(self):
        url = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        status, body = self.answer(Request(url.path, query, content))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    do_POST = do_PATCH = do_GET  # noqa: N815 - the names http.server calls

    def answer(self, request):
        if self.headers["Authorization"] != f"Token {TOKEN}":
            return 401, {"detail": "Invalid token."}
        if request.query.get("page", "1") != "1":
            return 404, {"detail": "Invalid page."}  # how a listing ends
        for method, path, function in ROUTES:
            if method == self.command and re.fullmatch(path, request.path):
                return self.server.state["status"].get(path, 200), function(self.server.state, request)
        return 405, {"detail": f"{self.command} {request.path} is not in this stub"}


@pytest.fixture
def state():
    return {"projects": [], "tasks": [], "files": [], "status": {}}


@pytest.fixture
def url(state):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.state = state
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(url):
    with connected(url, TOKEN) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "token", "message"),
    [
        pytest.param("http://127.0.0.1:1", TOKEN, "no Label Studio answers there", id="nobody listens"),
        pytest.param("http://no-such-host.invalid", TOKEN, "no Label Studio answers there", id="unknown host"),
        pytest.param("127.0.0.1:8080", TOKEN, "no Label Studio answers there", id="address without http"),
        pytest.param(None, "b" * 40, "the server refused the token", id="wrong token"),
        pytest.param(None, "", "found a token of 0 characters", id="empty token"),
        pytest.param(None, "টোকেন", "found a token of 5 characters", id="token that is no token"),
    ],
)
def test_a_server_that_cannot_be_used_is_explained(url, address, token, message):
    with pytest.raises(AnnotationError, match=message), connected(address or url, token) as client:
        find_project(client, "bhab faces")


def test_a_refusal_says_what_the_server_said(url):
    with (
        pytest.raises(AnnotationError, match=r"the server answered 405: GET /api/version/ is not in this stub"),
        connected(url, TOKEN) as client,
    ):
        client.versions.get()


def test_a_project_is_made_once_and_kept_up_to_date(client, state):
    assert [open_project(client, "bhab faces", page, 2) for page in ("<View/>", "<View></View>")] == [1, 1]
    assert [(p["title"], p["label_config"], p["maximum_annotations"]) for p in state["projects"]] == [
        ("bhab faces", "<View></View>", 2)
    ]


def test_a_longer_title_is_another_project(client):
    assert [open_project(client, title, "<View/>", 2) for title in ("bhab faces 2", "bhab faces")] == [1, 2]


def test_two_projects_of_one_title_are_refused(client, state):
    state["projects"] += [{"id": 4, "title": "bhab faces"}, {"id": 9, "title": "bhab faces"}]
    with pytest.raises(AnnotationError, match=r"2 projects are called 'bhab faces' \(\[4, 9\]\), expected one"):
        find_project(client, "bhab faces")


def test_an_unknown_project_is_named_with_those_there_are(client, state):
    state["projects"].append({"id": 4, "title": "bhab faces"})
    with pytest.raises(AnnotationError, match=r"no project is called 'bhab speech', expected one of \['bhab faces'\]"):
        exported(client, "bhab speech")


def test_an_export_comes_with_the_emails(client, state):
    state["projects"].append({"id": 4, "title": "bhab faces"})
    assert exported(client, "bhab faces") == ([{"id": 5}], {1: "a@example.org"})


@pytest.mark.parametrize("modality", Modality)
def test_a_second_push_adds_nothing(client, state, modality):
    table = samples(modality)
    guesses = source_guesses(table)
    project = open_project(client, "bhab", "<View/>", 2)
    assert push(client, project, table, modality, guesses) == Pushed(added=N, already=0, guesses=0)
    assert push(client, project, table, modality, guesses) == Pushed(added=0, already=N, guesses=0)
    assert [t["data"]["sample_id"] for t in state["tasks"]] == table["sample_id"].to_pylist()
    assert state["projects"][0]["model_version"] == "source label"


def test_a_face_is_shown_by_the_address_of_its_own_upload(client, state):
    push(client, open_project(client, "bhab", "<View/>", 2), samples(Modality.FACES), Modality.FACES, {})
    assert {t["data"]["image"] for t in state["tasks"]} == {
        f"/data/upload/1/1a2b3c4d-{i}.png" for i in samples(Modality.FACES)["sample_id"].to_pylist()
    }
    assert all(t["data"]["sample_id"] in t["data"]["image"] for t in state["tasks"])


def test_a_model_gives_its_guess_to_tasks_that_are_there(client, state):
    table = samples(Modality.TEXTS)
    project = open_project(client, "bhab", "<View/>", 2)
    push(client, project, table, Modality.TEXTS, source_guesses(table))
    guesses = model_guesses(predictions(table["sample_id"].to_pylist()[:7]))
    assert push(client, project, table, Modality.TEXTS, guesses) == Pushed(added=0, already=N, guesses=7)
    assert push(client, project, table, Modality.TEXTS, guesses) == Pushed(added=0, already=N, guesses=0)
    assert state["projects"][0]["model_version"] == "light_cnn"


def test_a_refused_upload_adds_no_task(url, state):
    state["status"][r"/api/projects/\d+/import"] = 413
    with (
        pytest.raises(AnnotationError, match="upload of 20 files: the server answered 413"),
        connected(url, TOKEN) as client,
    ):
        push(client, open_project(client, "bhab", "<View/>", 2), samples(Modality.FACES), Modality.FACES, {})
    assert state["tasks"] == []

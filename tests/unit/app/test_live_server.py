import socket
import threading

import pytest
from fastapi.testclient import TestClient
from live_parts import announced, encoded, plain, scene

from bhab.app.keep import WORDING
from bhab.app.server import listen, make_app
from bhab.errors import LiveError

SAD = encoded(scene((plain("sad"), 300, 100, 200)), "PNG")
TWO = encoded(scene((plain("sad"), 300, 100, 200), (plain("happy"), 50, 100, 100)), "PNG")
SIGNED = {"wording": WORDING, "date": "2026-01-31", "name": "", "label": "sad"}


def test_the_page_and_its_files_come_from_here(stranger):
    home = stranger.get("/")
    assert home.headers["content-type"].startswith("text/html")
    for name in ("app.js", "server.js", "view.js", "voice.js", "mic.js", "style.css", "noto-sans-bengali-400.woff2"):
        assert stranger.get(f"/{name}").status_code == 200, name
    for text in (home.text, *(stranger.get(f"/{name}").text for name in ("app.js", "view.js", "style.css"))):
        assert "://" not in text


def test_the_browser_may_ask_nobody_else(stranger):
    policy = stranger.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy


def test_a_frame_gets_an_answer_and_its_speech(page, clock):
    page.post("/api/frame", content=SAD)
    clock.now += 1
    answer = page.post("/api/frame", content=SAD).json()
    assert answer["say"]["text"] == "sad। ok।"
    spoken = page.get(f"/api/speech/{answer['say']['number']}/0")
    assert len(spoken.content) == 2 * 16_000
    assert spoken.headers["server-timing"].startswith("speak;dur=")


@pytest.mark.parametrize("path", ["frame", "picture", "sound", "keep", "withdraw", "words", "stop"])
def test_nothing_starts_before_the_notice_is_agreed_to(stranger, path):
    assert stranger.post(f"/api/{path}", content=SAD).status_code == 401


@pytest.mark.parametrize("body", [{}, {"agreed": False}, {"agreed": "yes"}])
def test_only_who_agrees_comes_in(stranger, body):
    told = stranger.post("/api/start", json=body)
    assert (told.status_code, told.json()) == (403, {"error": "nothing starts before the notice is agreed to"})


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        pytest.param(
            b"hello",
            422,
            "no picture that can be taken: first bytes b'hello', expected JPEG, PNG, BMP or PGM",
            id="not an image",
        ),
        pytest.param(b"", 422, "no picture that can be taken: 0 bytes, expected a picture", id="nothing"),
        pytest.param(
            announced(20_000, 20_000),
            422,
            "no picture that can be taken: a PNG far beyond 40000000 pixels",
            id="20,000 x 20,000 pixels",
        ),
        pytest.param(
            bytes(200_000_000), 413, "200,000,000 bytes, expected at most 20,000,000", id="200 MB, and says so"
        ),
        pytest.param(
            (bytes(5_000_000) for _ in range(5)),
            413,
            "25,000,000 bytes, expected at most 20,000,000",
            id="25 MB, without saying so",
        ),
    ],
)
def test_a_bad_upload_is_explained_and_the_server_lives_on(page, content, status, sentence):
    told = page.post("/api/picture", content=content)
    assert (told.status_code, told.json()) == (status, {"error": sentence})
    assert page.post("/api/picture", content=SAD).json()["faces"][0]["emotion"] == "sad"


def test_a_picture_without_a_face_is_explained(page):
    told = page.post("/api/picture", content=encoded(scene(size=(30, 40)), "PNG"))
    assert told.json()["message"] == "no face found in a picture of 40 x 30 pixels, expected one from the front"


@pytest.mark.parametrize(
    ("path", "content", "status", "sentence"),
    [
        pytest.param("words", b"[]", 400, "the body is not a JSON object, expected one", id="JSON that is no object"),
        pytest.param("words", b"{", 400, "the body is not a JSON object, expected one", id="no JSON"),
        pytest.param("words", b" " * 9000, 413, "9,000 bytes, expected at most 8,192", id="much JSON"),
        pytest.param(
            "words", b'{"text": "%s"}' % (b"a" * 501), 422, "501 characters, expected at most 500", id="many words"
        ),
        pytest.param("sound", b"123", 422, "3 bytes of sound, expected an even number: 16-bit PCM", id="half a level"),
        pytest.param("sound", bytes(320_002), 413, "320,002 bytes, expected at most 320,000", id="11 s of sound"),
    ],
)
def test_what_cannot_be_taken_is_explained(page, path, content, status, sentence):
    told = page.post(f"/api/{path}", content=content)
    assert (told.status_code, told.json()) == (status, {"error": sentence})


def test_speech_that_is_not_there_is_explained(page):
    assert page.get("/api/speech/7/0").status_code == 404


def test_another_page_may_not_ask(page):
    told = page.post("/api/frame", content=SAD, headers={"origin": "https://elsewhere.example"})
    assert (told.status_code, told.json()["error"][:32]) == (403, "origin https://elsewhere.example")
    assert page.post("/api/frame", content=SAD, headers={"origin": "http://testserver"}).status_code == 200


def test_another_name_for_this_machine_is_not_answered(page):
    assert page.get("/", headers={"host": "rebound.example"}).status_code == 400


def test_one_frame_at_a_time(page, house, monkeypatch):
    entered, leave = threading.Event(), threading.Event()
    recognise = house.engine.eyes.recogniser.ask

    def slow(faces):
        entered.set()
        assert leave.wait(20)
        return recognise(faces)

    monkeypatch.setattr(type(house.engine.eyes.recogniser), "ask", lambda _, faces: slow(faces))
    first = threading.Thread(target=page.post, args=("/api/frame",), kwargs={"content": SAD})
    first.start()
    assert entered.wait(20)
    told = page.post("/api/frame", content=SAD)
    leave.set()
    first.join()
    assert (told.status_code, told.json()["error"]) == (429, "the frame before is still looked at; send one at a time")
    assert page.post("/api/frame", content=SAD).status_code == 200


def test_no_more_pages_than_there_is_room_for(stranger, house, clock):
    most = house.engine.eyes.live.max_clients
    assert [stranger.post("/api/start", json={"agreed": True}).status_code for _ in range(most)] == [200] * most
    full = stranger.post("/api/start", json={"agreed": True})
    assert (full.status_code, full.json()["error"]) == (503, f"{most} pages are open, expected fewer than {most}")
    clock.now += house.engine.eyes.live.idle_s + 1
    assert stranger.post("/api/start", json={"agreed": True}).status_code == 200


def test_who_leaves_is_forgotten(page, house):
    page.post("/api/frame", content=SAD)
    assert page.post("/api/stop", content=b"").status_code == 200
    assert house.clients == {}
    assert page.post("/api/frame", content=SAD).status_code == 401


def test_nothing_is_stored_unless_it_is_given(page, house):
    page.post("/api/frame", content=SAD)
    page.post("/api/picture", content=SAD)
    assert not house.keep_root.exists()


def test_a_face_is_given_and_taken_back(page, house):
    page.post("/api/frame", content=SAD)
    given = page.post("/api/keep", json=SIGNED).json()
    assert (house.keep_root / given["file"]).is_file()
    assert given["file"].startswith("sad/")
    again = page.post("/api/keep", json=SIGNED | {"label": None, "code": given["code"]}).json()
    assert again["file"].startswith("unlabelled/")
    assert page.post("/api/withdraw", json={"code": given["code"]}).json() == {"deleted": 2}
    assert [p.name for p in house.keep_root.rglob("*") if p.is_file()] == ["consent.csv"]


@pytest.mark.parametrize(
    ("frame", "changes", "refused"),
    [
        pytest.param(SAD, {"wording": "ok"}, (403, "only with the consent that this page shows"), id="another wording"),
        pytest.param(TWO, {}, (409, "2 faces in view, expected yours alone"), id="two faces"),
        pytest.param(encoded(scene()), {}, (409, "0 faces in view"), id="no face"),
        pytest.param(SAD, {"label": "rage"}, (422, "label 'rage', expected one of angry"), id="another label"),
        pytest.param(SAD, {"label": ["sad"]}, (422, "label ['sad'], expected one of"), id="a label that is a list"),
        pytest.param(SAD, {"date": ""}, (422, "date '', expected one like 2026-01-31"), id="no date"),
    ],
)
def test_a_face_is_not_kept_without_all_that_it_takes(page, house, frame, changes, refused):
    page.post("/api/frame", content=frame)
    told = page.post("/api/keep", json=SIGNED | changes)
    assert told.status_code == refused[0]
    assert refused[1] in told.json()["error"]
    assert not house.keep_root.exists()


def test_an_answer_does_not_wait_for_an_acknowledgement():
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_port_that_is_taken_is_an_error():
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(
            LiveError, match=f"127.0.0.1:{port}: Address already in use, expected an address and a port"
        ):
            listen("127.0.0.1", port)


def test_no_documentation_that_loads_scripts_from_afar(stranger):
    assert {stranger.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


def test_an_unforeseen_fault_ends_one_request_only(house, monkeypatch):
    def broken(*_):
        raise RuntimeError("unforeseen")

    with TestClient(make_app(house, ["testserver"]), raise_server_exceptions=False) as page:
        page.headers["x-client"] = page.post("/api/start", json={"agreed": True}).json()["client"]
        with monkeypatch.context() as patch:
            patch.setattr(type(house.engine.eyes.recogniser), "ask", broken)
            assert page.post("/api/frame", content=SAD).status_code == 500
        assert page.post("/api/frame", content=SAD).status_code == 200

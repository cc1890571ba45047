import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from annotation_corpus import samples, write_corpus
from typer.testing import CliRunner

from bhab.annotate.exports import pseudonym, read_votes
from bhab.annotate.tasks import choice
from bhab.cli import annotate, app
from bhab.curation.labels import Vote
from bhab.errors import AnnotationError, TableError
from bhab.schema import FACES, QUEUE, Modality
from bhab.store import table_of, write_shards, write_table

ANNOTATIONS = Path(__file__).parents[3] / "annotations"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path)
    return tmp_path


def bhab(*words):
    result = CliRunner().invoke(app, ["annotate", *words], env={"LABEL_STUDIO_URL": None, "LABEL_STUDIO_API_KEY": None})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def written(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("modality", Modality)
def test_tasks_are_written_without_a_server(here, modality):
    out = here / "tasks.json"
    assert f"{out}: 5 tasks" in bhab("tasks", "--modality", modality, "--out", str(out), "--n", "5").output
    found = written(out)
    labels = dict(zip(*(samples(modality)[c].to_pylist() for c in ("sample_id", "emotion")), strict=True))
    assert [t["data"]["modality"] for t in found] == [modality] * 5
    assert {t["data"]["sample_id"]: [p["result"] for p in t["predictions"]] for t in found} == {
        t["data"]["sample_id"]: [[choice("emotion", e)] for e in [labels[t["data"]["sample_id"]]] if e] for t in found
    }
    assert {p["model_version"] for t in found for p in t["predictions"]} == {"source label"}


def test_the_media_lie_where_the_tasks_say(here):
    bhab("tasks", "--modality", "speech", "--out", "annotations/tasks/speech.json")
    addresses = [t["data"]["audio"] for t in written(here / "annotations/tasks/speech.json")]
    assert len(addresses) == 20
    assert all((here / "annotations/tasks" / a.split("?d=")[1]).is_file() for a in addresses)


def test_the_same_command_writes_the_same_bytes(here):
    for out in ("a.json", "b.json"):
        bhab("tasks", "--modality", "texts", "--out", out)
    assert (here / "a.json").read_bytes() == (here / "b.json").read_bytes()


def test_a_model_is_asked_for_by_name_and_its_least_sure_come_first(here):
    bhab("tasks", "--modality", "faces", "--model", "light_cnn", "--n", "12", "--out", "t.json")
    guesses = [t["predictions"] for t in written(here / "t.json")]
    assert [g[0]["score"] for g in guesses[:10]] == sorted(g[0]["score"] for g in guesses[:10])
    assert {g[0]["model_version"] for g in guesses[:10]} == {"light_cnn"}
    assert guesses[10:] == [[], []]


@pytest.mark.parametrize("modality", Modality)
def test_suspects_are_asked_about_worst_first_with_the_suggestion_filled_in(here, modality):
    bhab("tasks", "--modality", modality, "--suspects", "--n", "2", "--out", "t.json")
    ids = samples(modality)["sample_id"].to_pylist()
    assert [
        (t["data"]["sample_id"], *(p["model_version"] for p in t["predictions"])) for t in written(here / "t.json")
    ] == [(ids[2], "label issues"), (ids[1], "label issues")]


def test_samples_whose_labels_contradict_come_first(here):
    asked = samples(Modality.TEXTS)["sample_id"].to_pylist()[7:9]
    row = {"modality": "texts", "detail": "equal content is labelled fear by 1, sad by 1, expected one emotion"}
    write_table(
        table_of([row | {"sample_id": name} for name in asked], QUEUE), here / "data/processed/split/queue.parquet"
    )
    bhab("tasks", "--modality", "texts", "--n", "3", "--out", "t.json")
    assert {t["data"]["sample_id"] for t in written(here / "t.json")[:2]} == set(asked)


def test_a_corpus_without_faces_gives_no_task(here):
    write_shards(table_of([], FACES), here / "data/interim/faces", 1)
    bhab("tasks", "--modality", "faces", "--model", "light_cnn", "--out", "t.json")
    assert written(here / "t.json") == []


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        pytest.param(["--model", "resnet"], TableError, "resnet.parquet: no such table", id="a model without guesses"),
        pytest.param(["--tables", "nowhere"], TableError, "nowhere/texts: no such table", id="no tables"),
        pytest.param(
            ["--model", "light_cnn"],
            AnnotationError,
            "light_cnn.parquet: found no guess for any of the texts, expected a model of texts",
            id="a model of faces asked about texts",
        ),
        pytest.param(
            ["--model", "light_cnn", "--suspects"],
            AnnotationError,
            "found --suspects and --model light_cnn, expected one of them",
            id="two reasons to be first",
        ),
    ],
)
def test_what_is_missing_is_named(here, words, error, message):
    with pytest.raises(error, match=message):
        bhab("tasks", "--modality", "texts", "--out", "t.json", *words)
    assert not (here / "t.json").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["push", "--modality", "faces"], "LABEL_STUDIO_URL", id="no address"),
        pytest.param(["push", "--modality", "faces", "--url", "http://x"], "LABEL_STUDIO_API_KEY", id="no token"),
        pytest.param(["tasks", "--modality", "smell", "--out", "x"], "smell", id="no such modality"),
        pytest.param(["tasks", "--modality", "faces", "--out", "x", "--n", "0"], "--n", id="no sample at all"),
    ],
)
def test_a_wrong_command_line_is_explained(words, message):
    result = bhab(*words)
    assert (result.exit_code, message in result.output) == (2, True)


def test_push_asks_for_the_page_first(here):
    with pytest.raises(FileNotFoundError, match=r"labeling_faces\.xml"):
        bhab("push", "--modality", "faces", "--url", "http://127.0.0.1:1", "--token", "t")


@pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20")  # in label-studio-sdk 2.0.19
def test_push_without_a_server_ends_in_one_sentence(here):
    words = ["push", "--modality", "faces", "--url", "http://127.0.0.1:1", "--token", "t"]
    with pytest.raises(AnnotationError, match=r"^http://127.0.0.1:1: no Label Studio answers there"):
        bhab(*words, "--labeling", str(ANNOTATIONS))


@pytest.fixture
def server(monkeypatch):
    """What the server would export, in place of a server."""
    answers = []

    @contextmanager
    def no_client(url, token):
        yield None

    monkeypatch.setattr(annotate, "connected", no_client)
    monkeypatch.setattr(annotate, "exported", lambda client, title: (list(answers), {1: "a@x.org", 2: "b@x.org"}))
    return answers


def answered(sample, emotion, who, modality="faces"):
    annotation = {"completed_by": who, "result": [choice("emotion", emotion)], "updated_at": "now", "id": 5}
    return {"id": 3, "data": {"sample_id": sample, "modality": modality}, "annotations": [annotation]}


PULL = ["pull", "--modality", "faces", "--url", "http://x", "--token", "t"]


def test_pull_replaces_the_file_whole_and_gives_equal_bytes(here, server):
    server += [answered("b", "sad", 1), answered("a", "happy", 2)]
    out = here / "annotations/exports/faces.json"
    assert "2 votes of 2 annotators on 2 samples" in bhab(*PULL).output
    first = out.read_bytes()
    server.reverse()
    bhab(*PULL)
    assert out.read_bytes() == first
    assert read_votes(out.parent) == [
        Vote("a", "faces", pseudonym("b@x.org"), "happy"),
        Vote("b", "faces", pseudonym("a@x.org"), "sad"),
    ]
    del server[:]
    bhab(*PULL)
    assert written(out) == []


@pytest.mark.parametrize(
    ("task", "message"),
    [
        pytest.param(answered("a", "rage", 1), r"project 'bhab faces': task 1 .*emotion is", id="unknown emotion"),
        pytest.param(answered("a", "sad", 1, "texts"), "found tasks of texts, expected faces", id="texts among faces"),
    ],
)
def test_a_pull_that_fails_leaves_the_last_one(here, server, task, message):
    server.append(answered("a", "sad", 1))
    bhab(*PULL)
    before = (here / "annotations/exports/faces.json").read_bytes()
    server[:] = [task]
    with pytest.raises(AnnotationError, match=message):
        bhab(*PULL)
    assert (here / "annotations/exports/faces.json").read_bytes() == before

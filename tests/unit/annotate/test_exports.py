import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.annotate.exports import pseudonym, read_export, read_votes, reduced, votes_of
from bhab.annotate.tasks import Guess, choice, task
from bhab.curation.labels import Vote
from bhab.errors import AnnotationError
from bhab.schema import EMOTIONS, Modality
from bhab.store import json_text, write_json

PEOPLE = ("a@example.org", "b@example.org", "c@example.org")

labels = st.dictionaries(
    st.tuples(
        st.integers(0, 6).map(lambda n: f"{n:020x}"),
        st.sampled_from([m.value for m in Modality]),
        st.sampled_from(PEOPLE),
    ),
    st.sampled_from(EMOTIONS),
)


def annotation(emotion="happy", who=1, at="2026-01-01T00:00:00Z", **changes):
    """What the server exports of one answer; a test states only what it is about."""
    result = [] if emotion is None else [choice("emotion", emotion) | {"id": "x1", "origin": "manual"}]
    return {"id": 7, "completed_by": who, "result": result, "was_cancelled": False, "updated_at": at} | changes


def exported(*annotations, **changes):
    data = {"sample_id": "ab", "modality": "faces", "image": "/data/upload/1/x.png"}
    return {"id": 31, "data": data, "annotations": list(annotations), "drafts": [], "created_at": "now"} | changes


def answer(asked, said):
    """Answer tasks as people do on the server: `said` is emotion by (sample, modality, person)."""
    return [
        exported(
            *[
                annotation(emotion, who={"id": 1, "email": person})
                for (sample, modality, person), emotion in said.items()
                if (sample, modality) == (t["data"]["sample_id"], t["data"]["modality"])
            ],
            data=t["data"],
        )
        for t in asked
    ]


def asked(said):
    return [
        task(sample, Modality(modality), "content", Guess("neutral", "light_cnn", 0.5))
        for sample, modality in sorted({key[:2] for key in said})
    ]


@given(labels)
def test_what_people_said_is_what_is_read(tmp_path_factory, said):
    path = tmp_path_factory.getbasetemp() / "export.json"
    path.write_text(json.dumps(answer(asked(said), said)), encoding="utf-8")
    votes = [Vote(sample, modality, pseudonym(person), emotion) for (sample, modality, person), emotion in said.items()]
    assert sorted(read_export(path), key=repr) == sorted(votes, key=repr)


@given(labels)
def test_reducing_twice_changes_nothing(said):
    once = reduced(answer(asked(said), said), "x")
    assert json_text(reduced(json.loads(json_text(once)), "x")) == json_text(once)


@given(labels, st.randoms(use_true_random=False))
def test_the_order_the_server_gives_does_not_matter(said, random):
    tasks = answer(asked(said), said)
    shuffled = copy.deepcopy(tasks)
    random.shuffle(shuffled)
    for one in shuffled:
        random.shuffle(one["annotations"])
    assert json_text(reduced(shuffled, "x")) == json_text(reduced(tasks, "x"))


def test_what_is_kept_of_an_export(golden):
    raw = [
        exported(annotation("sad", who=2), annotation("fear", who=1), data={"sample_id": "b", "modality": "faces"}),
        exported(
            annotation("happy", who=1, at="2026-01-02T00:00:00Z", lead_time=3.5, ground_truth=True),
            annotation("angry", who=1, at="2026-01-01T00:00:00Z"),
            annotation("sad", who=2, was_cancelled=True),
            data={"sample_id": "a", "modality": "faces", "image": "data:image/png;base64,xx"},
            predictions=[{"id": 1}],
        ),
        exported(
            annotation(
                None,
                result=[choice("quality", "not a face"), {"type": "textarea", "value": {"text": ["my neighbour"]}}],
            ),
            data={"sample_id": "c", "modality": "faces"},
        ),
        exported(data={"sample_id": "d", "modality": "faces"}),
    ]
    golden("annotate/kept.jsonl", reduced(raw, "x", {1: "a@example.org", 2: "b@example.org"}))


def test_nothing_of_a_person_is_kept():
    kept = json_text(reduced([exported(annotation(who={"id": 5, "email": "Rahim@Example.org"}))], "x"))
    assert "rahim" not in kept.lower()
    assert pseudonym("rahim@example.org") in kept


@pytest.mark.parametrize(
    ("annotations", "votes"),
    [
        pytest.param([annotation("sad")], [("sad", "user 1")], id="one answer"),
        pytest.param([annotation("sad", was_cancelled=True)], [], id="a skipped task"),
        pytest.param([annotation(None)], [], id="an answer without emotion"),
        pytest.param([annotation(None, result=[choice("quality", "good")])], [], id="quality only"),
        pytest.param(
            [annotation("sad", at="2026-01-02T00:00:00Z"), annotation("fear", at="2026-01-01T00:00:00Z")],
            [("sad", "user 1")],
            id="the later answer of one person counts",
        ),
        pytest.param(
            [annotation("sad"), annotation("fear", at="2027-01-01T00:00:00Z", was_cancelled=True)],
            [],
            id="skipped after it was answered",
        ),
        pytest.param([annotation("sad", who=None)], [("sad", "nobody")], id="an account that was deleted"),
        pytest.param([annotation("sad", who="A@b.org")], [("sad", "a@b.org")], id="an email as it is"),
        pytest.param([], [], id="no answer yet"),
    ],
)
def test_votes(annotations, votes):
    expected = [Vote("ab", "faces", pseudonym(person), emotion) for emotion, person in votes]
    assert votes_of(reduced([exported(*annotations)], "x")) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "not JSON", id="a file cut short"),
        pytest.param("\xff", "not JSON", id="not UTF-8"),
        pytest.param("{}", "found a dict, expected a list of tasks", id="one object"),
        pytest.param('[{"sample_id": "ab", "emotion": "sad"}]', "task 1: no data, expected", id="JSON_MIN"),
        pytest.param([exported(data={"modality": "faces"})], "task 1: sample_id is None", id="no sample_id"),
        pytest.param([exported(data={"sample_id": 5, "modality": "faces"})], "sample_id is 5", id="sample_id a number"),
        pytest.param(
            [exported(data={"sample_id": "ab", "modality": "smell"})],
            "task 1: modality is 'smell', expected one of ['faces', 'texts', 'speech']",
            id="unknown modality",
        ),
        pytest.param(
            [exported(), exported(annotation("rage"))],
            "task 2 (sample ab): emotion is ['rage'], expected one of ['angry'",
            id="an emotion outside the seven",
        ),
        pytest.param(
            [exported(annotation(None, result=[{"type": "choices", "from_name": "emotion", "value": {}}]))],
            "task 1 (sample ab): found the result",
            id="a result without choices",
        ),
        pytest.param([exported(annotation(result=None))], "result is nothing, expected a list", id="no result"),
        pytest.param([exported(annotations=None)], "annotations are nothing, expected a list", id="no annotations"),
        pytest.param([exported(annotation(who=[1]))], "completed_by is a list", id="an annotator that is a list"),
    ],
)
def test_a_fault_names_file_task_and_what_was_expected(tmp_path, content, message):
    path = tmp_path / "faces.json"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(AnnotationError) as error:
        read_votes(tmp_path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


def test_all_exports_of_a_folder_are_read_in_one_order(tmp_path):
    write_json([exported(annotation("sad", who="b@x.org"), annotation("fear", who="a@x.org"))], tmp_path / "z.json")
    write_json(reduced([exported(annotation("fear", who="a@x.org"))], "x"), tmp_path / "faces.json")
    (tmp_path / ".gitkeep").touch()
    votes = [Vote("ab", "faces", pseudonym("a@x.org"), "fear"), Vote("ab", "faces", pseudonym("b@x.org"), "sad")]
    assert read_votes(tmp_path) == sorted(votes, key=lambda vote: vote.annotator)


def test_an_empty_folder_has_no_votes(tmp_path):
    assert read_votes(tmp_path) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(AnnotationError, match="no such folder"):
        read_votes(tmp_path / "exprots")


def test_two_files_may_not_contradict_each_other(tmp_path):
    write_json([exported(annotation("sad"))], tmp_path / "faces.json")
    write_json([exported(annotation("fear"))], tmp_path / "old.json")
    with pytest.raises(AnnotationError, match=r"sample ab is fear, but sad in faces.json, expected one vote"):
        read_votes(tmp_path)

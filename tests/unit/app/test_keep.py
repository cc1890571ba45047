import numpy as np
import pytest
from live_parts import PARAMS, drawn

from bhab.app.keep import UNLABELLED, WORDING, keep, new_code, read_consents, subject_of, withdraw
from bhab.config import SourceConfig, load_params
from bhab.errors import LiveError
from bhab.ingest import Guard
from bhab.schema import Emotion, Modality
from bhab.sources import get_source

SIGNED = ("", "2026-01-31")
SOURCE = SourceConfig(
    adapter="image_folder",
    modality=Modality.FACES,
    root="data/raw/live",
    sidecar="consent.csv",
    licence="given on the live page",
    consent="see consent.csv",
    labels={UNLABELLED: None},
)


def files(root):
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def test_the_adapter_reads_what_is_kept(tmp_path):
    faces = {"happy": drawn("a"), None: drawn("b"), "sad": drawn("c")}
    codes = {"happy": "one", None: "one", "sad": "two"}
    kept = {keep(tmp_path, face, label and Emotion(label), codes[label], SIGNED) for label, face in faces.items()}
    items = {item.key: item for item in get_source("image_folder")(tmp_path, SOURCE)}
    assert items.keys() == kept
    one, two = subject_of("one"), subject_of("two")
    assert {(item.emotion, item.subject) for item in items.values()} == {("happy", one), (None, one), ("sad", two)}


def test_the_pixels_come_through_ingest_as_they_were(tmp_path):
    face = drawn("a")
    keep(tmp_path, face, Emotion.HAPPY, "one", SIGNED)
    (item,) = get_source("image_folder")(tmp_path, SOURCE)
    guard = Guard(Modality.FACES, load_params(PARAMS).ingest)
    try:
        (row,) = guard.decode([item.content.read_bytes()])
    finally:
        guard.close()
    assert np.frombuffer(row["image"], np.uint8).reshape(48, 48).tolist() == face.tolist()


def test_consent_says_who_when_and_to_what(tmp_path):
    file = keep(tmp_path, drawn("a"), Emotion.HAPPY, "one", ("রিনা", "2026-01-31"))
    (row,) = read_consents(tmp_path)
    assert (row.file, row.subject, row.name, row.date, row.wording) == (
        file,
        subject_of("one"),
        "রিনা",
        "2026-01-31",
        WORDING,
    )


def test_what_is_stored_does_not_tell_the_code(tmp_path):
    code = new_code()
    keep(tmp_path, drawn("a"), None, code, SIGNED)
    assert code not in (tmp_path / "consent.csv").read_text(encoding="utf-8") + "".join(files(tmp_path))
    assert new_code() != code


def test_who_withdraws_takes_all_of_theirs_and_nothing_of_others(tmp_path):
    for name, code in (("a", "one"), ("b", "one"), ("c", "two")):
        keep(tmp_path, drawn(name), Emotion.SAD, code, SIGNED)
    assert withdraw(tmp_path, " ONE\n") == 2
    assert files(tmp_path) == ["consent.csv", f"sad/{subject_of('two')}-0001.png"]
    assert [row.subject for row in read_consents(tmp_path)] == [subject_of("two")]
    assert withdraw(tmp_path, "one") == 0


def test_a_face_never_stands_there_without_consent(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("bhab.app.keep.write_png", full)
    with pytest.raises(OSError, match="no space left"):
        keep(tmp_path, drawn("a"), Emotion.SAD, "one", SIGNED)
    assert files(tmp_path) == ["consent.csv"]
    monkeypatch.undo()
    assert keep(tmp_path, drawn("a"), Emotion.SAD, "one", SIGNED).endswith("-0002.png")


@pytest.mark.parametrize(
    ("signed", "message"),
    [
        pytest.param(("", "today"), "date 'today', expected one like 2026-01-31", id="no date"),
        pytest.param(("a\nb", "2026-01-31"), r"name 'a\\nb', expected at most 80", id="a name of two lines"),
        pytest.param(("a" * 81, "2026-01-31"), "expected at most 80 characters", id="a long name"),
    ],
)
def test_consent_that_cannot_be_one_is_refused(tmp_path, signed, message):
    with pytest.raises(LiveError, match=message):
        keep(tmp_path, drawn("a"), None, "one", signed)
    assert files(tmp_path) == []

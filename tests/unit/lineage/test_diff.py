import pandas as pd
import pytest

from bhab.errors import TableError
from bhab.lineage.diff import Change, Share, diff, difference

NO_CHANGE = Change(0, {}, ())


def version(**rows):
    """Each row is emotion, split and content."""
    columns = ["emotion", "split", "content_sha256"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=object)
    return frame.assign(source="s", gender="none", age_group="none")


BEFORE = version(a=("happy", "train", "1"), b=("sad", "train", "2"), c=("sad", "test", "3"))


@pytest.mark.parametrize(
    ("after", "kind", "change"),
    [
        pytest.param(
            pd.concat([BEFORE, version(d=("fear", "train", "4"))]),
            "added",
            Change(1, {}, ("d",)),
            id="a row more",
        ),
        pytest.param(BEFORE.drop("b"), "removed", Change(1, {}, ("b",)), id="a row less"),
        pytest.param(
            BEFORE.assign(content_sha256=["1", "2", "9"]), "content", Change(1, {}, ("c",)), id="another picture"
        ),
        pytest.param(
            BEFORE.assign(emotion=["sad", "happy", "sad"]),
            "relabelled",
            Change(2, {"happy -> sad": 1, "sad -> happy": 1}, ("a", "b")),
            id="other labels",
        ),
        pytest.param(
            BEFORE.assign(split=["train", "none", "train"]),
            "resplit",
            Change(2, {"test -> train": 1, "train -> none": 1}, ("b", "c")),
            id="other splits, and one left out",
        ),
    ],
)
def test_one_change_is_told_and_no_other(after, kind, change):
    found = difference(BEFORE, after)
    told = {name: getattr(found, name) for name in ("added", "removed", "content", "relabelled", "resplit")}
    assert told == dict.fromkeys(told, NO_CHANGE) | {kind: change}


def test_balance_before_and_after():
    found = difference(BEFORE, BEFORE.assign(emotion=["sad", "sad", "sad"]))
    assert found.balance["emotion"] == (Share("happy", 1, 0), Share("sad", 2, 3))
    assert found.drift == {"emotion": pytest.approx(1 / 3), "split": 0, "source": 0, "gender": 0, "age_group": 0}


@pytest.mark.parametrize(
    ("before", "after", "drift"),
    [
        pytest.param(BEFORE, BEFORE, 0.0, id="nothing changed"),
        pytest.param(BEFORE[:0], BEFORE, 1.0, id="a first version"),
        pytest.param(BEFORE[:0], BEFORE[:0], 0.0, id="never any rows"),
    ],
)
def test_drift_at_the_ends(before, after, drift):
    assert set(difference(before, after).drift.values()) == {drift}


def test_a_version_without_tables_is_explained(tmp_path):
    with pytest.raises(TableError, match="faces: no such table, expected the one that `dvc repro assemble` writes"):
        diff(tmp_path, tmp_path)

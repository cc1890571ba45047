import json
from pathlib import Path

import pytest
import yaml

from bhab.config import RepliesConfig
from bhab.curation.decisions import Drop
from bhab.schema import REJECTS, REPLIES, Pair
from bhab.store import read_json, read_table
from pipelines import replies as stage

PARAMS = Path(__file__).parents[3] / "params.yaml"
CONFIG = RepliesConfig(seed="s", pairs=0, root="own", validation_fraction=0.1, test_fraction=0.1)
HELLO = Pair("sad", None, "\u0995\u09a5\u09be \u09ac\u09b2\u09cb\u0964", "template")


def keep(*items):
    return stage.replies([("f", str(n), item) for n, item in enumerate(items, start=1)], CONFIG)


def test_rows_in_are_rows_kept_and_rejects():
    kept = keep(HELLO, HELLO, Drop("text_empty", "nothing"))
    assert [(row["source_key"], row["reason"]) for row in kept.rejects.to_pylist()] == [
        ("2", "duplicate"),
        ("3", "text_empty"),
    ]
    assert len(kept.table) + len(kept.rejects) == 3
    assert stage.figures(kept)["rejects"] == {"duplicate": 1, "text_empty": 1}


def test_equal_replies_share_a_template_and_so_a_split():
    kept = keep(HELLO, Pair("sad", "\u0986\u09ae\u09bf", HELLO.reply, "another"))
    assert set(kept.table["template"].to_pylist()) == {"template"}


def test_no_pairs_are_an_empty_table():
    kept = keep()
    assert (len(kept.table), stage.figures(kept)["n"]) == (0, 0)


@pytest.fixture
def run(tmp_path):
    def once(name, **changes):
        own = tmp_path / "own"
        own.mkdir(exist_ok=True)
        params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
        params["replies"] |= {"pairs": 700, "root": str(own)} | changes
        path = tmp_path / "params.yaml"
        path.write_text(yaml.safe_dump(params), encoding="utf-8")
        files = {"out": tmp_path / name, "metrics": tmp_path / f"{name}.json", "params": path}
        stage.main([part for flag, value in files.items() for part in (f"--{flag}", str(value))])
        return read_table(tmp_path / name / "replies.parquet", REPLIES), read_json(tmp_path / f"{name}.json")

    return once


def test_no_template_and_no_reply_is_in_two_splits(run):
    table, figures = run("one")
    for column in ("template", "reply"):
        splits = {}
        for value, split in zip(table[column].to_pylist(), table["split"].to_pylist(), strict=True):
            assert splits.setdefault(value, split) == split
    assert figures["n"] == 700
    assert all(part["pairs"] > 20 for part in figures["by_split"].values())


def test_the_same_params_give_the_same_bytes(run, tmp_path):
    run("one")
    run("two")
    assert (tmp_path / "one/replies.parquet").read_bytes() == (tmp_path / "two/replies.parquet").read_bytes()


def test_pairs_of_your_own_stand_beside_those_of_the_grammar(run, tmp_path):
    (tmp_path / "own").mkdir()
    rows = [{"emotion": "happy", "reply": HELLO.reply}, {"emotion": "bored", "reply": "x"}]
    (tmp_path / "own/mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    table, figures = run("one", pairs=70)
    assert table.filter([s == "mine.jsonl" for s in table["source"].to_pylist()])["reply"].to_pylist() == [HELLO.reply]
    assert (figures["n"], figures["rejects"]) == (71, {"label_unknown": 1})
    rejects = read_table(tmp_path / "one/rejects.parquet", REJECTS).to_pylist()
    assert [(row["source"], row["source_key"], row["stage"]) for row in rejects] == [("mine.jsonl", "2", "replies")]

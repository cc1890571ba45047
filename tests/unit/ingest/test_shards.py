import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.config import SourceConfig
from bhab.ingest import batches, by_shard, merge, rejects_table
from bhab.schema import REJECTS, Column
from bhab.store import shard_of, table_of

COLUMNS = tuple(Column(name=name, type=pa.string(), doc=name) for name in ("sample_id", "source", "source_key", "note"))
NOTHING = table_of([], COLUMNS)


def row(key, note=""):
    return {
        "sample_id": hashlib.sha256(key.encode()).hexdigest()[:20],
        "source": "s",
        "source_key": key,
        "note": note,
    }


def part(number, *rows):
    return number, table_of(rows, COLUMNS)


@given(st.lists(st.text("abc", max_size=3), max_size=30), st.integers(1, 9))
def test_every_row_goes_to_its_shard(keys, shards):
    placed = list(by_shard(4, [row(key) for key in keys], COLUMNS, shards))
    found = [(shard, r) for shard, (number, table) in placed for r in table.to_pylist() if number == 4]
    assert sorted(r["source_key"] for _, r in found) == sorted(keys)
    assert all(shard == shard_of(r["sample_id"], shards) for shard, r in found)
    assert len({shard for shard, _ in placed}) == len(placed)


@given(
    st.permutations([part(-1), part(0, row("a", "0"), row("b")), part(1, row("a", "1")), part(2, row("c"), row("a"))])
)
def test_merged_rows_do_not_depend_on_who_was_first(parts):
    table, rejects = merge(parts)
    by_id = sorted([row("a", "0"), row("b"), row("c")], key=lambda r: r["sample_id"])
    assert table.to_pylist() == by_id
    assert [(r["source_key"], r["reason"]) for r in rejects] == [("a", "key_repeated")] * 2


@pytest.mark.parametrize("rows", [pytest.param([], id="no row"), pytest.param([row("a")], id="one row")])
def test_a_small_shard_is_whole(rows):
    table, rejects = merge([part(-1), part(0, *rows)])
    assert table.to_pylist() == rows
    assert rejects == []


def test_batches_are_numbered_and_lose_nothing(tmp_path):
    for name in "abcde":
        (tmp_path / "happy").mkdir(exist_ok=True)
        (tmp_path / "happy" / name).write_bytes(b"x")
    source = SourceConfig(
        adapter="image_folder", modality="faces", root=str(tmp_path), licence="MIT", consent="unknown"
    )
    found = [(number, [item.content.name for item in items]) for number, items in batches(source, 2)]
    assert found == [(0, ["a", "b"]), (1, ["c", "d"]), (2, ["e"])]


def test_rejects_have_one_order():
    dropped = [
        {"source": "s", "source_key": key, "stage": "ingest", "reason": "row_broken", "detail": ""} for key in "bca"
    ]
    assert rejects_table(dropped) == table_of(sorted(dropped, key=lambda r: r["source_key"]), REJECTS)

import pytest
from curation_rows import faces, sample, sample_id, speech, tables

from bhab.config import CurateConfig
from bhab.schema import DUPLICATES, FINDINGS, GROUPS
from bhab.store import read_json, read_table, write_shards
from pipelines import curate as stage

CONFIG = CurateConfig(max_clipped_share=0.01)


@pytest.mark.parametrize(
    ("share", "flagged"),
    [
        pytest.param(0.0, False, id="not clipped"),
        pytest.param(0.01, False, id="at the limit"),
        pytest.param(0.0101, True, id="over the limit"),
    ],
)
def test_a_clipped_clip_is_flagged(share, flagged):
    curated = stage.curate(tables(speech=speech(sample("a", clipped_share=share))), CONFIG)
    row = {"sample_id": sample_id("a"), "modality": "speech", "check": "audio_clipped"}
    assert curated.findings.to_pylist() == [row | {"score": share, "flagged": flagged}]
    assert curated.figures["speech"]["findings"] == {"audio_clipped": {"n": 1, "flagged": int(flagged)}}


def test_equal_content_in_two_modalities_is_no_duplicate():
    row = sample("a", content_sha256="same")
    curated = stage.curate(tables(faces=faces(row), speech=speech(row | {"sample_id": sample_id("b")})), CONFIG)
    assert curated.duplicates.num_rows == 0
    assert curated.groups["group_id"].to_pylist() == [sample_id("a"), sample_id("b")]


def test_a_source_is_counted_as_if_it_stood_alone():
    alone = [sample(name, source="one", content_sha256="same") for name in "ab"]
    shared = sample("c", source="two", content_sha256="same")
    figures = stage.curate(tables(faces=faces(*alone, shared)), CONFIG).figures["faces"]
    redundant = {source: exact["redundant"] for source, exact in figures["exact_by_source"].items()}
    assert (figures["exact"]["redundant"], redundant) == (2, {"one": 1, "two": 0})


def test_every_sample_has_a_group_and_tables_are_sorted(tmp_path):
    twins = [sample(name, content_sha256="same") for name in "fbd"]
    given = tables(faces=faces(*twins, sample("a")), speech=speech(sample("e"), sample("c")))
    for modality, table in given.items():
        write_shards(table, tmp_path / modality, 3)
    for run in ("one", "two"):
        stage.main(
            ["--tables", str(tmp_path), "--out", str(tmp_path / run), "--metrics", str(tmp_path / f"{run}.json")]
        )
    out = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert out == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    found = {
        "duplicates.parquet": (DUPLICATES, "bdf"),
        "groups.parquet": (GROUPS, "abcdef"),
        "findings.parquet": (FINDINGS, "ce"),
    }
    assert set(out) == set(found)
    for name, (columns, samples) in found.items():
        ids = read_table(tmp_path / "one" / name, columns)["sample_id"].to_pylist()
        assert ids == [sample_id(each) for each in samples]
    assert {m: f["n"] for m, f in read_json(tmp_path / "one.json").items()} == {"faces": 4, "texts": 0, "speech": 2}

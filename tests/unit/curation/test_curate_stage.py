import numpy as np
from curation_rows import faces, sample, sample_id, speech, tables

from bhab.config import CurateConfig
from bhab.schema import DUPLICATES, GROUPS, PAIRS
from bhab.store import read_json, read_table, write_shards
from pipelines import curate as stage

CONFIG = CurateConfig(min_face_correlation=0.9, max_face_shift_px=3, min_text_similarity=0.9, min_speech_similarity=0.9)


def test_nearly_equal_faces_are_paired_and_share_a_group():
    face = np.random.default_rng(1).integers(0, 256, (12, 12), dtype=np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    given = [
        sample("a", image=face.tobytes(), source_split="train"),
        sample("b", image=(face // 2 + 20).tobytes(), source_split="test"),
        sample("c", image=face[:, ::-1].tobytes(), emotion="sad"),
        sample("d", image=np.roll(face, 24).tobytes()),
    ]
    curated = stage.curate(tables(faces=faces(*given)), CONFIG)
    found = [(row["one_id"][-1], row["other_id"][-1], row["kind"]) for row in curated.pairs.to_pylist()]
    assert found == [("a", "b", "near"), ("a", "c", "mirrored"), ("b", "c", "mirrored")]
    assert [group[-1] for group in curated.groups["group_id"].to_pylist()] == ["a", "a", "a", "d"]
    assert curated.figures["faces"]["near"] == {
        "pairs": 3,
        "mirrored": 2,
        "items": 3,
        "components": 1,
        "spanning_pairs": 1,
        "test_items_with_near_twin": 1,
        "contradicting_pairs": 2,
    }
    assert curated.figures["faces"]["near_by_source"] == {"corpus": curated.figures["faces"]["near"]}


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
    }
    assert set(out) == {*found, "pairs.parquet"}
    assert read_table(tmp_path / "one" / "pairs.parquet", PAIRS).num_rows == 0
    for name, (columns, samples) in found.items():
        ids = read_table(tmp_path / "one" / name, columns)["sample_id"].to_pylist()
        assert ids == [sample_id(each) for each in samples]
    assert {m: f["n"] for m, f in read_json(tmp_path / "one.json").items()} == {"faces": 4, "texts": 0, "speech": 2}

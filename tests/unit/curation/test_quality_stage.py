from pathlib import Path

import numpy as np
import pytest
from curation_rows import faces, sample, sample_id, speech, tables

from bhab.config import load_params
from bhab.curation.findings import CHECKS, checks_of, findings
from bhab.schema import FINDINGS, Modality
from bhab.store import read_json, read_table, write_shards
from pipelines import quality as stage

PARAMS = Path(__file__).parents[3] / "params.yaml"
CONFIG = load_params(PARAMS).quality


@pytest.mark.parametrize(
    ("check", "score", "flagged"),
    [
        pytest.param("audio_clipped", 0.0001, False, id="at a limit that must not be passed"),
        pytest.param("audio_clipped", 0.0002, True, id="over it"),
        pytest.param("audio_noisy", 15.0, False, id="at a limit that must be reached"),
        pytest.param("audio_noisy", 14.9, True, id="under it"),
    ],
)
def test_a_sample_past_the_limit_is_flagged(check, score, flagged):
    scores = {c.name: np.full(1, np.nan) for c in checks_of(Modality.SPEECH)} | {check: np.array([score])}
    table = findings(speech(sample("a"))["sample_id"], Modality.SPEECH, scores, CONFIG)
    row = {"sample_id": sample_id("a"), "modality": "speech", "check": check}
    assert table.to_pylist() == [row | {"score": score, "flagged": flagged}]


def test_every_limit_belongs_to_a_check():
    assert [check.name for check in CHECKS] == list(type(CONFIG).model_fields)


def test_every_sample_has_every_check_that_applies_and_the_share_is_of_the_unflagged():
    clips = speech(*(sample(name, snr_db=level) for name, level in (("b", 5.0), ("a", 30.0), ("c", 40.0))))
    judged = stage.quality(tables(speech=clips), CONFIG)
    ids = judged.findings["sample_id"].to_pylist()
    assert ids == sorted(ids)
    applies = {c.name for c in checks_of(Modality.SPEECH)} - {"audio_channels_differ"}  # a clip of one channel
    assert [(row["sample_id"], row["check"]) for row in judged.findings.to_pylist()] == [
        (sample_id(name), check) for name in "abc" for check in sorted(applies)
    ]
    noisy = judged.figures["speech"]["audio_noisy"]
    assert {key: noisy[key] for key in ("n", "flagged", "threshold")} == {"n": 3, "flagged": 1, "threshold": 15.0}
    assert noisy["share"]["value"] == pytest.approx(2 / 3)
    assert noisy["source"] == CONFIG.audio_noisy.source


def test_the_stage_writes_the_same_bytes_twice_and_an_empty_modality_is_legal(tmp_path):
    given = tables(faces=faces(sample("b"), sample("a")))
    for modality, table in given.items():
        write_shards(table, tmp_path / modality, 2)
    for run in ("one", "two"):
        words = [
            "--tables",
            tmp_path,
            "--out",
            tmp_path / run,
            "--metrics",
            tmp_path / f"{run}.json",
            "--params",
            PARAMS,
        ]
        stage.main([str(word) for word in words])
    assert (tmp_path / "one/findings.parquet").read_bytes() == (tmp_path / "two/findings.parquet").read_bytes()
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert read_table(tmp_path / "one/findings.parquet", FINDINGS).num_rows == 2 * len(checks_of(Modality.FACES))
    figures = read_json(tmp_path / "one.json")
    assert {m: figures[m]["image_dark" if m == "faces" else checks_of(Modality(m))[0].name]["n"] for m in figures} == {
        "faces": 2, "texts": 0, "speech": 0,
    }  # fmt: skip

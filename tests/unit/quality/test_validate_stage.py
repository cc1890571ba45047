import hashlib

import pytest
import yaml
from curation_rows import faces, sample

from bhab.errors import ContractError, TableError
from bhab.schema import FACE_BYTES
from bhab.schema import sample_id as id_of
from bhab.store import read_json, write_shards
from pipelines import validate as stage


@pytest.fixture
def run(tmp_path, request):
    """Run the stage on these faces under this severity; give the path of its verdict."""

    def validate(rows, severity):
        params = yaml.safe_load((request.config.rootpath / "params.yaml").read_text(encoding="utf-8"))
        params["validate"] = {"examples": 5, "severity": severity}
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        write_shards(faces(*rows), tmp_path / "faces", 2)
        paths = [f"--{name}={tmp_path / at}" for name, at in (("table", "faces"), ("params", "params.yaml"))]
        stage.main(["--modality=faces", f"--out={tmp_path / 'faces.json'}", *paths])

    return validate


def honest(name, **changes):
    """A face whose id, hash and label are those of its source."""
    pixels = hashlib.sha256(bytes(FACE_BYTES)).hexdigest()
    return sample(name, sample_id=A if name == "a" else B, content_sha256=pixels, source_label="x") | changes


A, B = id_of("corpus", "a.raw"), id_of("corpus", "b.raw")
BROKEN = [honest("a", emotion="rage", source_label="y"), honest("b")]
BENT = [honest("a", votes=[]), honest("b", source_label=None)]


def test_a_good_table_gives_the_same_verdict_twice(run, tmp_path):
    run([honest("a"), honest("b")], "stop")
    once = (tmp_path / "faces.json").read_bytes()
    run([honest("b"), honest("a")], "stop")
    assert (tmp_path / "faces.json").read_bytes() == once
    assert read_json(tmp_path / "faces.json")["success"] is True


def test_a_broken_contract_stops_the_run_and_is_there_to_read(run, tmp_path):
    with pytest.raises(ContractError, match=f"column emotion breaks .*_in_set in 1 of 2 rows .rage in {A}"):
        run(BROKEN, "stop")
    assert read_json(tmp_path / "faces.json")["success"] is False


def test_a_broken_rule_stops_the_run_and_one_of_severity_report_does_not(run, tmp_path):
    sentence = f"faces: rule votes_are_given is broken in 1 of 2 rows .votes .. in {A}., expected: votes, where"
    with pytest.raises(ContractError, match=f"^{sentence}"):
        run(BENT, "stop")
    verdict = read_json(tmp_path / "faces.json")
    assert (verdict["success"], all(o["success"] for o in verdict["expectations"])) == (False, True)
    assert [o["rule"] for o in verdict["rules"] if not o["success"]] == ["votes_are_given", "label_is_stated"]
    run(BENT[1:], "stop")
    verdict = read_json(tmp_path / "faces.json")
    assert verdict["success"] is True
    assert [o["rule"] for o in verdict["rules"] if not o["success"]] == ["label_is_stated"]


def test_a_broken_contract_may_only_be_reported(run, tmp_path):
    run(BROKEN, "report")
    assert read_json(tmp_path / "faces.json")["success"] is False


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(TableError, match="no such table"):
        stage.main(["--modality=faces", f"--out={tmp_path / 'out.json'}", f"--table={tmp_path / 'gone'}"])

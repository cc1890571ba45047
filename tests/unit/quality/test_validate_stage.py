import pytest
import yaml
from curation_rows import faces, sample, sample_id

from bhab.errors import ContractError, TableError
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


BROKEN = [sample("a", emotion="rage"), sample("b")]


def test_a_good_table_gives_the_same_verdict_twice(run, tmp_path):
    run([sample("a"), sample("b")], "stop")
    once = (tmp_path / "faces.json").read_bytes()
    run([sample("b"), sample("a")], "stop")
    assert (tmp_path / "faces.json").read_bytes() == once
    assert read_json(tmp_path / "faces.json")["success"] is True


def test_a_broken_contract_stops_the_run_and_is_there_to_read(run, tmp_path):
    with pytest.raises(
        ContractError, match=f"column emotion breaks .*_in_set in 1 of 2 rows .rage in {sample_id('a')}"
    ):
        run(BROKEN, "stop")
    assert read_json(tmp_path / "faces.json")["success"] is False


def test_a_broken_contract_may_only_be_reported(run, tmp_path):
    run(BROKEN, "report")
    assert read_json(tmp_path / "faces.json")["success"] is False


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(TableError, match="no such table"):
        stage.main(["--modality=faces", f"--out={tmp_path / 'out.json'}", f"--table={tmp_path / 'gone'}"])

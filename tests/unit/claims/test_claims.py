"""Our own claims: what holds, what fails and how, what is bound to nothing."""

import json
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from typer.testing import CliRunner

from bhab.claims.audit import load_audits
from bhab.claims.claim import Claims, load_claims
from bhab.claims.judge import judge, unbound
from bhab.claims.outcome import audited, failed, outcome
from bhab.claims.queries import answer, read_documents
from bhab.cli import app
from bhab.errors import ClaimError
from bhab.store import read_json, write_json, write_table, write_text
from pipelines import claims as stage

ROOT = Path(__file__).parents[3]
TEXT = "It keeps **3,383\nfaces** of 12 sources; accuracy is 79.7 %. Training took 41 s."
README = f"# Title\n\n{TEXT}\n\n```\nmake -j 4\n```\n"
COUNTS = {"faces": {"n": 3383}, "m": [{"name": "a", "accuracy": 0.797015}, {"name": "b", "accuracy": 0.5}]}


def claim(**changes):
    """Return a claim on README.md that holds."""
    base = {"id": "one", "document": "README.md", "says": "**3,383 faces**", "value": "3,383"}
    return base | {"query": {"file": "c.json", "path": "faces.n"}} | changes


def asked(path, take="value", file="c.json"):
    """Return a claim on the accuracy, bound to `path`."""
    return claim(says="accuracy is 79.7 %", value="79.7 %", query={"file": file, "path": path, "take": take})


def of_table(**query):
    """Return a claim on the sources, bound to a table."""
    return claim(says="12 sources", value="12", query={"file": "t.parquet"} | query)


MEASURED = {"command": "make repro", "date": "2026-11-22", "on": "two cores"}


@pytest.fixture
def root(tmp_path):
    write_text(README, tmp_path / "README.md")
    write_json(COUNTS, tmp_path / "c.json")
    write_text("train: {epochs: 12}\n", tmp_path / "params.yaml")
    rows = {"split": ["test"] * 12 + ["train"], "n": [1.0] * 12 + [5.0]}
    write_table(pa.table(rows), tmp_path / "t.parquet")
    return tmp_path


@pytest.fixture
def verdict(root):
    """Judge one claim; give its verdict and what was found."""

    def ask(one):
        bound = Claims.model_validate({"documents": ["README.md"], "claims": [one]})
        (row,) = judge(bound, read_documents(bound, root), partial(answer, root=root))
        return row.verdict, row.found, row.sentence

    return ask


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(claim(), ("holds", "3,383", "from c.json: faces.n"), id="a count, over a line break"),
        pytest.param(claim(value="3,383", query={"file": "c.json", "path": "m", "take": "count"}),
                     ("fails", "1", "from c.json: count of m"), id="another count"),
        pytest.param(asked("m.0.accuracy"), ("holds", "79.7 %", "from c.json: m.0.accuracy"), id="a share"),
        pytest.param(asked("m.1.accuracy"), ("fails", "50.0 %", "from c.json: m.1.accuracy"), id="wrong"),
        pytest.param(asked("m.*.accuracy", "mean"), ("fails", "64.9 %", "from c.json: mean of m.*.accuracy"),
                     id="a mean"),
        pytest.param(asked("m.*.accuracy"), ("fails", "–", "c.json: m.*.accuracy finds 2 values, expected one"),
                     id="more than one value"),
        pytest.param(asked("m.0.f1"), ("fails", "–", "c.json: found no f1 of m.0.f1"), id="no such key"),
        pytest.param(asked("m.0.name"), ("fails", "–", "c.json: m.0.name is 'a', expected a number"), id="text"),
        pytest.param(asked("m.1.accuracy") | {"tolerance": "0.3"},
                     ("holds", "50.0 %", "from c.json: m.1.accuracy"), id="within its tolerance"),
        pytest.param(claim(says="12 sources", value="12", query={"file": "params.yaml", "path": "train.epochs"}),
                     ("holds", "12", "from params.yaml: train.epochs"), id="a param"),
        pytest.param(of_table(where={"split": "test"}, take="count"),
                     ("holds", "12", "from t.parquet: count of rows where split is test"), id="rows of a table"),
        pytest.param(of_table(column="n", take="sum"), ("fails", "17", "from t.parquet: sum of n where all rows"),
                     id="a sum of a table"),
        pytest.param(of_table(column="m", take="sum"), ("fails", "–", "t.parquet: no column m, found ['split', 'n']"),
                     id="no such column"),
        pytest.param(claim(says="3,384 faces", value="3,384"),
                     ("fails", "–", "README.md does not say '3,384 faces' any more"), id="the document has changed"),
        pytest.param({"id": "t", "document": "README.md", "says": "Training took 41 s", "measured": MEASURED},
                     ("not recomputed", "–", "measured with `make repro` on 2026-11-22: two cores"), id="measured"),
        pytest.param({"id": "t", "document": "README.md", "says": "Training took 41 s", "quoted": "a book"},
                     ("not recomputed", "–", "quoted from a book"), id="quoted"),
    ],
)  # fmt: skip
def test_a_claim(verdict, one, expected):
    assert verdict(one) == expected


def test_a_missing_file_fails_the_claim(verdict):
    state, found, sentence = verdict(asked("n", file="gone.json"))
    assert (state, found) == ("fails", "–")
    assert "gone.json: no such file" in sentence


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        pytest.param({"claims": [{k: v for k, v in claim().items() if k not in {"query", "value"}}]},
                     "expected one of `query`, `measured`, `quoted`", id="no source"),
        pytest.param({"claims": [claim(measured=MEASURED)]}, "expected one of `query`", id="two sources"),
        pytest.param({"claims": [claim(value="3,384")]}, "holds '3,384' 0 times", id="figure not in words"),
        pytest.param({"claims": [claim(), claim()]}, "more than once", id="one id twice"),
        pytest.param({"claims": [claim(document="docs/x.md")]}, "expected only those of", id="strange document"),
        pytest.param({"claims": [claim(query={"file": "reports/metrics/claims.json", "path": "a"})]},
                     "is made from the claims", id="a claim about claims"),
        pytest.param({"claims": [claim(query={"file": "t.parquet", "path": "a"})]}, "no `path`", id="path of a table"),
        pytest.param({"claims": [of_table(take="sum")]}, "the sum or mean of a column", id="sum of nothing"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_checked_is_refused(tmp_path, parts, sentence):
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump({"documents": ["README.md"]} | json.loads(json.dumps(parts)), sort_keys=False))
    with pytest.raises(ClaimError, match=sentence):
        load_claims(path)


def test_figures_that_nothing_holds_are_listed():
    ignore = [{"says": "12 sources", "because": "a test"}]
    bound = Claims.model_validate({"documents": ["README.md"], "claims": [claim()], "ignore": ignore})
    rows = unbound(bound, {"README.md": README})
    assert [(row.line, row.figure) for row in rows] == [(4, "79.7 %"), (4, "41")]


def write_project(root, one, severity):
    (root / "claims.yaml").write_text(yaml.safe_dump({"documents": ["README.md"], "claims": [one]}))
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["claims"] = {"severity": severity}
    (root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    (root / "audits").mkdir(exist_ok=True)
    return [f"--{name}={root / name}" for name in ("audits", "root")] + [
        f"--root={root}",
        f"--claims={root / 'claims.yaml'}",
        f"--params={root / 'params.yaml'}",
        f"--metrics={root / 'claims.json'}",
    ]


def test_the_stage_stops_if_params_ask_for_it_and_leaves_its_result(root):
    words = write_project(root, asked("m.1.accuracy"), "stop")
    with pytest.raises(ClaimError, match=r"one claims 79.7 %, found 50.0 % \(from c.json: m.1.accuracy\)"):
        stage.main(words)
    assert [row["verdict"] for row in read_json(root / "claims.json")["claims"]] == ["fails"]
    stage.main(write_project(root, asked("m.1.accuracy"), "report"))
    once = (root / "claims.json").read_bytes()
    stage.main([*words, f"--metrics={root / 'again.json'}"])
    assert (root / "again.json").read_bytes() == once


@pytest.mark.parametrize(
    ("one", "status", "said"),
    [
        pytest.param(claim(), 0, "1 holds, 0 fails", id="all hold"),
        pytest.param(asked("m.1.accuracy"), 1, "0 holds, 1 fails", id="one fails"),
    ],
)
def test_the_command_tells_and_exits(root, one, status, said):
    write_project(root, one, "report")
    words = ["--claims", root / "claims.yaml", "--root", root, "--table", ROOT / "audits/paper.yaml"]
    done = CliRunner().invoke(app, ["audit-claims", *map(str, words)], env={"COLUMNS": "200"})
    assert done.exit_code == status, done.output
    assert said in done.output
    assert "train printed 13,450, found 13,350; all printed 16,785, found 16,705" in done.output


def test_a_table_can_be_audited_without_claims(tmp_path):
    words = ["--claims", tmp_path / "claims.yaml", "--table", ROOT / "audits/paper.yaml"]
    done = CliRunner().invoke(app, ["audit-claims", *map(str, words)], env={"COLUMNS": "200"})
    assert (done.exit_code, "15 comparisons, 11 findings" in done.output) == (0, True)


@pytest.mark.parametrize("name", ["paper", "notebook", "project-page"])
def test_the_audit_of_what_was_published(name, golden):
    golden(f"claims/{name}.jsonl", audited(load_audits(ROOT / "audits")[name])["findings"])


def test_our_own_claims_hold():
    bound = load_claims(ROOT / "claims.yaml")
    result = outcome(bound, read_documents(bound, ROOT), partial(answer, root=ROOT), {})
    assert failed(result) == []


def test_the_stage_depends_on_every_file_of_a_claim():
    bound = load_claims(ROOT / "claims.yaml")
    entry = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["claims"]
    asked_for = {one.query.file for one in bound.claims if one.query} | set(bound.documents)
    assert asked_for - {str(d) for d in entry["deps"]} == set()

"""Each gate rings: one thing is planted, and the run stops, or says so, with a sentence that names it."""

from pathlib import Path

import pytest
import yaml
from curation_rows import sample_id
from gate_corpus import child, corpus, counts_of, face, pair

from bhab.errors import GateError
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, PREDICTIONS, REPLIES, SAMPLE_TABLES, SPLITS, Modality
from bhab.store import read_json, table_of, write_json, write_shards, write_table
from pipelines import gate_data, gate_results

PARAMS = Path(__file__).parents[3] / "params.yaml"
SAME = {"content_sha256": "0" * 64}
SUITE = {"expectations": [], "rules": [], "n": 0, "success": True}
MEASURED = {
    "suspects": {m: {"n": 100, "flagged": 1} for m in Modality},
    "confounds": {m: {"rings": []} for m in Modality},
}


def flags(**paths):
    return [f"--{name}={path}" for name, path in paths.items()]


def write_params(folder, **severities):
    params = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    params["gates"]["severities"] |= severities
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    return folder / "params.yaml"


@pytest.fixture
def ask_data(tmp_path):
    """Write a corpus, run stage gate_data over it, give the verdicts by gate."""

    def ask(made, measured=None, suites=None, **severities):
        for modality, table in made.samples.items():
            write_shards(table.select([c.name for c in SAMPLE_TABLES[modality]]), tmp_path / "tables" / modality, 2)
            write_json(SUITE | (suites or {}).get(modality, {}), tmp_path / f"validation/{modality}.json")
        places = {"tables/rejects": made.rejects, "labels/labels": made.labels, "split/splits": made.splits}
        places |= {f"curation/{name}": getattr(made, name) for name in ("groups", "duplicates", "pairs")}
        places |= {"split/rejects": made.left_out}
        for name, table in places.items():
            write_table(table, tmp_path / f"{name}.parquet")
        write_shards(made.augmented, tmp_path / "augmented", 2)
        for name, value in ({"counts": made.counts} | MEASURED | (measured or {})).items():
            write_json(value, tmp_path / f"{name}.json")
        folders = {n: tmp_path / n for n in ("tables", "curation", "labels", "augmented", "validation")}
        files = {n: tmp_path / f"{n}.json" for n in ("counts", "suspects", "confounds", "out", "passed")}
        params = write_params(tmp_path, **severities)
        gate_data.main(flags(splits=tmp_path / "split", params=params, **folders, **files))

    return ask


def verdicts(path):
    return {gate["gate"]: gate for gate in read_json(path)["gates"]}


def test_a_sound_corpus_may_be_trained_on(ask_data, tmp_path):
    ask_data(corpus())
    assert {name: gate["passed"] for name, gate in verdicts(tmp_path / "out.json").items()} == dict.fromkeys(
        ("links", "leakage", "children", "contracts", "rejects", "label_issues", "confounds"), True
    ) | {"rejects": False}  # of 6 items one is broken, and says so
    once = (tmp_path / "out.json").read_bytes()
    ask_data(corpus())
    assert (tmp_path / "out.json").read_bytes() == once
    assert read_json(tmp_path / "passed.json") == {"gate": "data", "passed": True}


STOPS = {
    "leak": ("leakage", corpus(people={"a": SAME, "d": SAME})),
    "near_leak": ("leakage", corpus(pairs=[pair("b", "c")])),
    "person_leak": ("leakage", corpus(people={n: {"subject_id": "corpus/p"} for n in "ae"})),
    "child_in_test": ("children", corpus(children=(child("d", "a"),))),
    "child_of_test": ("children", corpus(children=(child("k", "d"),))),
    "lost_sample": ("links", corpus(splits=corpus().splits.to_pylist()[1:], children=())),
    "wrong_counts": ("links", corpus(counts=counts_of([face(n) for n in "abc"], []))),
}


@pytest.mark.parametrize("planted", STOPS)
def test_a_gate_stops_training_with_a_sentence_that_names_it(planted, ask_data, tmp_path, golden):
    gate, made = STOPS[planted]
    with pytest.raises(GateError) as stopped:
        ask_data(made)
    found = verdicts(tmp_path / "out.json")[gate]
    assert (found["passed"], found["severity"]) == (False, "stop")
    assert found["sentence"] in str(stopped.value).split("\n")
    assert not (tmp_path / "passed.json").exists()
    golden(f"gates/{planted}.jsonl", [{"sentence": found["sentence"], "examples": found["examples"]}])


RINGS = {"confounds": MEASURED["confounds"] | {"speech": {"rings": ["source", "intensity"]}}}
WRONG = {"suspects": MEASURED["suspects"] | {"texts": {"n": 100, "flagged": 7}}}
BENT = {"rule": "peak_is_over_level", "success": False, "unexpected_count": 3, "severity": "stop"}
SAYS = {
    "confound": ("confounds", {"measured": RINGS}),
    "wrong_labels": ("label_issues", {"measured": WRONG}),
    "broken_contract": ("contracts", {"suites": {"speech": {"rules": [BENT]}}}),
    "many_rejects": ("rejects", {}),
}


@pytest.mark.parametrize("planted", SAYS)
def test_a_gate_says_so_and_stops_only_if_it_is_told_to(planted, ask_data, tmp_path, golden):
    gate, changes = SAYS[planted]
    ask_data(corpus(), **changes)
    found = verdicts(tmp_path / "out.json")[gate]
    assert (found["passed"], found["severity"]) == (False, "report")
    golden(f"gates/{planted}.jsonl", [{"sentence": found["sentence"], "examples": found["examples"]}])
    with pytest.raises(GateError, match=f"^{gate}: "):
        ask_data(corpus(), **changes, **{gate: "stop"})
    assert not (tmp_path / "passed.json").exists()


N = 20  # test faces of each emotion
TEST = [f"t{place}n{i}" for place in range(7) for i in range(N)]
TRAIN = ["s0", "s1"]
SHIFTED = [0, 1, 2, 3, 5, 6, 4]  # the paper's: neutral, sad and surprise stand for what follows them


def emotion_of(name):
    return EMOTIONS[int(name[1])]


def prediction(name, said, split="test"):
    row = {"sample_id": sample_id(name), "model": "m", "split": split, "emotion": emotion_of(name), "leaked": False}
    return row | {"predicted": said} | {f"p_{e}": 0.4 if e == said else 0.1 for e in EMOTIONS}


def said(name, meant=range(7)):
    """Two of ten are wrong, the rest as `meant` says: the place each class is called by."""
    place, number = name[1:].split("n")
    return EMOTIONS[meant[(int(place) + (int(number) % 10 < 2)) % 7]]


def results(meant=range(7)):
    """What the stages before leave for a model of faces, as (folder tree of JSON, predictions, splits)."""
    predictions = [prediction(name, said(name, meant)) for name in TEST]
    rows = [[sum(p["emotion"] == t and p["predicted"] == s for p in predictions) for s in EMOTIONS] for t in EMOTIONS]
    hits = sum(rows[i][i] for i in range(7))
    digest = {"split": "test", "rows_sha256": rows_sha256(map(sample_id, TEST))}
    accuracy = {"value": hits / len(TEST), "low": 0.0, "high": 1.0, "n": len(TEST)}
    fer = digest | {"why": None, "test": {"n": len(TEST), "accuracy": accuracy}}
    fer |= {"eval_mode": {"n": len(TEST), "equal": True, "largest_difference": 0.0}}
    return {
        "metrics/fer_m.json": fer | {"confusion": {"labels": list(EMOTIONS), "rows": rows}},
        "metrics/fairness_m.json": digest | {"n": len(TEST), "overall": accuracy},
        "models/fer/m/card.json": {"emotions": list(EMOTIONS)},
        "models/feedback/card.json": {"emotions": list(EMOTIONS)},
        "predictions": predictions,
    }


def split_row(name, split):
    row = {"sample_id": sample_id(name), "modality": "faces", "source": "corpus", "emotion": emotion_of(name)}
    return row | {"group_id": name, "split": split, "leaked": False}


@pytest.fixture
def ask_results(tmp_path):
    def ask(made, **severities):
        rows = [split_row(n, "test") for n in TEST] + [split_row(n, "train") for n in TRAIN]
        write_table(table_of(rows, SPLITS), tmp_path / "split/splits.parquet")
        write_table(table_of(made["predictions"], PREDICTIONS), tmp_path / "predictions/m.parquet")
        write_table(table_of([], REPLIES), tmp_path / "replies/replies.parquet")
        for name in made.keys() - {"predictions"}:
            write_json(made[name], tmp_path / name)
        folders = {name: tmp_path / name for name in ("metrics", "predictions", "models", "replies")}
        params = write_params(tmp_path, **severities)
        gate_results.main(flags(splits=tmp_path / "split", out=tmp_path / "out.json", params=params, **folders))

    return ask


def test_sound_results_may_be_published(ask_results, tmp_path):
    ask_results(results())
    assert {name: gate["passed"] for name, gate in verdicts(tmp_path / "out.json").items()} == {
        "label_map": True,
        "train_metric": True,
        "eval_mode": True,
        "int8": True,
    }


def changed(file, **changes):
    made = results()
    return made | {file: made[file] | changes}


ON_TRAIN = {
    "rows_sha256": rows_sha256(map(sample_id, TRAIN)),
    "test": {"n": 2, "accuracy": {"value": 1.0, "low": 0.3, "high": 1.0, "n": 2}},
}
CONFUSION = results()["metrics/fer_m.json"]["confusion"]
UNSTABLE = {"n": 140, "equal": False, "largest_difference": 0.412}
PUBLISHED = {
    "permuted_label_map": ("label_map", results(SHIFTED)),
    "card_in_another_order": (
        "label_map",
        changed("models/fer/m/card.json", emotions=[EMOTIONS[i] for i in SHIFTED]),
    ),
    "confusion_in_another_order": (
        "label_map",
        changed("metrics/fer_m.json", confusion=CONFUSION | {"labels": [EMOTIONS[i] for i in SHIFTED]}),
    ),
    "matrix_in_another_order": (
        "label_map",
        results() | {"metrics/suspects.json": {"faces": {"noise_matrix": {"labels": ["sad"], "rows": [[1.0]]}}}},
    ),
    "metric_on_train": ("train_metric", changed("metrics/fer_m.json", **ON_TRAIN)),
    "dropout_on": ("eval_mode", changed("metrics/fer_m.json", eval_mode=UNSTABLE)),
}


@pytest.mark.parametrize("planted", PUBLISHED)
def test_a_gate_stops_publishing_with_a_sentence_that_names_it(planted, ask_results, tmp_path, golden):
    gate, made = PUBLISHED[planted]
    with pytest.raises(GateError) as stopped:
        ask_results(made)
    found = verdicts(tmp_path / "out.json")
    assert [name for name, verdict in found.items() if not verdict["passed"]] == [gate]
    assert str(stopped.value) == found[gate]["sentence"]
    golden(f"gates/{planted}.jsonl", [{"sentence": found[gate]["sentence"], "examples": found[gate]["examples"]}])
    ask_results(made, **{gate: "report"})

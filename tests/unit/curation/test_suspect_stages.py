"""Stages `probe` and `suspect`, one after the other, over small corpora."""

import numpy as np
import pyarrow as pa
import pytest
from curation_rows import sample, sample_id, tables

from bhab.config import LabelsConfig
from bhab.curation.labels import count_votes, merge_labels
from bhab.schema import FINDINGS, GROUPS, LABEL_ISSUES, PAIRS, PROBE, TEXTS, Modality
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from pipelines import probe, suspect

SAYINGS = {"happy": "মনটা আজ খুব খুশি", "sad": "চোখে জল এসে গেল", "angry": "রাগে গা জ্বলছে", "fear": "ভয়ে বুক কাঁপছে"}
N, WRONG = 48, 17
LABELS_CONFIG = LabelsConfig(min_votes=2, min_agreement=0.5, resamples=100)


def texts():
    """Sentences of four emotions by twelve people; one is labelled wrong, the last not at all, half have votes."""
    rows = []
    for number in range(N):
        said = list(SAYINGS)[number % 4]
        label = "surprise" if number == WRONG else None if number == N - 1 else said
        votes = [(said, 3), ("neutral", 1)] if number < N // 2 else None
        content = f"{SAYINGS[said]} {number // 4}"
        text = {"text_raw": content, "text": content, "n_words": 5, "n_graphemes": 20, "bengali_share": 1.0}
        rows.append(sample(f"{number:02}", emotion=label, votes=votes) | text)
    return table_of(rows, TEXTS)


def write_corpus(folder, given):
    """Write what the stages before leave: tables, groups of four samples, and the labels of the sources."""
    groups, labels = [], []
    for modality, table in given.items():
        write_shards(table, folder / "interim" / modality, 2)
        ids = table["sample_id"].to_pylist()
        groups += [{"sample_id": i, "modality": modality, "group_id": ids[n // 4 * 4]} for n, i in enumerate(ids)]
        none = count_votes([], table["sample_id"].combine_chunks())
        labels.append(merge_labels(table, none, LABELS_CONFIG, modality))
    write_table(table_of([], PAIRS), folder / "interim/curation/pairs.parquet")
    write_table(table_of(groups, GROUPS), folder / "interim/curation/groups.parquet")
    write_table(pa.concat_tables(labels), folder / "interim/labels/labels.parquet")


def run(folder, out):
    """Run both stages as programs and return the folder they wrote to."""
    interim = folder / "interim"
    before = ["--curation", interim / "curation", "--labels", interim / "labels"]
    for modality in Modality:
        words = ["--modality", modality, "--table", interim / modality, "--out", out / f"probe/{modality}.parquet"]
        probe.main([str(word) for word in words + before])
    words = ["--tables", interim, "--probe", out / "probe", "--labels", interim / "labels"]
    suspect.main([str(word) for word in [*words, "--out", out / "suspects", "--metrics", out / "suspects.json"]])
    return out


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, tables(texts=texts()))
    return run(folder, folder / "one"), run(folder, folder / "two")


def test_every_sample_is_probed_in_the_fold_of_its_group(found):
    rows = read_table(found[0] / "probe/texts.parquet", PROBE).to_pylist()
    assert [row["sample_id"] for row in rows] == texts()["sample_id"].to_pylist()
    folds = [{row["fold"] for row in rows[start : start + 4]} for start in range(0, N, 4)]
    assert {len(fold) for fold in folds} == {1}
    assert len(set.union(*folds)) == 10
    assert [sum(row[name] for name in row if name.startswith("p_")) for row in rows] == pytest.approx([1] * N, abs=1e-5)


def test_the_wrong_label_comes_first_with_the_right_one_beside_it(found):
    rows = read_table(found[0] / "suspects/label_issues.parquet", LABEL_ISSUES).sort_by("rank").to_pylist()
    assert (rows[0]["sample_id"], rows[0]["emotion"], rows[0]["suggested"]) == (sample_id("17"), "surprise", "sad")
    assert [row["flagged"] for row in rows] == [True] + [False] * (N - 2)
    assert [row["rank"] for row in rows] == list(range(1, N))


def test_figures_say_how_sure_the_ranking_is(found):
    figures = read_json(found[0] / "suspects.json")["texts"]
    assert (figures["n"], figures["flagged"], figures["settled"]) == (N - 1, 1, 0)
    assert figures["accuracy_out_of_fold"]["value"] == pytest.approx(46 / 47)
    assert figures["estimated_noise"]["value"] < 1.01 / 47  # honest doubt is not counted as error
    votes = figures["against_votes"]
    assert (votes["n"], votes["wrong"]["value"], votes["roc_auc"]["value"]) == (24, pytest.approx(1 / 24), 1.0)
    assert (votes["precision_of_first"]["value"], votes["precision_of_first"]["n"]) == (1.0, 1)


@pytest.mark.parametrize("modality", ["faces", "speech"])
def test_a_modality_without_samples_has_figures_of_nothing(found, modality):
    figures = read_json(found[0] / "suspects.json")[modality]
    nothing = {"value": 0.0, "low": 0.0, "high": 1.0, "n": 0}
    assert {key: figures[key] for key in ("n", "flagged", "share", "against_votes", "estimated_noise", "outliers")} == {
        "n": 0,
        "flagged": 0,
        "share": nothing,
        "against_votes": None,
        "estimated_noise": None,
        "outliers": {"n": 0, "flagged": 0, "share": nothing},
    }


def test_every_sample_has_an_outlier_score(found):
    rows = read_table(found[0] / "suspects/findings.parquet", FINDINGS).to_pylist()
    assert [row["sample_id"] for row in rows] == texts()["sample_id"].to_pylist()
    assert np.isfinite([row["score"] for row in rows]).all()


def test_two_runs_give_equal_bytes(found):
    one, two = ({p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} for out in found)
    assert len(one) == 6
    assert one == two

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from safetensors.numpy import load_file

from bhab.config import EmbedConfig, TokenizeConfig, load_params
from bhab.fairness.intervals import wilson
from bhab.schema import REPLIES, SPLITS, TEXTS
from bhab.store import read_json, read_table, table_of, write_shards, write_table
from bhab.text.units import Units
from bhab.text.vocabulary import END, PAD, START, UNKNOWN
from pipelines import embed as embed_stage
from pipelines import judge_texts as judge_stage
from pipelines import tokenize as tokenize_stage

CONFIG = TokenizeConfig(method="words", vocabulary=99, min_count=1)
PARAMS = load_params(Path(__file__).parents[3] / "params.yaml")
VECTORS = EmbedConfig(seed=1, dimensions=4, window=2, negative=2, epochs=2)
SAID = [("a", "আমি ভাত খাই।", "happy", "train"), ("b", "আমি ভাত চাই।", "sad", "train"), ("c", "তুমি ভাত খাও!", None, "test")]


def texts(rows) -> pa.Table:
    fixed = {"content_sha256": "", "source": "s", "source_key": "", "licence": "", "consent": ""}
    measured = {"n_words": 1, "n_graphemes": 1, "bengali_share": 1.0}
    return table_of([{"sample_id": i, "text_raw": t, "text": t, **fixed, **measured} for i, t, _, _ in rows], TEXTS)


def replies(*rows) -> pa.Table:
    fixed = {"emotion": "sad", "template": "t", "source": "grammar"}
    return table_of([{"sample_id": c or r, "context": c, "reply": r, "split": s, **fixed} for c, r, s in rows], REPLIES)


def splits(rows) -> pa.Table:
    fixed = {"modality": "texts", "source": "s", "group_id": "", "leaked": False}
    return table_of([{"sample_id": i, "emotion": e, "split": s, **fixed} for i, _, e, s in rows], SPLITS)


def test_tokenize_knows_only_words_of_training_texts():
    done = tokenize_stage.tokenize(texts(SAID), replies(), splits(SAID), CONFIG)
    assert done.vocabulary.words[4:] == ("আমি", "ভাত", "খাই", "চাই")
    assert done.table.to_pylist()[2] == {
        "sample_id": "c",
        "emotion": None,
        "split": "test",
        "tokens": [START, UNKNOWN, 5, UNKNOWN, END, *[PAD] * 15],
        "n_words": 3,
        "n_unknown": 2,
        "truncated": False,
    }


def test_words_of_training_replies_have_ids_too_and_marks_are_words():
    said = replies(("মা", "বসো, মা।", "train"), (None, "ওঠো।", "test"))
    done = tokenize_stage.tokenize(texts(SAID), said, splits(SAID), CONFIG)
    assert set(done.vocabulary.words[4:]) == {"আমি", "ভাত", "খাই", "চাই", "মা", "বসো", ",", "।"}
    vectors = embed_stage.embed(done.table, said, Units(done.vocabulary), VECTORS)
    assert vectors[done.vocabulary.ids["বসো"]].any()


def test_tokenize_leaves_out_texts_without_a_split_and_other_modalities():
    rows = [*splits(SAID[:1]).to_pylist(), splits(SAID[1:2]).to_pylist()[0] | {"modality": "faces"}]
    done = tokenize_stage.tokenize(texts(SAID), replies(), table_of(rows, SPLITS), CONFIG)
    assert done.table["sample_id"].to_pylist() == ["a"]


def test_figures_of_tokenize():
    done = tokenize_stage.tokenize(texts(SAID), replies(), splits(SAID), CONFIG).figures
    assert {name: done["coverage"][name]["value"] for name in done["coverage"]} == {
        "train": 1.0,
        "validation": 0.0,
        "test": pytest.approx(1 / 3),
    }
    assert (done["n"], done["truncated_share"], done["pad_share"]) == (3, 0.0, 0.75)
    assert done["by_emotion"]["happy"]["n"] == 0
    assert done["by_source"] == {"s": done["held_out"]}
    assert done["held_out"] == {
        "n": 1,
        "known": {**done["coverage"]["test"]},
        "tokens_a_word": 1.0,
        "truncated": asdict(wilson(0, 1)),
        "pad_share": 0.75,
    }


def test_subwords_know_what_words_do_not():
    config = CONFIG.model_copy(update={"method": "subwords"})
    done = tokenize_stage.tokenize(texts(SAID), replies(), splits(SAID), config)
    words, subwords = (done.figures["methods"][method]["held_out"] for method in ("words", "subwords"))
    assert done.figures["held_out"] == subwords
    assert (words["known"]["value"], words["tokens_a_word"]) == (pytest.approx(1 / 3), 1.0)
    assert subwords["known"]["value"] > 0.5
    assert subwords["tokens_a_word"] > 1
    rows = done.table.to_pylist()
    assert done.vocabulary.spoken(rows[0]["tokens"]) == ["আমি", "ভাত", "খাই"]
    assert [row["n_words"] for row in rows] == [
        sum(number > END for number in row["tokens"]) + row["n_unknown"] for row in rows
    ]


def test_a_corpus_without_texts():
    done = tokenize_stage.tokenize(texts([]), replies(), splits([]), CONFIG)
    vectors = embed_stage.embed(done.table, replies(), Units(done.vocabulary), VECTORS)
    assert (done.figures["n"], done.figures["coverage"]["test"]["n"]) == (0, 0)
    assert (vectors.shape, bool(vectors.any())) == ((4, 4), False)
    assert embed_stage.figures(vectors, embed_stage.typical_words(done.table, done.vocabulary), done.vocabulary) == {
        "words": 0,
        "dimensions": 4,
        "nearest": {},
    }


def test_embed_gives_special_tokens_no_vector_and_no_neighbour():
    done = tokenize_stage.tokenize(texts(SAID), replies(), splits(SAID), CONFIG)
    vectors = embed_stage.embed(done.table, replies(), Units(done.vocabulary), VECTORS)
    assert [bool(row.any()) for row in vectors] == [False] * 4 + [True] * 4
    shown = embed_stage.figures(vectors, ["আমি"], done.vocabulary)["nearest"]["আমি"]
    assert {word for word, _ in shown} == {"ভাত", "খাই", "চাই"}


def run_embed(folder, hash_seed):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "OMP_NUM_THREADS": "1"}
    io = "--texts tokens --replies said --vocabulary v.json --subwords s --out w --metrics e.json"
    subprocess.run([sys.executable, "-m", "pipelines.embed", *io.split()], cwd=folder, env=environment, check=True)


def test_both_stages_write_the_same_bytes_in_any_folder_and_with_any_hash_seed(tmp_path, request, monkeypatch):
    root = request.config.rootpath
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    params["embed"] |= {"dimensions": 4, "epochs": 1}
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        monkeypatch.chdir(folder)
        (folder / "params.yaml").write_text(yaml.safe_dump(params))
        (folder / "pipelines").symlink_to(root / "pipelines")
        ids = [(f"{i:020x}", text, emotion, split) for i, (_, text, emotion, split) in enumerate(SAID)]
        write_shards(texts(ids), folder / "texts", 2)
        write_table(splits(ids), folder / "split/splits.parquet")
        write_table(replies(), folder / "said/replies.parquet")
        io = "--texts texts --replies said --splits split --out tokens --metrics t.json"
        tokenize_stage.main([*io.split(), "--vocabulary", "v.json", "--subwords", "s.model"])
        run_embed(folder, seed)
        names = (
            "tokens/part-00.parquet",
            "v.json",
            "s.model",
            "t.json",
            "e.json",
            "w/card.json",
            "w/vectors.safetensors",
        )
        written.append([(folder / name).read_bytes() for name in names])
    assert written[0] == written[1]
    assert load_file(tmp_path / "1/w/vectors.safetensors")["vectors"].shape == (8, 4)
    assert read_json(tmp_path / "1/w/card.json")["window"] == params["embed"]["window"]
    assert read_table(tmp_path / "1/tokens")["truncated"].to_pylist() == [False] * 3


def test_the_probe_is_scored_on_test_texts_without_a_twin():
    said = [
        (f"{i}{emotion}{split}", f"{word} {i}", emotion, split)
        for i in range(4)
        for word, emotion in (("ভালো", "happy"), ("কান্না", "sad"))
        for split in ("train", "test")
    ]
    rows = splits(said).to_pylist()
    rows[3]["leaked"] = True
    found = judge_stage.judge_texts(texts(said), table_of(rows, SPLITS), PARAMS)
    assert (found["n"], found["trained_on"]) == (7, 8)
    assert found["all"] == found["by_source"]["s"]
    assert (found["all"]["accuracy"]["value"], found["all"]["macro_f1"]["value"]) == (1.0, 1.0)


def test_the_probe_without_texts():
    found = judge_stage.judge_texts(texts([]), splits([]), PARAMS)
    assert (found["n"], found["all"]["macro_f1"]["n"], found["by_source"]) == (0, 0, {})

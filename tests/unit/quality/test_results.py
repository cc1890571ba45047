from dataclasses import replace

import numpy as np
import pytest
from curation_rows import sample_id

from bhab.quality.results import Results, eval_mode, int8, label_map, rows_sha256, train_metric
from bhab.schema import EMOTIONS, PREDICTIONS, REPLIES, SPLITS
from bhab.store import table_of

TEST, TRAIN = [f"t{i}" for i in range(14)], [f"s{i}" for i in range(7)]
ALL = list(EMOTIONS)
ODD = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]  # the paper's, over FER2013's codes


def split_row(name, split, modality="faces"):
    row = {"sample_id": sample_id(name), "modality": modality, "source": "corpus", "group_id": name, "split": split}
    return row | {"emotion": EMOTIONS[int(name[1:]) % 7], "leaked": False}


def prediction(name, said, split="test", sure=None):
    chances = {f"p_{e}": 0.4 if e == (sure or said) else 0.1 for e in EMOTIONS}
    row = {"sample_id": sample_id(name), "model": "m", "split": split, "emotion": EMOTIONS[int(name[1:]) % 7]}
    return row | {"predicted": said, "leaked": False} | chances


def right(name, split="test"):
    return prediction(name, EMOTIONS[int(name[1:]) % 7], split)


def reply(name, split, **changes):
    row = {"sample_id": sample_id(name), "emotion": "sad", "context": None, "reply": name, "template": name}
    return row | {"split": split, "source": "grammar"} | changes


def figure(value, n):
    return {"value": value, "low": 0.0, "high": 1.0, "n": n}


SPLIT_ROWS = [split_row(n, "test") for n in TEST] + [split_row(n, "train") for n in TRAIN]
SAID = [prediction("t0", "sad"), *map(right, TEST[1:]), right("s0", "validation")]
COUNTS = [[2 if r == c else 0 for c in range(7)] for r in range(7)]
COUNTS[0] = [1, 0, 0, 0, 0, 1, 0]
ROWS = {"split": "test", "rows_sha256": rows_sha256(map(sample_id, TEST))}
FER = ROWS | {
    "test": {"n": 14, "accuracy": figure(13 / 14, 14)},
    "confusion": {"labels": ALL, "rows": COUNTS},
}
FAIRNESS = ROWS | {"n": 14, "overall": figure(13 / 14, 14)}
FEEDBACK = {"split": "test", "rows_sha256": rows_sha256(sample_id(f"x{i}") for i in range(3)), "n": 3}
SOUND = Results(
    fer={"m": FER},
    fairness={"m": FAIRNESS},
    feedback=FEEDBACK,
    predictions={"m": table_of(SAID, PREDICTIONS)},
    splits=table_of(SPLIT_ROWS, SPLITS),
    replies=table_of([reply(f"x{i}", "test") for i in range(3)] + [reply("y", "train")], REPLIES),
    compared=ROWS | {"n": 14, "pairs": [{"one": "m", "other": "none", "accuracy": figure(13 / 14, 14)}]},
)
AS_PREDICTED = "expected 0.9286 of 14, as the predictions of the test rows give it"
UNSCORED = {"test": {"n": 0, "accuracy": None}, "confusion": {"labels": ALL, "rows": [[0] * 7] * 7}}


def said(*rows):
    return replace(SOUND, predictions={"m": table_of(rows, PREDICTIONS)})


def fer(**changes):
    return replace(SOUND, fer={"m": FER | changes})


def compared(**changes):
    return replace(SOUND, compared=SOUND.compared | changes)


def without(key, metrics):
    return {name: value for name, value in metrics.items() if name != key}


def of_train(accuracy):
    """Metrics that were computed on the training rows."""
    seen = {"rows_sha256": rows_sha256(map(sample_id, TRAIN)), "test": {"n": 7, "accuracy": figure(accuracy, 7)}}
    return fer(**seen)


@pytest.mark.parametrize(
    "results",
    [
        pytest.param(SOUND, id="all models"),
        pytest.param(replace(SOUND, fer={}, fairness={}, feedback=None, predictions={}, compared=None), id="no model"),
        pytest.param(
            replace(
                SOUND,
                fer={"m": FER | UNSCORED | {"rows_sha256": rows_sha256([])}},
                fairness={"m": FAIRNESS | {"n": 0, "overall": figure(0.0, 0), "rows_sha256": rows_sha256([])}},
                feedback=FEEDBACK | {"n": 0, "rows_sha256": rows_sha256([])},
                predictions={"m": table_of([], PREDICTIONS)},
                compared={"split": "test", "rows_sha256": rows_sha256([]), "n": 0, "pairs": []},
            ),
            id="models that could not be trained",
        ),
    ],
)
def test_sound_results_pass(results):
    assert train_metric(results).passed
    assert label_map({"fer/m/card.json": ALL}, results, {}).passed


@pytest.mark.parametrize(
    ("results", "faults"),
    [
        pytest.param(
            of_train(1.0),
            [
                "fer_m.json: called a test figure, but computed on the train rows, expected the 14 test rows",
                f"fer_m.json: accuracy 1.0000 of 7 rows, {AS_PREDICTED}",
            ],
            id="a metric on training rows",
        ),
        pytest.param(
            compared(rows_sha256=rows_sha256(["b"])),
            ["compare_fer.json: called a test figure, but computed on 14 other rows, expected the 14 test rows"],
            id="a comparison on other rows",
        ),
        pytest.param(
            compared(pairs=[{"one": "m", "other": "n", "accuracy": figure(0.5, 14)}]),
            [
                "compare_fer.json: m is said to be +50.00 points from n, expected +92.86, "
                "as the predictions of the test rows give it"
            ],
            id="a comparison that does not come out again",
        ),
        pytest.param(
            fer(split="train"),
            ["fer_m.json: computed on the train rows, expected the test rows"],
            id="a training metric",
        ),
        pytest.param(
            fer(rows_sha256=rows_sha256(["b"])),
            ["fer_m.json: called a test figure, but computed on 14 other rows, expected the 14 test rows"],
            id="a metric on other rows",
        ),
        pytest.param(
            replace(SOUND, fer={"m": without("split", FER)}),
            ["fer_m.json: does not say on which split and rows it was computed"],
            id="a metric that does not say on what",
        ),
        pytest.param(
            fer(test={"n": 14, "accuracy": figure(1.0, 14)}),
            [
                f"fer_m.json: accuracy 1.0000 of 14 rows, {AS_PREDICTED}",
            ],
            id="a figure that does not come out again",
        ),
        pytest.param(
            said(*SAID[:-1], right("s0")),
            [
                f"{file}_m.json: 1 of the predictions called test are of rows that are not"
                for file in ("fer", "fairness")
            ],
            id="a training row that the predictions call test",
        ),
        pytest.param(
            replace(SOUND, predictions={}, compared=None),
            [f"{file}_m.json: there are no predictions to compute its accuracy from" for file in ("fer", "fairness")],
            id="figures without predictions",
        ),
        pytest.param(
            replace(SOUND, feedback=FEEDBACK | {"split": "validation"}),
            ["feedback.json: computed on the validation rows, expected the test rows"],
            id="feedback judged on validation replies",
        ),
        pytest.param(
            replace(
                SOUND,
                replies=table_of(
                    [reply(f"x{i}", "test") for i in range(3)] + [reply("y", "train", template="x1")], REPLIES
                ),
            ),
            ["feedback.json: 1 of the test rows' values of template are in training too, expected none"],
            id="a template in training and in test",
        ),
    ],
)
def test_a_figure_that_is_not_of_test_rows_is_found(results, faults):
    assert list(train_metric(results).about) == faults


@pytest.mark.parametrize(
    ("names", "results", "permuted", "faults"),
    [
        pytest.param(
            {"fer/m/card.json": ODD},
            SOUND,
            {},
            [f"fer/m/card.json: class names {ODD}, expected {ALL}"],
            id="a card in another order",
        ),
        pytest.param(
            {"feedback/card.json": None},
            SOUND,
            {},
            [f"feedback/card.json: class names None, expected {ALL}"],
            id="a card without names",
        ),
        pytest.param(
            {},
            fer(confusion={"labels": ALL, "rows": COUNTS[1:] + COUNTS[:1]}),
            {},
            ["fer_m.json: the confusion matrix is not that of the predictions under the names they carry"],
            id="rows of the confusion in another order",
        ),
        pytest.param(
            {},
            said(prediction("t0", "sad", sure="neutral"), *SAID[1:]),
            {},
            ["fer_m.json: 1 of 15 predictions name another emotion than their highest probability"],
            id="a prediction with the wrong name",
        ),
        pytest.param(
            {},
            SOUND,
            {"m": "rows named neutral, sad are sad, neutral"},
            ["fer_m.json: the classes seem permuted: rows named neutral, sad are sad, neutral"],
            id="the detector finds a permutation",
        ),
    ],
)
def test_a_label_map_that_is_wrong_is_found(names, results, permuted, faults):
    assert list(label_map(names, results, permuted).about) == faults


SURE = {"n": 9, "equal": True, "largest_difference": 0.0}


@pytest.mark.parametrize(
    ("twice", "words"),
    [
        pytest.param(SURE, None, id="equal"),
        pytest.param(
            SURE | {"equal": False, "largest_difference": 0.3},
            "x.json: the same 9 items asked twice gave different answers, expected equal ones",
            id="dropout is on",
        ),
        pytest.param(
            SURE | {"largest_difference": 0.021},
            "x.json: 9 items asked in other batches gave answers that differ by up to 0.021, expected less than 0.001",
            id="batch statistics are in use",
        ),
        pytest.param(None, "x.json: the model was not asked twice", id="nobody looked"),
    ],
)
def test_a_model_that_says_two_things_is_found(twice, words):
    found = eval_mode({"x.json": twice})
    assert (found.passed, list(found.about)) == (words is None, [words] if words else [])


def test_rows_have_one_digest_in_any_order():
    rng = np.random.default_rng(1)
    names = [sample_id(n) for n in TEST]
    assert rows_sha256(rng.permutation(names).tolist()) == rows_sha256(names) != rows_sha256(names[1:])


def compressed(lost, n=14):
    variant = {"test": {"n": n, "lost": lost}}
    return ROWS | {"variants": {"float32": variant, "int8": variant}}


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        pytest.param({}, "0 models lose at most 1.0 points of accuracy by int8", id="no model was made small"),
        pytest.param({"m": ROWS | {"variants": {}}}, "0 models lose at most 1.0 points", id="a model not trained"),
        pytest.param({"m": compressed(None, 0)}, "0 models lose at most 1.0 points", id="no test faces"),
        pytest.param({"m": compressed(figure(0.01, 14))}, "1 models lose at most 1.0 points", id="just the limit"),
        pytest.param(
            {"m": compressed(figure(0.02, 14)), "sound": compressed(figure(0.0, 14))},
            "int8 costs m: 2.0 points (0.0 to 100.0, 14 faces), expected at most 1.0 points",
            id="one loses more",
        ),
    ],
)
def test_what_int8_may_cost(found, sentence):
    verdict = int8(found, 0.01)
    assert (verdict.passed, verdict.sentence[: len(sentence)]) == (not sentence.startswith("int8"), sentence)


def test_a_small_model_that_was_judged_on_other_rows_is_named():
    found = train_metric(replace(SOUND, compressed={"m": compressed(None) | {"rows_sha256": "0" * 64}}))
    assert found.sentence.startswith("compress_m.json: called a test figure, but computed on 14 other rows")

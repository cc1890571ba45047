"""What other stages measured on the small corpus, in their own shapes; the numbers are made up."""

from made_speech import SENTENCE, SPEECH_N, denoise, denoiser, score, voice

from bhab.quality.gates import ASKS
from bhab.schema import EMOTIONS

FACES_N = 700

TEXTS_N = 21
MODEL = "light_cnn"
OTHER = "dark_cnn"
SPLIT_OF = ("train", "train", "validation", "test")


def exact(**changes: int) -> dict[str, int]:
    """Figures on exact duplicates."""
    keys = ("groups", "items", "redundant", "groups_spanning_splits", "test_items_with_train_twin")
    return dict.fromkeys((*keys, "contradicting_groups", "contradicting_items"), 0) | changes


def near(**changes: int) -> dict[str, int]:
    """Figures on near duplicates."""
    keys = ("pairs", "mirrored", "items", "components", "spanning_pairs", "test_items_with_near_twin")
    return dict.fromkeys((*keys, "contradicting_pairs"), 0) | changes


def study() -> dict[str, object]:
    """An augmentation study: one transform helps, of one nobody knows."""

    def judged(gain: float, half: float, *, beyond: bool) -> dict[str, object]:
        gains = {"value": gain, "low": gain - half, "high": gain + half, "n": FACES_N}
        return {
            "accuracy": score(0.7 + gain),
            "by_seed": [score(0.7 + gain), score(0.69 + gain)],
            "gain": gains,
            "gain_over_seeds": gains | {"n": 2},
            "beyond_chance": beyond,
        }

    worth = {
        "none": judged(0, 0, beyond=False),
        "flip": judged(0.04, 0.02, beyond=True),
        "all": judged(-0.01, 0.02, beyond=False),
    }
    rows = [{"transform": name, "validation": row, "test": row} for name, row in worth.items()]
    return {"model": MODEL, "epochs": 12, "seeds": [1, 2], "transforms": rows}


def metrics() -> dict[str, dict[str, object]]:
    """Metrics of the other stages, by file."""
    sizes = {"faces": FACES_N, "texts": TEXTS_N, "speech": SPEECH_N}
    names = {"faces": "drawn_faces", "texts": "written_texts", "speech": "spoken_clips"}
    adapters = {"faces": "fer2013_csv", "texts": "texts", "speech": "banglaser"}
    even = {m: dict.fromkeys(EMOTIONS, n // 7) for m, n in sizes.items()}
    counts = {
        "sources": {
            names[m]: {
                "adapter": adapters[m],
                "modality": m,
                "kept": n,
                "rejects": {"row_broken": 2} if m == "faces" else {},
            }
            for m, n in sizes.items()
        },
        "tables": {m: {"n": n, "by_emotion": even[m]} for m, n in sizes.items()},
    }
    found = exact(groups=1, items=2, redundant=1, groups_spanning_splits=1, test_items_with_train_twin=1)
    nothing = {"exact": exact(), "exact_by_source": {}, "near": near(), "near_by_source": {}}
    curation = {m: {"n": n, **nothing} for m, n in sizes.items()}
    curation["faces"]["exact"] = found | {"contradicting_groups": 1, "contradicting_items": 2}
    curation["faces"]["near"] = near(pairs=2, mirrored=1, items=4, components=2, test_items_with_near_twin=1)
    parts = {"train": n_of("train"), "validation": n_of("validation"), "test": n_of("test")}
    split = {m: {"splits": parts, "leaked": 0, "groups": 40, "dropped": {"duplicate": 1}} for m in sizes}
    voted = {"n": FACES_N, "labelled": FACES_N, "from_annotators": 0, "changed": 0, "agreement": None}
    labels = {m: voted | {"n": n, "labelled": n, "krippendorff_alpha": None} for m, n in sizes.items()}
    votes = {"n": 90, "agreement": score(0.6, 90), "majority_agrees": score(0.72, 80), "krippendorff_alpha": 0.5}
    labels["faces"]["published"] = votes | {"by_emotion": {e: score(0.7, 11) for e in EMOTIONS}}
    hits = [[30 if r == c else 8 if c == (r + 1) % 7 else 0 for c in range(7)] for r in range(7)]
    figures = {"precision": score(0.8), "recall": score(0.79), "f1": score(0.79)}
    per_class = [figures | {"emotion": e, "support": 38, "confidence": 0.83} for e in EMOTIONS]
    named = ("accuracy", "balanced_accuracy", "macro_precision", "macro_f1", "weighted_precision", "weighted_f1")
    more = {"nll": score(0.7), "brier": score(0.3), "ece": score(0.12), "ece_equal_mass": score(0.11)}
    test = {name: score(0.79) for name in named} | more | {"n": FACES_N, "groups": 40, "ece_by_chance": 0.03}
    fer = {
        "model": MODEL,
        "n_parameters": 312_455,
        "epochs": 2,
        "kept_epoch": 1,
        "trained_on": 140,
        "why": None,
        "test": test,
        "test_without_leaked": None,
        "per_class": per_class,
        "per_class_without_leaked": None,
        "confusion": {"labels": list(EMOTIONS), "rows": hits},
        "majority_share": 0.15,
    }
    feedback = {
        "n": 6,
        "n_templates": 3,
        "n_parameters": 420_000,
        "epochs": 2,
        "trained_on": 60,
        "next_token_accuracy": score(0.41, 120),
        "perplexity": 11.2,
        "generated": {
            "n": 20,
            "n_with_references": 6,
            "bleu": 0.31,
            "chrf": 0.52,
            "distinct_2": 0.72,
            "memorised": score(0.1, 20),
            "grammatical": score(0.95, 20),
            "emotion_fits": score(0.9, 20),
        },
        "checkers": {
            "passed": score(0.98, 60),
            "caught": {"word_left_out": score(0.9, 60), "cut_short": score(1.0, 60)},
            "emotion_named": score(0.97, 60),
        },
        "sentences": {e: [SENTENCE, SENTENCE] for e in EMOTIONS},
        "contexts": {e: [None, SENTENCE] for e in EMOTIONS},
    }
    covered = {
        "n": TEXTS_N,
        "known": score(0.93, 900),
        "tokens_a_word": 1.0,
        "truncated": score(0.02, TEXTS_N),
        "pad_share": 0.4,
    }
    tokenize = {
        "method": "words",
        "methods": {method: {"held_out": covered} for method in ("words", "subwords")},
        "vocabulary": 7000,
        "coverage": {name: score(0.93, 900) for name in parts},
        "held_out": covered,
        "by_emotion": dict.fromkeys(EMOTIONS, covered),
        "by_source": {"synthetic_texts": covered, "empty": covered | {"n": 0}},
        "truncated_share": 0.02,
        "pad_share": 0.4,
        "n": TEXTS_N,
    }
    judged = {"accuracy": score(0.55, 40), "macro_f1": score(0.5, 40), "emotions": 7, "majority_share": 0.2}
    text_probe = {"n": 40, "trained_on": 300, "all": judged, "by_source": {"synthetic_texts": judged}}
    faults = [
        {
            "kind": "corrupt",
            "modality": "faces",
            "planted": 6,
            "found": 6,
            "alarms": 6,
            "recall": 1.0,
            "precision": 1.0,
            "variants": [],
        },
        {
            "kind": "blank",
            "modality": "faces",
            "planted": 6,
            "found": 5,
            "alarms": 6,
            "recall": 0.83,
            "precision": 0.83,
            "variants": [],
        },
        {
            "kind": "near_duplicate",
            "modality": "faces",
            "planted": 12,
            "found": 9,
            "alarms": 10,
            "recall": 0.75,
            "precision": 0.9,
            "variants": [
                {"variant": "mirrored", "planted": 6, "found": 6, "recall": 1.0},
                {"variant": "rotated", "planted": 6, "found": 3, "recall": 0.5},
            ],
        },
    ]
    return {
        "study_augment": study(),
        "counts": counts,
        "curation": curation,
        "labels": labels | {"annotators": []},
        "split": split,
        "tokenize": tokenize,
        "text_probe": text_probe,
        "embed": {"words": 900, "dimensions": 64, "nearest": {"মন": [["হৃদয়", 0.71], ["প্রাণ", 0.66]]}},
        "denoise": denoise(),
        "denoiser": denoiser(),
        f"fer_{MODEL}": fer,
        f"fer_{OTHER}": fer | {"model": OTHER, "test": test | {"accuracy": score(0.45)}, "test_without_leaked": test},
        "fer_ensemble": fer
        | {"model": "ensemble", "epochs": 0, "kept_epoch": 0, "test": test | {"accuracy": score(0.5)}},
        "ensemble": {"why": None, "n": 40, "models": [{"model": MODEL, "weight": 0.625, "validation": 0.55}]},
        f"compress_{MODEL}": compressed(),
        "feedback": feedback,
        "faults": {"faults": faults},
        "voice": voice(),
        "claims": claims(),
        "confounds": {m: confounds(m) for m in ("faces", "texts", "speech")},
    }


def compressed() -> dict[str, object]:
    """By int8 a point is lost."""
    judged = {"n": 40, "accuracy": score(0.6), "same": score(0.95)}
    lost = {"float32": 0.0, "int8": 0.01}
    return {
        "why": None,
        "variants": {
            name: {"bytes": 1234567, "bytes_gzip": 600000}
            | {"test": judged | {"lost": {"value": value, "low": -0.02, "high": 0.04, "n": 40}}}
            for name, value in lost.items()
        },
    }


def confounds(modality: str) -> dict[str, object]:
    """Speech rings by its intensity code, faces do not, and no text has an emotion."""
    nothing = {"n": 0, "chance": 0.0, "factors": [], "together": None, "rings": [], "min_lift": 0.05, "min_v": 0.3}
    rings = modality == "speech"
    factor = {
        "factor": "intensity",
        "values": 2,
        "cramers_v": {"value": 0.6, "low": 0.5, "high": 0.7, "n": 40},
        "accuracy": score(0.4),
        "rings": rings,
        "telling": [{"value": "strong", "n": 20, "emotion": "angry", "share": 0.5, "share_of_all": 0.2}],
    }
    told = {"n": 40, "chance": 0.2, "factors": [factor], "together": score(0.45)}
    return nothing | (told if modality != "texts" else {}) | {"rings": ["intensity", "together"] if rings else []}


def claims() -> dict[str, object]:
    """A claim of each verdict, a figure that nothing holds, a published work with a finding of each kind."""
    claim = {"document": "README.md", "claimed": "3,383", "found": "3,383", "sentence": "from counts.json: n"}
    verdicts = ("holds", "fails", "not recomputed")
    cell = {"name": "train", "printed": "13,450", "found": "13,350"}
    finding = {
        "check": "column_sum",
        "where": "Table 1",
        "cells": [cell],
        "sentence": "Table 1 prints",
        "source": "text",
    }
    words = {"title": "The rows do not sum to the printed total", "why": "A row or the total is wrong."}
    checked = {"check": "column_sum", "kind": "arithmetic", "title": words["title"], "n": 3, "wrong": 1}
    curve = {"where": "The model, validation accuracy", "what": "end of the curve", "value": "50.34 %"}
    report = {"where": "Table 1", "rows": {"Anger": {"precision": "0.45"}}, "averages": {}, "accuracy": None}
    audit = {
        "scores": {"results": [curve | {"computed_on": None}], "reports": [report]},
        "title": "A paper",
        "source": "its tables",
        "checked": [checked],
        "findings": [finding | words | {"kind": kind} for kind in ("arithmetic", "method")],
    }
    return {
        "claims": [claim | {"id": f"claim that {verdict}", "verdict": verdict} for verdict in verdicts],
        "unbound": [{"document": "README.md", "line": 3, "figure": "42", "context": "in 42 words"}],
        "audits": {"paper": audit, "sound": audit | {"checked": [checked | {"wrong": 0}], "findings": []}},
    }


def suite(name: str, n: int) -> dict[str, object]:
    """The verdict on a table; the texts break their contract."""
    good = {"column": "sample_id", "success": True, "unexpected_count": 0, "unexpected_percent": 0.0, "examples": []}
    bad = good | {"column": "n_words", "success": False, "unexpected_count": 2, "examples": ["0 in 0a1b"]}
    rules = [good | {"expectation": "expect_column_values_to_be_unique"}]
    if name == "texts":
        rules.append(bad | {"expectation": "expect_column_values_to_be_between", "unexpected_percent": 9.5})
    bent = {
        "rule": "label_is_stated",
        "says": "an emotion has a label",
        "severity": "report",
        "success": name != "faces",
    }
    between = bent | {"unexpected_count": 3 * (name == "faces"), "unexpected_percent": 0.4, "examples": []}
    return {"table": name, "n": n, "success": len(rules) == 1, "expectations": rules, "rules": [between]}


def gates() -> dict[str, list[dict[str, object]]]:
    """Verdicts of gates; one that only reports did not pass."""
    good = {"gate": "leakage", "asks": ASKS["leakage"], "severity": "stop", "passed": True, "n": 0, "examples": []}
    bad = good | {"gate": "confounds", "asks": ASKS["confounds"], "severity": "report", "passed": False, "n": 1}
    bad |= {"sentence": "confounds: 1 factors tell the emotion (speech: source)", "examples": ["speech: source"]}
    sure = good | {"gate": "eval_mode", "asks": ASKS["eval_mode"], "sentence": "eval_mode: 2 models gave equal answers"}
    return {"data": [good | {"sentence": "leakage: no held-out item shares content"}, bad], "results": [sure]}


def n_of(name: str) -> dict[str, object]:
    """How many of a split."""
    n = SPLIT_OF.count(name) * FACES_N // 4
    return {"n": n, "by_emotion": dict.fromkeys(EMOTIONS, n // 7)}

"""What other stages measured on the small corpus, in their own shapes; the numbers are made up."""

from bhab.schema import EMOTIONS

FACES_N = 700
SPEECH_N = 14
TEXTS_N = 21
MODEL = "light_cnn"
SENTENCE = "ক্ষমা করো, আজ আমার মনটা বড্ড খারাপ; বন্ধুত্বের মূল্য স্পষ্ট বুঝেছি।"  # conjuncts: kss, ddd, ndh, spss
SPLIT_OF = ("train", "train", "validation", "test")


def score(value: float, n: int = FACES_N) -> dict[str, float]:
    """A figure with an interval."""
    return {"value": value, "low": round(value - 0.05, 3), "high": round(value + 0.05, 3), "n": n}


def exact(**changes: int) -> dict[str, int]:
    """Figures on exact duplicates."""
    keys = ("groups", "items", "redundant", "groups_spanning_splits", "test_items_with_train_twin")
    return dict.fromkeys((*keys, "contradicting_groups", "contradicting_items"), 0) | changes


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
    curation = {m: {"n": n, "exact": exact(), "exact_by_source": {}, "findings": {}} for m, n in sizes.items()}
    curation["faces"]["exact"] = found | {"contradicting_groups": 1, "contradicting_items": 2}
    curation["speech"]["findings"] = {"audio_clipped": {"n": SPEECH_N, "flagged": 1}}
    parts = {"train": n_of("train"), "validation": n_of("validation"), "test": n_of("test")}
    split = {m: {"splits": parts, "leaked": 0, "groups": 40, "dropped": {"duplicate": 1}} for m in sizes}
    voted = {"n": FACES_N, "labelled": FACES_N, "from_annotators": 0, "changed": 0, "agreement": None}
    labels = {m: voted | {"n": n, "labelled": n, "krippendorff_alpha": None} for m, n in sizes.items()}
    votes = {"n": 90, "agreement": score(0.6, 90), "majority_agrees": score(0.72, 80), "krippendorff_alpha": 0.5}
    labels["faces"]["published"] = votes | {"by_emotion": {e: score(0.7, 11) for e in EMOTIONS}}
    hits = [[30 if r == c else 8 if c == (r + 1) % 7 else 0 for c in range(7)] for r in range(7)]
    per_class = [
        {
            "emotion": e,
            "precision": 0.8,
            "recall": 0.79,
            "f1": 0.79,
            "support": 38,
            "recall_low": 0.63,
            "recall_high": 0.89,
        }
        for e in EMOTIONS
    ]
    test = {
        "n": FACES_N,
        "accuracy": score(0.79),
        "balanced_accuracy": score(0.78),
        "macro_f1": score(0.77),
        "ece": 0.12,
    }
    fer = {
        "model": MODEL,
        "n_parameters": 312_455,
        "epochs": 2,
        "trained_on": 140,
        "why": None,
        "test": test,
        "test_without_leaked": None,
        "per_class": per_class,
        "confusion": {"labels": list(EMOTIONS), "rows": hits},
        "majority_share": 0.15,
    }
    feedback = {
        "n": 6,
        "n_parameters": 420_000,
        "epochs": 2,
        "next_token_accuracy": score(0.41, 120),
        "perplexity": 11.2,
        "distinct_2": 0.72,
        "memorised_share": 0.1,
        "sentences": {e: [SENTENCE, SENTENCE] for e in EMOTIONS},
    }
    tokenize = {
        "vocabulary": 7000,
        "coverage": {name: score(0.93, 900) for name in parts},
        "unknown_share_by_emotion": dict.fromkeys(EMOTIONS, 0.07),
        "truncated_share": 0.02,
        "pad_share": 0.4,
        "n": TEXTS_N,
    }
    faults = [
        {
            "kind": "corrupt",
            "modality": "faces",
            "planted": 6,
            "found": 6,
            "alarms": 6,
            "recall": 1.0,
            "precision": 1.0,
        },
        {
            "kind": "blank",
            "modality": "faces",
            "planted": 6,
            "found": 5,
            "alarms": 6,
            "recall": 0.83,
            "precision": 0.83,
        },
    ]
    return {
        "counts": counts,
        "curation": curation,
        "labels": labels | {"annotators": []},
        "split": split,
        "tokenize": tokenize,
        "embed": {"words": 900, "dimensions": 64, "nearest": {"মন": [["হৃদয়", 0.71], ["প্রাণ", 0.66]]}},
        "denoise": {
            "n": SPEECH_N,
            "denoised": 12,
            "kept_original": {"level_lost": 2},
            "trimmed_s": {"total": 1.4, "mean": 0.1},
            "snr_before_db": 12.0,
            "snr_after_db": 21.0,
        },
        f"fer_{MODEL}": fer,
        "feedback": feedback,
        "faults": {"faults": faults, "unchecked": [{"kind": "near_duplicate", "modality": "faces", "planted": 6}]},
    }


def suite(name: str, n: int) -> dict[str, object]:
    """The verdict on a table; the texts break their contract."""
    good = {"column": "sample_id", "success": True, "unexpected_count": 0, "unexpected_percent": 0.0, "examples": []}
    bad = good | {"column": "n_words", "success": False, "unexpected_count": 2, "examples": ["0 in 0a1b"]}
    rules = [good | {"expectation": "expect_column_values_to_be_unique"}]
    if name == "texts":
        rules.append(bad | {"expectation": "expect_column_values_to_be_between", "unexpected_percent": 9.5})
    return {"table": name, "n": n, "success": len(rules) == 1, "expectations": rules}


def n_of(name: str) -> dict[str, object]:
    """How many of a split."""
    n = SPLIT_OF.count(name) * FACES_N // 4
    return {"n": n, "by_emotion": dict.fromkeys(EMOTIONS, n // 7)}

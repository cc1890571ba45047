"""A small corpus as the other stages leave it: enough of everything for each page to have something to show."""

from pathlib import Path

import numpy as np
import pytest
from made_metrics import FACES_N, MODEL, OTHER, SPLIT_OF, TEXTS_N, gates, metrics, suite
from made_speech import SENTENCE, SPEECH_N, write_sounds

from bhab.schema import (
    CLEAN_SPEECH,
    DUPLICATES,
    EMOTIONS,
    FACES,
    HISTORY,
    LABELS,
    PAIRS,
    PREDICTIONS,
    PROBE,
    REJECTS,
    SPEECH,
    SPLITS,
    TEXTS,
    sample_id,
)
from bhab.store import table_of, write_json, write_png, write_shards, write_table, write_text, write_wav
from pipelines import balance, compare_fer, fairness, quality, suspect

Rows = list[dict[str, object]]

ROOT = Path(__file__).parents[3]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200"/></svg>'
HOSTILE = "<script>alert('x')</script>"  # a source's name for an item is written by strangers


def sample(source: str, number: int, **changes: object) -> dict[str, object]:
    """A valid row of the columns all modalities share."""
    emotion = EMOTIONS[number % 7]
    key = f"{source}/{number:04}.png"
    row = {
        "sample_id": sample_id(source, key),
        "content_sha256": f"{number:064}",
        "source": source,
        "source_key": key,
        "source_split": SPLIT_OF[number // 7 % 4],
        "source_label": emotion,
        "emotion": emotion,
        "subject_id": f"{source}:{number % 40}",
        "gender": "female" if number % 3 else "male",
        "age_group": ("20-39", "40-59", None, "60+")[number // 3 % 4],
        "skin_tone": None,
        "ethnicity": ("Bengali", "Chakma")[number % 2],
        "licence": "MIT",
        "consent": "synthetic",
    }
    return row | changes


def face(number: int) -> dict[str, object]:
    """A face: a bright ellipse with a mouth whose bend follows the emotion."""
    y, x = np.mgrid[-1:1:48j, -1:1:48j]
    grey = np.where((x / 0.7) ** 2 + y**2 < 1, 170 - 60 * x**2, 60)  # (48, 48)
    bend = (number % 7 - 3) / 6
    grey = np.where((np.abs(y - 0.45 + bend * x**2) < 0.05) & (np.abs(x) < 0.4), 40, grey)
    grey = np.where((np.abs(np.abs(x) - 0.3) < 0.08) & (np.abs(y + 0.25) < 0.06), 30, grey)
    grey = np.clip(grey + number % 5 * 4, 0, 255).astype(np.uint8)
    own = {
        "image": grey.tobytes(),
        "source_width_px": 48,
        "source_height_px": 48,
        "brightness": 100.0,
        "contrast": 40.0,
        "sharpness": 10.0,
        "skin_tone_ita": ("light", "tan", "brown")[number % 3],
        "votes": {"happy": 7, "sad": 3} if number % 5 == 0 else None,
    }
    key = HOSTILE if number == 0 else f"faces/{number:04}.png"
    return sample("drawn_faces", number, source_key=key) | own


def text(number: int) -> dict[str, object]:
    """A text."""
    own = {"text_raw": SENTENCE, "text": SENTENCE, "n_words": 9, "n_graphemes": 40, "bengali_share": 1.0}
    return sample("written_texts", number) | own


def clip(number: int) -> dict[str, object]:
    """A clip of half a second."""
    tone = 8000 * np.sin(np.arange(8000) * (0.05 + number / 300))
    own = {
        "pcm": tone.astype("<i2").tobytes(),
        "duration_s": 0.5,
        "source_rate_hz": 44100,
        "source_channels": 1,
        "level_dbfs": -15.0,
        "peak_dbfs": -12.0,
        "clipped_share": 0.0,
        "silent_share": 0.0,
        "snr_db": 12.0,
        "transcript": SENTENCE,
    }
    return sample("spoken_clips", number) | own


def clean_clip(row: dict[str, object]) -> dict[str, object]:
    """The same clip, trimmed and denoised, or kept by the guard."""
    kept = {"sample_id": row["sample_id"], "emotion": row["emotion"], "split": "train", "pcm": row["pcm"]}
    numbers = {"duration_s": 0.4, "trimmed_s": 0.1, "snr_before_db": 12.0, "snr_after_db": 21.0}
    denoised = row["emotion"] != "fear"
    change = {"level_change_db": -1.0, "pitch_change_semitones": 0.1, "speech_lost_share": 0.0}
    heard = {"heard_before": row["emotion"], "heard_after": "sad"} if row["emotion"] != "happy" else {}
    verdict = {"denoised": denoised, "guard": "passed" if denoised else "speech_quieter"}
    return kept | numbers | (change | heard if heard else {}) | verdict


def prediction(number: int, row: dict[str, object], name: str) -> dict[str, object]:
    """The first model errs on every fifth face, the other on every second, both on the male ones that are happy."""
    often = 5 if name == MODEL else 2
    wrong = number % often == 0 or (row["gender"] == "male" and row["emotion"] == "happy")
    said = EMOTIONS[(EMOTIONS.index(row["emotion"]) + 1) % 7] if wrong else row["emotion"]
    chances = {f"p_{e}": 0.7 if e == said else 0.05 for e in EMOTIONS}
    return {
        "sample_id": row["sample_id"],
        "model": name,
        "split": "test",
        "emotion": row["emotion"],
        "predicted": said,
        "leaked": number % 10 == 0,
    } | chances


def split_row(row: dict[str, object], modality: str) -> dict[str, object]:
    """The published split, as the split of this run."""
    kept = {key: row[key] for key in ("sample_id", "source", "emotion")}
    return kept | {"modality": modality, "group_id": row["subject_id"], "split": row["source_split"], "leaked": False}


def probe_row(row: dict[str, object], modality: str, number: int) -> dict[str, object]:
    """A model that agrees with every label but that of each tenth sample, and finds the third unlike all others."""
    said = EMOTIONS[(EMOTIONS.index(row["emotion"]) + 1) % 7] if number % 10 == 1 else row["emotion"]
    chances = {f"p_{e}": 0.94 if e == said else 0.01 for e in EMOTIONS}
    own = {"fold": number % 2, "outlier": 9.0 if number == 2 else number % 7 / 10}
    return {"sample_id": row["sample_id"], "modality": modality} | own | chances


def write_suspects(samples: dict[str, list[dict[str, object]]], interim: Path, metric: Path) -> None:
    """Write probe and labels, and run stage suspect over them."""
    labels = []
    for name, rows in samples.items():
        probed = [probe_row(row, name, number) for number, row in enumerate(rows)]
        write_table(table_of(probed, PROBE).sort_by("sample_id"), interim / f"probe/{name}.parquet")
        kept = {"modality": name, "origin": "source", "n_votes": 0}
        labels += [kept | {"sample_id": row["sample_id"], "emotion": row["emotion"]} for row in rows]
    write_table(table_of(labels, LABELS), interim / "labels/labels.parquet")
    words = ("--tables", interim, "--probe", interim / "probe", "--labels", interim / "labels")
    suspect.main(command(*words, "--out", interim / "suspects", "--metrics", metric / "suspects.json"))


def pair(modality: str, *rows: dict[str, object], **changes: object) -> dict[str, object]:
    """Two samples that are nearly the same."""
    ends = dict(zip(("one_id", "other_id"), sorted(row["sample_id"] for row in rows), strict=True))
    plain = {"modality": modality, "kind": "near", "similarity": 0.97, "spans_splits": False, "contradicts": False}
    return ends | plain | changes


def write_duplicates(faces: Rows, texts: Rows, speech: Rows, folder: Path) -> None:
    """Write two equal faces, and of each modality two samples that are nearly the same."""
    twin = {"modality": "faces", "duplicate_group": faces[0]["sample_id"], "spans_splits": True, "contradicts": True}
    twins = [twin | {"sample_id": faces[i]["sample_id"], "redundant": i > 0} for i in (0, 7)]
    write_table(table_of(twins, DUPLICATES), folder / "duplicates.parquet")
    pairs = [pair("faces", faces[1], faces[8], kind="mirrored"), pair("texts", texts[1], texts[2], contradicts=True)]
    pairs.append(pair("speech", speech[1], speech[2], spans_splits=True))
    write_table(table_of(pairs, PAIRS), folder / "pairs.parquet")


def write_spoken(root: Path) -> None:
    """Write what stages speak and evaluate_voice leave to listen to."""
    for emotion in EMOTIONS:
        write_wav(np.zeros(800, np.int16), 16_000, root / f"reports/audio/{emotion}.wav")
    write_json(dict.fromkeys(EMOTIONS, SENTENCE), root / "reports/audio/sentences.json")
    write_json({"voice": "espeak"}, root / "reports/audio/voice.json")
    write_sounds(root / "reports/voice")


def write_results(root: Path) -> None:
    """Write what every stage before the report leaves, under `root`, in the folders that dvc.yaml names."""
    faces, texts = [face(i) for i in range(FACES_N)], [text(i) for i in range(TEXTS_N)]
    speech = [clip(i) for i in range(SPEECH_N)]
    faces[7]["emotion"] = "sad"  # of the pair below: their labels differ
    interim, metric = root / "data/interim", root / "reports/metrics"
    for name, rows, columns in (("faces", faces, FACES), ("texts", texts, TEXTS), ("speech", speech, SPEECH)):
        write_shards(table_of(rows, columns), interim / name, 2)
    reject = {"source": "drawn_faces", "stage": "ingest", "reason": "row_broken", "detail": "row 3: found 2 fields"}
    write_table(table_of([reject | {"source_key": HOSTILE}], REJECTS), interim / "rejects.parquet")
    write_duplicates(faces, texts, speech, interim / "curation")
    write_suspects({"faces": faces, "texts": texts, "speech": speech}, interim, metric)
    quality.main(command("--tables", interim, "--out", interim / "quality", "--metrics", metric / "quality.json"))
    splits = [split_row(row, "faces") for row in faces] + [split_row(row, "texts") for row in texts]
    folder = root / "data/processed"
    write_table(table_of(splits, SPLITS), folder / "split/splits.parquet")
    write_table(table_of([], REJECTS), folder / "split/rejects.parquet")
    write_shards(table_of([clean_clip(row) for row in speech], CLEAN_SPEECH), folder / "speech", 2)
    for name in (MODEL, OTHER, "ensemble"):
        said = table_of([prediction(i, row, name) for i, row in enumerate(faces)], PREDICTIONS)
        write_table(said, folder / f"predictions/{name}.parquet")
    for name, n in (("faces", FACES_N), ("texts", TEXTS_N), ("speech", SPEECH_N)):
        write_json(suite(name, n), root / f"reports/validation/{name}.json")
    for name, value in gates().items():
        write_json({"gates": value}, root / f"reports/gates/{name}.json")
    for name, value in metrics().items():
        write_json(value, metric / f"{name}.json")
    epoch = {"learning_rate": 0.001, "train_loss": 1.0, "train_accuracy": 0.8, "validation_accuracy": 0.75}
    epochs = [epoch | {"epoch": n, "validation_loss": 1.0 / n} for n in (1, 2)]
    write_table(table_of(epochs, HISTORY), root / f"models/fer/{MODEL}/history.parquet")
    write_spoken(root)
    write_png(np.zeros((60, 200), np.uint8), root / "reports/figures/augment.png")
    for name in ("curves", "reliability"):
        write_text(SVG, root / f"reports/figures/fer_{MODEL}/{name}.svg")
    compare_fer.main(
        command(
            *("--predictions", folder / "predictions", "--splits", folder / "split", "--faces", interim / "faces"),
            *("--figures", root / "reports/figures/compare_fer", "--metrics", metric / "compare_fer.json"),
        )
    )
    balance.main(command("--tables", interim, "--splits", folder / "split", "--metrics", metric / "balance.json"))
    fairness.main(
        command(
            *("--predictions", folder / f"predictions/{MODEL}.parquet", "--faces", interim / "faces"),
            *("--figures", root / f"reports/figures/fairness_{MODEL}"),
            *("--metrics", metric / f"fairness_{MODEL}.json"),
        )
    )


def command(*parts: object) -> list[str]:
    """A command line, with the project's params."""
    return [str(part) for part in (*parts, "--params", ROOT / "params.yaml")]


@pytest.fixture(scope="session")
def words():
    """Makes a command line."""
    return command


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """Folder of the results of every stage before the report."""
    root = tmp_path_factory.mktemp("results")
    write_results(root)
    return root

"""Tiny tables of faces: each emotion is a bright square in a place of its own, so that a model can learn it."""

import numpy as np
import pytest

from bhab.config import EvaluateConfig, FerRecipe, TrainFeedbackConfig, TrainFerConfig
from bhab.curation.chance import generator
from bhab.schema import AUGMENTED, EMOTIONS, FACES, REPLIES, SPLITS, VOICE_CLIPS, sample_id
from bhab.store import table_of
from bhab.text.vocabulary import SPECIAL_WORDS, Vocabulary
from bhab.training.answers import Answers

SQUARE = 12


@pytest.fixture(scope="session")
def recipe():
    def make(**changed):
        values = {
            "epochs": 2,
            "batch": 8,
            "children": "stage",
            "optimiser": "adam",
            "learning_rate": 0.001,
            "dropout": 0.25,
            "schedule": "plateau",
            "plateau_patience": 2,
            "plateau_factor": 0.5,
            "stop_patience": 5,
        }
        if changed.get("schedule") == "one_cycle":
            changed = {"plateau_patience": None, "plateau_factor": None} | changed
        return FerRecipe(**values | changed)

    return make


@pytest.fixture(scope="session")
def fer_config(recipe):
    def make(name="light_cnn", seed=1, precision="float32", **changed):
        recipes = {name: recipe(**changed)}
        return TrainFerConfig(models=(name,), seed=seed, threads=1, precision=precision, recipes=recipes)

    return make


@pytest.fixture(scope="session")
def evaluate_config():
    return EvaluateConfig(seed=1, resamples=100, sentences=2, beam=2)


@pytest.fixture(scope="session")
def answers_of():
    """Makes Answers; without `group` each face is one of its own."""

    def make(truth, probabilities, group=None):
        ids = np.array([f"{i:04}" for i in range(len(truth))], dtype=np.str_)
        leaked = np.zeros(len(truth), dtype=bool)
        return Answers(ids, truth, probabilities, ids if group is None else np.array(group, dtype=np.str_), leaked)

    return make


def image(key, emotion):
    grey = generator(key, "pixels").integers(0, 60, (48, 48), dtype=np.uint8)
    row, column = divmod(EMOTIONS.index(emotion), 3)
    grey[row * 16 : row * 16 + SQUARE, column * 16 : column * 16 + SQUARE] += 180
    return grey.tobytes()


def face(key, emotion):
    return {
        "sample_id": sample_id("squares", key),
        "content_sha256": "0" * 64,
        "source": "squares",
        "source_key": key,
        "emotion": emotion,
        "licence": "MIT",
        "consent": "synthetic",
        "image": image(key, emotion),
        "source_width_px": 48,
        "source_height_px": 48,
        "brightness": 60.0,
        "contrast": 40.0,
        "sharpness": 10.0,
    }


def split_row(key, emotion, split):
    return {
        "sample_id": sample_id("squares", key),
        "modality": "faces",
        "source": "squares",
        "emotion": emotion,
        "group_id": key,
        "split": split,
        "leaked": False,
    }


def child(key, emotion):
    return {
        "sample_id": sample_id("augment", key),
        "parent_id": sample_id("squares", key),
        "emotion": emotion,
        "image": image(f"{key}'s child", emotion),
    }


class Corpus:
    """Faces, their splits, and a child of each training face; `train`, `validation`, `test` faces of each emotion."""

    def __init__(self, train, validation, test):
        sizes = {"train": train, "validation": validation, "test": test}
        keys = [(f"{s}-{e}-{i}", e, s) for s, n in sizes.items() for e in EMOTIONS for i in range(n)]
        self.faces = table_of([face(key, emotion) for key, emotion, _ in keys], FACES).sort_by("sample_id")
        self.splits = table_of([split_row(*key) for key in keys], SPLITS).sort_by("sample_id")
        parents = [(key, emotion) for key, emotion, split in keys if split == "train"]
        self.augmented = table_of([child(*parent) for parent in parents], AUGMENTED).sort_by("sample_id")


@pytest.fixture(scope="session")
def corpus_of():
    return Corpus


@pytest.fixture(scope="session")
def corpus():
    return Corpus(train=4, validation=2, test=2)


def reply_row(key, emotion, split, reply, context=None):
    return {
        "sample_id": sample_id("reply", key),
        "emotion": emotion,
        "context": context,
        "reply": reply,
        "template": reply,
        "split": split,
        "source": "test",
    }


@pytest.fixture(scope="session")
def reply_of():
    return reply_row


@pytest.fixture(scope="session")
def vocabulary():
    return Vocabulary((*SPECIAL_WORDS, *(f"word{i}" for i in range(4, 32)), "\u0964"))


@pytest.fixture(scope="session")
def replies():
    """Replies of words that say the emotion, between words that every reply has, to contexts that say it as well."""
    rows = [
        reply_row(
            f"{split}-{emotion}-{i}",
            emotion,
            split,
            f"word4 word{10 + 3 * place + i % 3} word5 word{10 + 3 * place} word6\u0964",
            f"word7 word{10 + 3 * place + i % 3} {split}{i}" if i else None,
        )
        for split, n in (("train", 6), ("validation", 2), ("test", 3))
        for place, emotion in enumerate(EMOTIONS)
        for i in range(n)
    ]
    return table_of(rows, REPLIES).sort_by("sample_id")


@pytest.fixture(scope="session")
def feedback_config():
    return TrainFeedbackConfig(
        seed=1,
        threads=1,
        epochs=8,
        batch=8,
        learning_rate=0.02,
        hidden=16,
        dropout=0.1,
        unknown_share=0.1,
        stop_patience=8,
    )


@pytest.fixture(scope="session")
def voice_table():
    """VOICE_CLIPS of made-up words: each letter is a tone of its own, an emotion is how long it lasts."""
    tones = {"ক": 300, "খ": 700, "গ": 1500, "ঘ": 3000}
    texts = ["কখগঘ", "ঘগখক", "কগখঘ", "খকঘগ", "গকঘখ", "ঘখগক", "খগকঘ", "গখঘক"]
    rows = []
    for place, text in enumerate(texts):
        split = "test" if place == 0 else "validation" if place == 1 else "train"
        for emotion, seconds in (("angry", 0.10), ("sad", 0.15)):
            time = np.arange(int(seconds * 16_000)) / 16_000
            rng = generator(f"{text} {emotion}", "voice")
            wave = np.concatenate([0.3 * np.sin(2 * np.pi * tones[letter] * time) for letter in text])
            pcm = ((wave + rng.normal(0, 1e-3, len(wave))) * 32_767).astype("<i2")
            row = {"sample_id": sample_id("tones", f"{text} {emotion}"), "text": text, "emotion": emotion}
            rows.append(row | {"split": split, "pcm": pcm.tobytes(), "duration_s": len(pcm) / 16_000})
    return table_of(rows, VOICE_CLIPS).sort_by("sample_id")


@pytest.fixture(scope="session")
def voice_params():
    """Section train_voice, small."""
    tacotron2 = {
        "embedding": 32,
        "encoder_layers": 1,
        "kernel": 5,
        "attention": 16,
        "location_filters": 4,
        "location_kernel": 7,
        "prenet": 16,
        "decoder": 48,
        "postnet": 16,
        "postnet_layers": 2,
        "reduction": 2,
        "dropout": 0.1,
        "prenet_dropout": 0.5,
        "zoneout": 0.0,
        "frame_drop": 0.25,
        "epochs": 2,
        "batch": 4,
        "learning_rate": 0.01,
        "guided_weight": 5.0,
    }
    waveglow = {
        "groups": 8,
        "flows": 3,
        "early_every": 2,
        "early_size": 2,
        "layers": 2,
        "channels": 8,
        "kernel": 3,
        "train_sigma": 1.0,
        "sigma": 0.6,
        "segment_frames": 8,
        "steps": 20,
        "batch": 2,
        "learning_rate": 0.002,
    }
    own = {"seed": 1, "threads": 1, "processes": 1, "precision": "float32"}
    return own | {"tacotron2": tacotron2, "waveglow": waveglow}

"""Tasks for Label Studio: which samples people are asked about, and what they find already filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pyarrow as pa

from bhab.curation.chance import unit_interval
from bhab.schema import EMOTIONS, Modality

SOURCE_LABEL = "source label"  # model_version of a guess that no model made: the emotion the corpus came with
SUGGESTION = "label issues"  # model_version of what stage `suspect` puts in place of a label that is probably wrong
ORDER_SALT = "bhab-annotate-1"
AFTER_ALL_GUESSES = 2.0  # a score is a probability
FIELD = {Modality.FACES: "image", Modality.TEXTS: "text", Modality.SPEECH: "audio"}  # the $name in labeling_*.xml


class Result(TypedDict):
    """One control of the labeling page and what is chosen in it."""

    from_name: str
    to_name: str
    type: str
    value: dict[str, list[str]]


class Task(TypedDict):
    """One sample as Label Studio imports it."""

    data: dict[str, str]
    predictions: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Guess:
    """An emotion put before the annotator, who says so, and how probable that holds it to be."""

    emotion: str
    model_version: str
    score: float | None = None


def source_guesses(samples: pa.Table) -> dict[str, Guess]:
    """Return the emotion each sample came with, by sample_id; none for a sample that came without."""
    pairs = zip(samples["sample_id"].to_pylist(), samples["emotion"].to_pylist(), strict=True)
    return {sample: Guess(emotion, SOURCE_LABEL) for sample, emotion in pairs if emotion is not None}


def model_guesses(predictions: pa.Table) -> dict[str, Guess]:
    """Return the model's most probable emotion and its probability, by sample_id."""
    scores = np.column_stack([predictions[f"p_{e}"].to_numpy() for e in EMOTIONS]).max(axis=1)  # (samples,)
    rows = zip(*(predictions[name].to_pylist() for name in ("sample_id", "predicted", "model")), scores, strict=True)
    return {sample: Guess(emotion, model, float(score)) for sample, emotion, model, score in rows}


def suspect_guesses(issues: pa.Table, n: int) -> dict[str, Guess]:
    """Return the emotion suggested for at most `n` of the flagged LABEL_ISSUES, by sample_id, the worst first."""
    rows = issues.filter(issues["flagged"]).sort_by("rank").slice(0, n).to_pylist()
    return {row["sample_id"]: Guess(row["suggested"], SUGGESTION, row["p_suggested"]) for row in rows}


def pick(samples: pa.Table, guesses: Mapping[str, Guess], n: int, queue: frozenset[str] = frozenset()) -> list[str]:
    """Return at most `n` sample_ids: those of `queue` first, then those a model is least sure of, then by hash."""

    def order(sample: str) -> tuple[bool, float, float, str]:
        guess = guesses.get(sample)
        unsure = AFTER_ALL_GUESSES if guess is None or guess.score is None else guess.score
        return sample not in queue, unsure, unit_interval(sample, ORDER_SALT), sample

    return sorted(samples["sample_id"].to_pylist(), key=order)[:n]


def task(sample: str, modality: Modality, content: str, guess: Guess | None) -> Task:
    """Return the task for one sample. `content` is the sentence itself, or the address of a face or a clip."""
    data = {"sample_id": sample, "modality": modality.value, FIELD[modality]: content}
    return {"data": data, "predictions": [] if guess is None else [prediction(guess)]}


def choice(control: str, value: str) -> Result:
    """Return the result of choosing `value` in `control`."""
    return {"from_name": control, "to_name": "sample", "type": "choices", "value": {"choices": [value]}}


def prediction(guess: Guess) -> dict[str, object]:
    """Return a guess as Label Studio takes it."""
    score = {} if guess.score is None else {"score": round(guess.score, 4)}
    return {"model_version": guess.model_version, "result": [choice("emotion", guess.emotion)], **score}

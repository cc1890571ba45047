"""Rules over several columns of one table of samples: what a suite of single columns cannot say.

An empty value breaks no rule here; whether it may be empty is the suite's to judge.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bhab.schema import SPEECH_RATE_HZ, Modality, sample_id

Mask = NDArray[np.bool_]
Severity = Literal["stop", "report"]

SAMPLE_BYTES = 2  # of PCM16
WHITE = 255.0
ROUNDING = 1e-6  # of float64 measures that the same numbers gave on another way


@dataclass(frozen=True, slots=True)
class Rule:
    """What rows must be: `broken` marks those that are not, bool (rows,); `columns` are quoted of an example."""

    name: str
    says: str
    columns: tuple[str, ...]
    broken: Callable[[pa.Table], Mask]
    severity: Severity = "stop"


def _wrong_id(table: pa.Table) -> Mask:
    rows = zip(*(table[c].to_pylist() for c in ("sample_id", "source", "source_key")), strict=True)
    return np.array([None not in row and row[0] != sample_id(row[1], row[2]) for row in rows], dtype=np.bool_)


def _wrong_hash(content: str) -> Callable[[pa.Table], Mask]:
    def broken(table: pa.Table) -> Mask:
        rows = zip(table[content], table["content_sha256"].to_pylist(), strict=True)
        return np.array(
            [c.is_valid and h is not None and hashlib.sha256(c.as_buffer()).hexdigest() != h for c, h in rows],
            dtype=np.bool_,
        )

    return broken


def _no_votes(table: pa.Table) -> Mask:
    votes = [None if row is None else [n or 0 for _, n in row] for row in table["votes"].to_pylist()]
    return np.array([v is not None and (sum(v) < 1 or min(v) < 0) for v in votes], dtype=np.bool_)


def _foreign_person(table: pa.Table) -> Mask:
    rows = zip(table["subject_id"].to_pylist(), table["source"].to_pylist(), strict=True)
    return np.array([None not in row and not row[0].startswith(f"{row[1]}/") for row in rows], dtype=np.bool_)


def _several(value: str, *by: str) -> Callable[[pa.Table], Mask]:
    """Mark rows of a group, equal in the columns `by`, that has more than one `value`; empty ones do not count."""

    def broken(table: pa.Table) -> Mask:
        frame = table.select([*by, value]).to_pandas()
        values = frame.groupby(list(by))[value].transform("nunique").to_numpy()
        return np.asarray(values > 1)  # NaN, of an empty key, is not

    return broken


def _unstated_label(table: pa.Table) -> Mask:
    return _mask(pc.and_(pc.is_valid(table["emotion"]), pc.is_null(table["source_label"])))


def _tone_without_colour(table: pa.Table) -> Mask:
    return _mask(pc.and_(pc.is_valid(table["ita_deg"]), pc.is_null(table["colour"])))


def _tone_without_angle(table: pa.Table) -> Mask:
    return _mask(pc.not_equal(pc.is_valid(table["ita_deg"]), pc.is_valid(table["skin_tone_ita"])))


def _too_much_contrast(table: pa.Table) -> Mask:
    """Bhatia, Davis, "A Better Bound on the Variance", American Mathematical Monthly 107 (2000)."""
    brightness, contrast = (table[c].to_numpy() for c in ("brightness", "contrast"))
    return np.asarray(contrast**2 > brightness * (WHITE - brightness) + ROUNDING)


def _more_words_than_graphemes(table: pa.Table) -> Mask:
    return _mask(pc.greater(table["n_words"], table["n_graphemes"]))


def _wrong_duration(table: pa.Table) -> Mask:
    expected = np.rint(table["duration_s"].to_numpy() * SPEECH_RATE_HZ) * SAMPLE_BYTES  # (rows,)
    found = pc.binary_length(table["pcm"]).to_numpy()
    return np.asarray((found != expected) & ~np.isnan(found.astype(np.float64)) & ~np.isnan(expected))


def _difference_of_one(table: pa.Table) -> Mask:
    return _mask(pc.and_(pc.is_valid(table["channel_difference_db"]), pc.less(table["source_channels"], 2)))


def _level_over_peak(table: pa.Table) -> Mask:
    return np.asarray(table["level_dbfs"].to_numpy() > table["peak_dbfs"].to_numpy() + ROUNDING)


def _mask(marks: pa.ChunkedArray) -> Mask:
    return np.asarray(marks.fill_null(False).to_numpy(), dtype=np.bool_)  # noqa: FBT003 - the value to fill in


def _hash_rule(content: str) -> Rule:
    says = f"content_sha256 is the SHA-256 of {content}"
    return Rule("hash_is_of_content", says, ("content_sha256", content), _wrong_hash(content))


def not_clean(clean: Callable[[str], str]) -> Rule:
    """Return the rule that `text` is what `clean`, the one function that changes characters, makes of `text_raw`."""

    def broken(table: pa.Table) -> Mask:
        rows = zip(table["text_raw"].to_pylist(), table["text"].to_pylist(), strict=True)
        return np.array([None not in row and clean(row[0]) != row[1] for row in rows], dtype=np.bool_)

    return Rule("text_is_clean", "text is text_raw, cleaned", ("text",), broken)


EVERY: tuple[Rule, ...] = (
    Rule(
        "id_is_of_source_and_key",
        "sample_id is the hash of source and source_key",
        ("source", "source_key"),
        _wrong_id,
    ),
    Rule("votes_are_given", "votes, where there are any, are none below 0 and one at least", ("votes",), _no_votes),
    Rule("person_is_of_source", "subject_id starts with source and a slash", ("subject_id", "source"), _foreign_person),
    Rule(
        "label_is_stated",
        "where there is an emotion, source_label says what the source calls it",
        ("emotion",),
        _unstated_label,
        "report",
    ),
    Rule(
        "label_has_one_meaning",
        "a source_label means one emotion throughout its source",
        ("source_label", "emotion"),
        _several("emotion", "source", "source_label"),
    ),
    Rule(
        "person_has_one_gender",
        "a person has one gender throughout",
        ("subject_id", "gender"),
        _several("gender", "subject_id"),
        "report",
    ),
)

RULES: Mapping[Modality, tuple[Rule, ...]] = {
    Modality.FACES: (
        *EVERY,
        _hash_rule("image"),
        Rule("tone_has_colour", "ita_deg is measured in a colour picture only", ("ita_deg",), _tone_without_colour),
        Rule(
            "tone_has_angle",
            "skin_tone_ita is given where ita_deg is, and only there",
            ("ita_deg", "skin_tone_ita"),
            _tone_without_angle,
        ),
        Rule(
            "contrast_fits_brightness",
            "contrast squared is at most brightness times (255 - brightness), as for any grey levels",
            ("contrast", "brightness"),
            _too_much_contrast,
        ),
    ),
    Modality.TEXTS: (
        *EVERY,
        _hash_rule("text"),
        Rule(
            "words_have_letters",
            "n_words is at most n_graphemes",
            ("n_words", "n_graphemes"),
            _more_words_than_graphemes,
        ),
    ),
    Modality.SPEECH: (
        *EVERY,
        _hash_rule("pcm"),
        Rule(
            "duration_is_of_pcm",
            "pcm holds duration_s at 16 kHz, two bytes a sample",
            ("pcm", "duration_s"),
            _wrong_duration,
        ),
        Rule(
            "difference_is_of_channels",
            "channel_difference_db is given where source_channels is 2 or more",
            ("channel_difference_db", "source_channels"),
            _difference_of_one,
        ),
        Rule(
            "peak_is_over_level",
            "peak_dbfs is at least level_dbfs",
            ("peak_dbfs", "level_dbfs"),
            _level_over_peak,
        ),
        Rule(
            "statement_has_one_transcript",
            "a statement has one transcript throughout its source",
            ("statement", "transcript"),
            _several("transcript", "source", "statement"),
            "report",
        ),
    ),
}


def judge_rule(rule: Rule, table: pa.Table, *, examples: int) -> dict[str, Any]:
    """Return what `rule` found: name, says, severity, success, unexpected_count, unexpected_percent, examples."""
    rows = np.flatnonzero(rule.broken(table)) if table.num_rows else np.zeros(0, dtype=np.intp)
    first = table.select(["sample_id", *rule.columns]).take(pa.array(rows[:examples], pa.int64())).to_pylist()
    return {
        "rule": rule.name,
        "says": rule.says,
        "severity": rule.severity,
        "success": not len(rows),
        "unexpected_count": len(rows),
        "unexpected_percent": round(100 * len(rows) / max(1, table.num_rows), 4),
        "examples": [_quote(row, rule.columns) for row in first],
    }


def _quote(row: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    """Return one row in words: `n_words 5, n_graphemes 2 in 0a1b`, where 0a1b is the sample_id."""
    told = ", ".join(f"{name} {_short(row[name])}" for name in columns)
    return f"{told} in {row['sample_id']}"


def _short(value: object) -> str:
    if value is None:
        return "empty"
    return f"of {len(value)} bytes" if isinstance(value, bytes) else f"{value!s:.60}"


def rules_sentence(table: str, n: int, outcomes: list[dict[str, Any]]) -> str:
    """Return what is wrong: name, rule, count and examples of each of the broken rules `outcomes`."""
    told = [
        f"rule {o['rule']} is broken in {o['unexpected_count']} of {n} rows ({', '.join(o['examples'])}), "
        f"expected: {o['says']}"
        for o in outcomes
    ]
    return f"{table}: " + "; ".join(told)

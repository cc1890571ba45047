"""Samples that stay but ought to be looked at: a check gives every sample a score, and flags those past its limit."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import QualityConfig
from bhab.schema import FINDINGS, Modality, arrow_schema


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of every sample of a modality; its limit is the field of its name in section `quality`."""

    name: str
    modality: Modality
    measures: str  # what the score is, for a reader of the report
    unit: str
    side: str  # "under" or "over": where from the limit a sample is flagged

    def flags(self, scores: NDArray[np.float64], limit: float) -> NDArray[np.bool_]:
        """Return which of `scores` are past `limit`; a score at the limit is not."""
        past: NDArray[np.bool_] = scores < limit if self.side == "under" else scores > limit
        return past


FACES, TEXTS, SPEECH = Modality.FACES, Modality.TEXTS, Modality.SPEECH
CHECKS = (
    Check("image_flat", FACES, "entropy of the grey levels: blank, or a card of two tones", "bits", "under"),
    Check("image_dark", FACES, "level that nine tenths of the pixels stay under", "grey levels", "under"),
    Check("image_bright", FACES, "level that nine tenths of the pixels are over", "grey levels", "over"),
    Check("image_low_contrast", FACES, "from the 5th to the 95th percentile of the levels", "grey levels", "under"),
    Check("image_blurred", FACES, "share of the strongest edges that falls on one pixel", "share", "under"),
    Check("image_pixelated", FACES, "share of jumps between pixels left inside blocks", "share", "under"),
    Check("image_barred", FACES, "share of the frame under bars: letterbox, cut card", "share", "over"),
    Check("image_overlaid_text", FACES, "upright strokes in a band of lines: watermark, caption", "a line", "over"),
    Check("text_not_bengali", TEXTS, "share of letters that are Bengali", "share", "under"),
    Check("text_romanised", TEXTS, "small Bengali words typed in Latin letters, of all words", "share", "over"),
    Check("text_short", TEXTS, "words", "words", "under"),
    Check("text_long", TEXTS, "words", "words", "over"),
    Check("text_repeats_characters", TEXTS, "longest run of one character", "characters", "over"),
    Check("text_repeats_words", TEXTS, "repeats of the commonest word, times its share of the words", "words", "over"),
    Check(
        "text_mostly_punctuation", TEXTS, "share of characters neither letter nor digit, as published", "share", "over"
    ),
    Check("text_address", TEXTS, "addresses, mentions and HTML, as published", "count", "over"),
    Check("text_mojibake", TEXTS, "replacement characters and wrongly decoded letters, as published", "count", "over"),
    Check("text_stray_signs", TEXTS, "vowel signs without a letter or two on one, as published", "count", "over"),
    Check("audio_noisy", SPEECH, "speech over background", "dB", "under"),
    Check("audio_clipped", SPEECH, "share of samples at the rail", "share", "over"),
    Check("audio_quiet", SPEECH, "level", "dBFS", "under"),
    Check("audio_loud", SPEECH, "level", "dBFS", "over"),
    Check("audio_digital_silence", SPEECH, "share of frames of zeros or dither", "share", "over"),
    Check("audio_long_silence", SPEECH, "the longer silence before or after the utterance", "s", "over"),
    Check("audio_offset", SPEECH, "mean of the wave, as a share of its RMS", "share", "over"),
    Check("audio_narrow_band", SPEECH, "highest frequency within 60 dB of the strongest", "Hz", "under"),
    Check("audio_channels_differ", SPEECH, "what the channels do not share, under the loudest", "dB", "over"),
)


def checks_of(modality: Modality) -> tuple[Check, ...]:
    """Return the checks of `modality`, in the order the report shows them."""
    return tuple(check for check in CHECKS if check.modality is modality)


def findings(
    sample_ids: pa.ChunkedArray, modality: Modality, scores: Mapping[str, NDArray[np.float64]], config: QualityConfig
) -> pa.Table:
    """Return FINDINGS sorted by sample_id and check: one row for each sample and check, flagged or not.

    `scores` holds one float64 array for each check of `modality`, in the order of `sample_ids`. A NaN says that the
    check does not apply to the sample, which then has no row.
    """
    parts = [arrow_schema(FINDINGS).empty_table()]
    for check in checks_of(modality):
        score = scores[check.name]
        columns = {
            "sample_id": sample_ids,
            "modality": pa.array([modality.value] * len(score), pa.string()),
            "check": pa.array([check.name] * len(score), pa.string()),
            "score": pa.array(score, pa.float64()),
            "flagged": pa.array(check.flags(score, getattr(config, check.name).limit)),
        }
        part = pa.table([columns[name] for name in parts[0].schema.names], schema=parts[0].schema)
        parts.append(part.filter(pa.array(~np.isnan(score))))
    return pa.concat_tables(parts).sort_by([("sample_id", "ascending"), ("check", "ascending")])

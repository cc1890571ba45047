"""The gate of the learned voice: sentences it never saw, spoken, against clips of the same sentences."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bhab.audio.voice_score import Likeness, Wave, likeness, mcd_db
from bhab.config import EvaluateVoiceConfig
from bhab.fairness.intervals import Figure, bootstrap, wilson
from bhab.schema import Emotion
from bhab.training.alignment import Alignment, judge
from bhab.training.voice_clips import VoiceClip
from bhab.training.voice_model import VoiceModels
from bhab.training.voice_speak import Told, Vocoder, tell, vocode

Json = dict[str, object]
GRIFFIN_LIM: Vocoder = "griffin_lim"
WAVEGLOW: Vocoder = "waveglow"
VOCODERS = (GRIFFIN_LIM, WAVEGLOW)
MELS_OF = ("reference", "tacotron2")


@dataclass(frozen=True, slots=True)
class Trial:
    """One held-out clip and what the voice made of its text."""

    clip: VoiceClip
    told: Told
    waves: dict[str, Wave]  # by way: whose mels, then which vocoder
    found: dict[str, Likeness]  # likewise
    alignment: Alignment

    def sane(self, way: str, config: EvaluateVoiceConfig) -> bool:
        """Return whether it has an end, and length, level and sound of speech."""
        one = self.found[way]
        return (
            self.told.ended
            and 1 / config.max_duration_ratio <= one.duration_ratio <= config.max_duration_ratio
            and abs(one.level_db) <= config.max_level_db
            and one.flatness <= config.max_flatness
            and one.speech_share >= config.min_speech_share
        )


def way_of(mels: str, vocoder: str) -> str:
    """Return the name of a way to sound."""
    return f"{mels}_{vocoder}"


def attempt(models: VoiceModels, clip: VoiceClip) -> Trial:
    """Return what the voice makes of the text of `clip`, and the vocoders of its mels."""
    told = tell(models, clip.text, Emotion(clip.emotion))
    mels = {"reference": clip.mel, "tacotron2": told.mel}
    waves = {way_of(name, v): vocode(models, mel, v) for name, mel in mels.items() for v in VOCODERS}
    found = {way: likeness(wave, clip.wave) for way, wave in waves.items()}
    return Trial(clip, told, waves, found, judge(told.alignment))


def verdict(trials: Sequence[Trial], unsayable: int, config: EvaluateVoiceConfig) -> Json:
    """Return all figures, the checks of the voice with each vocoder, and whether the learned voice may be used.

    `unsayable` clips more have characters it was not taught: they count as said without sense.
    A mean has an interval by a bootstrap over texts, for clips of one text are not independent; its n counts texts.
    """
    texts = np.unique([trial.clip.text for trial in trials], return_inverse=True)[1]  # (clips,)
    ways = {way_of(mels, v): _columns([t.found[way_of(mels, v)] for t in trials]) for mels in MELS_OF for v in VOCODERS}
    gains = {
        mels: ways[way_of(mels, WAVEGLOW)]["mcd_db"] - ways[way_of(mels, GRIFFIN_LIM)]["mcd_db"] for mels in MELS_OF
    }
    alone = {}
    for v in VOCODERS:
        sane = sum(trial.sane(way_of("tacotron2", v), config) for trial in trials)
        mcd = _mean(ways[way_of("tacotron2", v)]["mcd_db"], texts, config)
        alone[v] = _checks(mcd, wilson(sane, len(trials) + unsayable), config)
    gain = _mean(gains["tacotron2"], texts, config)
    better = _check(
        "distortion minus that of Griffin-Lim from the same mels, dB", gain, 0.0, gain.n > 0 and gain.high < 0
    )
    learned = [*alone[WAVEGLOW], better]
    return {
        "clips": len(trials),
        "texts": len(set(texts.tolist())),
        "unsayable": unsayable,
        "ways": {way: _means(columns, texts, config) for way, columns in ways.items()},
        "waveglow_minus_griffin_lim_db": _means(gains, texts, config),
        "alignment": _means(_columns([trial.alignment for trial in trials]), texts, config),
        "another_text_db": _another_text(trials),
        "checks": {WAVEGLOW: learned, GRIFFIN_LIM: alone[GRIFFIN_LIM]},
        "passed": all(check["passed"] for check in learned),
    }


def _checks(mcd: Figure, sane: Figure, config: EvaluateVoiceConfig) -> list[Json]:
    """Return the checks that the voice has to pass with one vocoder, whatever the other does."""
    near, sound = mcd.n > 0 and mcd.high <= config.max_mcd_db, sane.n > 0 and sane.value >= config.min_sane_share
    return [
        _check("mel-cepstral distortion, dB", mcd, config.max_mcd_db, near),
        _check("share with an end, length, level and sound of speech", sane, config.min_sane_share, sound),
    ]


def _check(what: str, figure: Figure, limit: float, passed: bool) -> Json:  # noqa: FBT001 - a verdict
    return {"check": what, "figure": asdict(figure), "limit": limit, "passed": passed}


def _columns(rows: Sequence[Likeness | Alignment]) -> dict[str, NDArray[np.float64]]:
    """Return each field of `rows`, none or all of one class, as an array."""
    names = [field.name for field in fields(rows[0])] if rows else [field.name for field in fields(Likeness)]
    return {name: np.array([getattr(row, name) for row in rows], np.float64) for name in names}


def _means(columns: dict[str, NDArray[np.float64]], texts: NDArray[np.intp], config: EvaluateVoiceConfig) -> Json:
    return {name: asdict(_mean(values, texts, config)) for name, values in columns.items()}


def _mean(values: NDArray[np.float64], texts: NDArray[np.intp], config: EvaluateVoiceConfig) -> Figure:
    """Return the mean of `values` (clips,), of which clip i says text `texts[i]`."""
    n = len(set(texts.tolist()))
    sums, counts = np.bincount(texts, values, n), np.bincount(texts, minlength=n)
    return bootstrap(
        lambda rows: float(sums[rows].sum() / counts[rows].sum()),
        n,
        resamples=config.resamples,
        rng=np.random.default_rng(config.seed),
    )


def _another_text(trials: Sequence[Trial]) -> float | None:
    """Return the mean distortion between references of different texts: what a voice that says anything reaches."""
    pairs = [(a.clip, b.clip) for a, b in pairwise([*trials, *trials[:1]]) if a.clip.text != b.clip.text]
    return float(np.mean([mcd_db(a.wave, b.wave) for a, b in pairs])) if pairs else None

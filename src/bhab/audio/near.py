"""Clips that hold one recording, cut, at another level, with noise added, resampled or re-encoded.

Candidates come from fingerprints after Haitsma and Kalker ("A Highly Robust Audio Fingerprinting System", 2002): each
moment of a clip is one word of bits, whether the energy falls more steeply from one band to the next than it did a
moment ago. Clips that share words at one and the same shift are laid over each other, and are near if their waves do
agree. Two takes of a sentence never do: a voice does not repeat its phases.

Clips are 16 kHz mono int16, shape (samples,); waves are float32 at RATE_HZ.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bhab.audio.pcm import resample, to_float
from bhab.config import CurateConfig
from bhab.curation.near import NearPairs
from bhab.schema import SPEECH_RATE_HZ

RATE_HZ = 8_000  # what every device and codec for speech lets through is under 4 kHz
BAND_HZ = (250.0, 3_400.0)  # above the hum of the mains, below the edge of a telephone
WINDOW, HOP = 2048, 160  # samples, 256 and 20 ms: a long window makes the bits survive noise, a short hop any cut
BITS = 20  # of a word; words of two clips are equal by chance once in a million moments, if sounds were random
LAG = 6  # hops between the moments compared
LOUD_DB = 25.0  # moments further below the loudest hold noise more than speech
MIN_VOTES = 3  # equal words at one shift; 200 real clips, cut, resampled or with noise at 15 dB, all had as many
NEIGHBOURS = 50  # of equal words each is compared with so many after it: work stays linear where a sound is common
FINER = 4  # steps of a shift in a sample: a copy cut at another rate is shifted by less than one
MIN_OVERLAP = 0.5  # of the shorter clip

Wave = NDArray[np.float32]
Ints = NDArray[np.int64]


def near_clips(clips: Sequence[NDArray[np.int16]], config: CurateConfig) -> NearPairs:
    """Return the pairs of `clips` whose waves agree by `config.min_speech_similarity` or more at the best shift.

    Of equal clips only the first is compared: the others are exact duplicates of it.
    """
    first: dict[bytes, int] = {}
    for row, clip in enumerate(clips):
        first.setdefault(clip.tobytes(), row)
    rows = list(first.values())
    found = [
        (one, other, similarity)
        for one, other in _candidates([clips[row] for row in rows])
        if (similarity := clip_similarity(clips[rows[one]], clips[rows[other]])) >= config.min_speech_similarity
    ]
    return NearPairs(
        one=np.array([rows[one] for one, _, _ in found], dtype=np.int64),
        other=np.array([rows[other] for _, other, _ in found], dtype=np.int64),
        mirrored=np.zeros(len(found), dtype=np.bool_),
        similarity=np.array([similarity for _, _, similarity in found], dtype=np.float64),
    )


def clip_similarity(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    """Return the correlation of two clips in BAND_HZ where they overlap, at the shift that gives the most; in [0, 1].

    It is 0 where they overlap by less than MIN_OVERLAP of the shorter. Noise at an SNR of s dB in one of them takes it
    to 1 / sqrt(1 + 10 ** (-s / 10)): 0.985 at 15 dB.
    """
    waves = [_wave(one), _wave(other)]
    size = 1 << (sum(map(len, waves)) - 1).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    passed = (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])
    spectra = [np.fft.rfft(wave, size) * passed for wave in waves]
    product = np.fft.irfft(spectra[0] * np.conj(spectra[1]), FINER * size) * FINER  # (FINER * size,), by shift
    shift = int(product.argmax())
    moved = round((shift - FINER * size if shift > FINER * size // 2 else shift) / FINER)  # where `other` begins
    begin, end = max(0, moved), min(len(waves[0]), moved + len(waves[1]))
    if end - begin < MIN_OVERLAP * min(map(len, waves)):
        return 0.0
    banded = [np.fft.irfft(spectrum, size) for spectrum in spectra]
    energies = [
        float(np.sum(wave[start : start + end - begin] ** 2))
        for wave, start in zip(banded, (begin, begin - moved), strict=True)
    ]
    scale = float(np.sqrt(energies[0] * energies[1]))
    return round(min(1.0, max(0.0, float(product[shift]) / scale)), 6) if scale > 0 else 0.0


def fingerprint(clip: NDArray[np.int16]) -> tuple[Ints, Ints]:
    """Return the words of the loud moments of `clip`, and which moments, counted in hops, these are."""
    wave = _wave(clip)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave, (0, max(0, WINDOW - len(wave)))), WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32))) ** 2  # (moments, frequencies)
    edges = np.searchsorted(np.fft.rfftfreq(WINDOW, 1 / RATE_HZ), np.geomspace(*BAND_HZ, BITS + 2))
    energy = np.add.reduceat(power, edges, axis=1)[:, :-1]  # (moments, BITS + 1)
    steps = np.diff(energy, axis=1)  # not of logarithms: steady noise adds to all moments alike and so cancels
    changes = steps[LAG:] - steps[:-LAG]
    loudness = energy[LAG:].sum(axis=1) + energy[:-LAG].sum(axis=1)
    loud = np.flatnonzero(loudness > loudness.max(initial=0.0) * 10 ** (-LOUD_DB / 10))
    bits = (changes[loud] > 0) << np.arange(BITS, dtype=np.int64)
    return bits.sum(axis=1), loud


def _wave(clip: NDArray[np.int16]) -> Wave:
    return resample(to_float(clip), SPEECH_RATE_HZ, RATE_HZ).astype(np.float32)


def _candidates(clips: Sequence[NDArray[np.int16]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places in `clips` that share MIN_VOTES words at one shift, in order."""
    prints = [fingerprint(clip) for clip in clips]
    if not prints:
        return
    owner = np.repeat(np.arange(len(prints)), [len(found) for found, _ in prints])  # (words of all clips,)
    found, moment = (np.concatenate(column) for column in zip(*prints, strict=True))
    order = np.argsort(found, kind="stable")
    found, owner, moment = found[order], owner[order], moment[order]
    votes: Counter[tuple[int, int, int]] = Counter()
    for step in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero((found[step:] == found[:-step]) & (owner[step:] != owner[:-step]))
        shift = moment[same + step] - moment[same]
        votes.update(zip(owner[same].tolist(), owner[same + step].tolist(), shift.tolist(), strict=True))
    yield from sorted({(one, other) for (one, other, _), n in votes.items() if n >= MIN_VOTES})

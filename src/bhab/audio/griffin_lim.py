"""A wave from a log-mel spectrogram without anything learned: the vocoder that a learned one has to beat.

The magnitudes that a mel spectrogram leaves open are filled in by non-negative least squares (Lee, Seung 2001); phases
are found by going to and fro between waves and spectra (Griffin, Lim 1984), sped up as by Perraudin, Balazs and
Sondergaard (2013).
"""

import numpy as np
from numpy.typing import NDArray

from bhab.audio.mel import BINS, Mel, filters, istft, stft
from bhab.schema import MEL_HOP

MOMENTUM = 0.99  # the best of those that Perraudin et al. tried
UPDATES = 200  # of the least squares; more change the mean error by less than a hundredth
SMALLEST = 1e-10


def griffin_lim(mel: Mel, iterations: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a wave whose mel spectrogram is near `mel`, (frames, MELS), started from phases of chance."""
    if len(mel) == 0:
        return np.zeros(0)
    wanted = magnitudes(mel)
    spectra = wanted * np.exp(2j * np.pi * rng.random(wanted.shape))
    before = np.zeros_like(spectra)
    for _ in range(iterations):
        rebuilt = stft(istft(spectra))
        ahead = rebuilt + MOMENTUM * (rebuilt - before)
        spectra = wanted * ahead / np.maximum(np.abs(ahead), SMALLEST)
        before = rebuilt
    wave = istft(spectra)
    if len(wave) != len(mel) * MEL_HOP:
        raise ValueError(f"{len(wave)} samples of {len(mel)} frames")
    return wave


def magnitudes(mel: Mel) -> NDArray[np.float64]:
    """Return magnitudes (frames, BINS), none negative, whose mel spectrogram is `mel` as nearly as can be."""
    wanted = np.exp(mel.astype(np.float64)) @ filters()  # (frames, BINS)
    found = np.full((len(mel), BINS), max(float(wanted.mean()), SMALLEST))
    for _ in range(UPDATES):
        found *= wanted / np.maximum(found @ filters().T @ filters(), SMALLEST)
    return found

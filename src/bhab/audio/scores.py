"""How near a clip is to the clean one it was made from. Clips are float64 in [-1, 1], shape (samples,), 16 kHz."""

import warnings

import numpy as np
from numpy.typing import NDArray

from bhab.schema import SPEECH_RATE_HZ

Sound = NDArray[np.float64]
TINY = 1e-12  # of power


def si_sdr_db(clean: Sound, heard: Sound) -> float:
    """Return the scale-invariant signal-to-distortion ratio of Le Roux, Wisdom, Erdogan, Hershey (2019), in dB."""
    clean, heard = clean - clean.mean(), heard - heard.mean()
    target = clean * float(clean @ heard) / max(float(clean @ clean), TINY)
    error = heard - target
    return 10 * float(np.log10(max(float(target @ target), TINY) / max(float(error @ error), TINY)))


def stoi(clean: Sound, heard: Sound) -> float:
    """Return the short-time objective intelligibility of Taal, Hendriks, Heusdens, Jensen (2011), 1 for equal clips.

    A clip with less than 0.4 s of speech has none, which pystoi says by 1e-5 and a warning.
    """
    import pystoi

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(pystoi.stoi(clean, heard, SPEECH_RATE_HZ))

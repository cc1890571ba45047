"""Encoded sound of any publisher to the one form all stages read: 16 kHz mono int16, shape (samples,)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.audio.containers import Header, read_header, read_samples
from bhab.audio.pcm import resample, to_pcm
from bhab.config import IngestConfig
from bhab.curation.decisions import Drop
from bhab.schema import SPEECH_RATE_HZ

MAX_RATE_HZ = 192_000  # the highest that recorders offer, and the bound of bhab.schema
MAX_CHANNELS = 8
SILENT_CHANNEL = 0.01  # of the loudest channel's RMS: 40 dB below it, a channel holds no voice
LEAST_DIFFERENCE_DB = -96.0  # of 16 bits: less is rounding
CANCELLED = 0.25  # of the loudest channel's RMS: a mean below it means channels of opposite phase


@dataclass(frozen=True, slots=True)
class DecodedClip:
    """A clip in canonical form, and what it was."""

    pcm: NDArray[np.int16]  # (samples,), 16 kHz mono
    source_rate_hz: int
    source_channels: int
    channel_difference_db: float | None  # see `_channel_difference_db`; none for one channel


def decode_clip(content: bytes, config: IngestConfig) -> DecodedClip | Drop:
    """Return the clip in `content`, or why it is not taken. Nothing is decoded before its size is known."""
    header = _admit(content, config)
    if isinstance(header, Drop):
        return header
    samples = read_samples(content, header)
    if isinstance(samples, Drop):
        return samples
    if not np.isfinite(samples).all():
        return Drop("audio_not_finite", f"{np.count_nonzero(~np.isfinite(samples))} samples are NaN or infinite")
    samples = np.clip(samples, -1.0, 1.0)
    wave = _mono(samples)
    peak_dbfs = 20 * np.log10(max(float(np.abs(wave).max()), 1e-6))
    if peak_dbfs < config.silence_dbfs:
        return Drop("audio_silent", f"peak at {peak_dbfs:.0f} dBFS, expected {config.silence_dbfs:.0f} or more")
    if header.rate_hz != SPEECH_RATE_HZ:  # else 16-bit input comes back bit for bit
        wave = resample(wave, header.rate_hz, SPEECH_RATE_HZ)
    return DecodedClip(to_pcm(wave), header.rate_hz, header.channels, _channel_difference_db(samples))


def _admit(content: bytes, config: IngestConfig) -> Header | Drop:
    """Return the header of `content`, if what it announces is within the limits."""
    if not content:
        return Drop("file_empty", "0 bytes, expected a WAVE or FLAC file")
    if len(content) > config.max_bytes:
        return Drop("file_too_large", f"{len(content)} bytes, expected at most {config.max_bytes}")
    header = read_header(content)
    if isinstance(header, Drop):
        return header
    return _beyond_limits(header, config) or header


def _beyond_limits(header: Header, config: IngestConfig) -> Drop | None:
    if not config.min_sample_rate_hz <= header.rate_hz <= MAX_RATE_HZ:
        expected = f"{config.min_sample_rate_hz} to {MAX_RATE_HZ}"
        return Drop("audio_sample_rate", f"{header.rate_hz} Hz, expected {expected}")
    if header.channels > MAX_CHANNELS:
        return Drop("audio_codec", f"{header.channels} channels, expected at most {MAX_CHANNELS}")
    duration_s = header.frames / header.rate_hz
    if duration_s < config.min_duration_s:
        return Drop("audio_too_short", f"{duration_s:.3f} s, expected at least {config.min_duration_s:g}")
    if duration_s > config.max_duration_s:
        return Drop("audio_too_long", f"{duration_s:.1f} s, expected at most {config.max_duration_s:g}")
    return None


def _mono(samples: NDArray[np.float32]) -> NDArray[np.floating]:
    """Return the mean of the channels that hold a voice, or the loudest where they cancel each other."""
    if samples.shape[1] == 1:
        return samples[:, 0]
    rms = np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=0))  # (channels,)
    mean: NDArray[np.float32] = samples[:, rms >= SILENT_CHANNEL * rms.max()].mean(axis=1)
    if np.sqrt(np.mean(np.square(mean, dtype=np.float64))) < CANCELLED * rms.max():
        return samples[:, rms.argmax()]
    return mean


def _channel_difference_db(samples: NDArray[np.float32]) -> float | None:
    """Return the level of what the channels do not share, under that of the loudest, in dB; None for one channel.

    What they do not share is the most that one differs from their mean: 0 dB for channels of opposite phase, -6 dB
    where one of two is silent, LEAST_DIFFERENCE_DB where they are equal.
    """
    if samples.shape[1] == 1:
        return None
    power = np.mean(np.square(samples, dtype=np.float64), axis=0)  # (channels,)
    apart = samples - samples.mean(axis=1, dtype=np.float64, keepdims=True)
    ratio = float(np.mean(np.square(apart), axis=0).max() / power.max()) if power.any() else 0.0
    return max(LEAST_DIFFERENCE_DB, 10 * float(np.log10(max(ratio, 1e-12))))

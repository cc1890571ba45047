"""WAVE and FLAC headers, read by hand: what a file claims to hold is known before anything decodes it.

Only these codecs go on: PCM of 16, 24 and 32 bits, float of 32 and 64 bits, FLAC. WAVE needs no decoder but numpy;
FLAC alone is given to libsndfile, whose IMA-ADPCM decoder overflows (CVE-2026-37555).
"""

import io
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bhab.curation.decisions import Drop

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE  # WAVE format tags
SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # of the GUID of a tag in WAVE_FORMAT_EXTENSIBLE
FMT_BYTES, EXTENSIBLE_BYTES = 16, 40
WAVE_DTYPES = {(PCM, 16): "<i2", (PCM, 24): "<i3", (PCM, 32): "<i4", (FLOAT, 32): "<f4", (FLOAT, 64): "<f8"}
STREAMINFO_BYTES = 34


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says it holds."""

    codec: str  # "flac", or the type of a WAVE sample: "<i2", "<i3", "<i4", "<f4", "<f8"
    rate_hz: int
    channels: int
    frames: int
    start: int  # of the samples, in bytes


def read_header(content: bytes) -> Header | Drop:
    """Return what `content` claims to hold, by its magic bytes; Drop if that is nothing we decode."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _wave_header(content)
    if content[:4] == b"fLaC":
        return _flac_header(content)
    return undecodable(f"starts with {content[:12]!r}, expected RIFF....WAVE or fLaC")


def read_samples(content: bytes, header: Header) -> NDArray[np.float32] | Drop:
    """Return all samples, shape (frames, channels), full scale 1.0; Drop if there are fewer than the header says."""
    if header.codec == "flac":
        return _flac_samples(content, header)
    width = int(header.codec[2])
    raw = np.frombuffer(content, np.uint8, header.frames * header.channels * width, header.start)
    if header.codec == "<i3":
        padded = np.zeros((len(raw) // 3, 4), np.uint8)
        padded[:, 1:] = raw.reshape(-1, 3)  # the low byte stays zero
        raw, width = padded.ravel(), 4
    kind = f"<{header.codec[1]}{width}"
    samples = raw.view(kind).reshape(-1, header.channels)
    if kind[1] == "f":
        with np.errstate(over="ignore", invalid="ignore"):  # not finite as float32: refused as such
            return samples.astype(np.float32)
    return (samples / 2.0 ** (8 * width - 1)).astype(np.float32)


def undecodable(detail: str) -> Drop:
    """Return the reject of a file that is not what it ought to be."""
    return Drop("audio_undecodable", detail)


def _wave_header(content: bytes) -> Header | Drop:
    fmt: bytes | None = None
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        at += 8
        if name == b"data":
            return (
                undecodable("WAVE without a `fmt ` chunk before its data")
                if fmt is None
                else _wave_format(fmt, at, size, len(content))
            )
        if name == b"fmt ":
            fmt = content[at : at + min(size, EXTENSIBLE_BYTES)]
        at += size + size % 2  # chunks start at even bytes
    return undecodable("WAVE without a data chunk")


def _wave_format(fmt: bytes, start: int, size: int, total: int) -> Header | Drop:
    if len(fmt) < FMT_BYTES:
        return undecodable(f"WAVE with a `fmt ` chunk of {len(fmt)} bytes, expected {FMT_BYTES} or more")
    tag, channels, rate_hz, _, block, bits = struct.unpack_from("<HHIIHH", fmt)
    if tag == EXTENSIBLE and len(fmt) == EXTENSIBLE_BYTES and fmt[26:] == SUBFORMAT_TAIL:
        tag = struct.unpack_from("<H", fmt, 24)[0]
    codec = WAVE_DTYPES.get((tag, bits))
    if codec is None:
        return Drop("audio_codec", f"WAVE format {tag} with {bits} bits, expected PCM of 16, 24, 32 bits or float")
    if channels == 0 or rate_hz == 0 or block != channels * bits // 8:
        return undecodable(f"WAVE of {channels} channels of {bits} bits at {rate_hz} Hz in blocks of {block} bytes")
    if start + size > total:
        return undecodable(f"WAVE cut off: {total - start} bytes of data, {size} announced")
    return Header(codec, rate_hz, channels, size // block, start)


def _flac_header(content: bytes) -> Header | Drop:
    if len(content) < 8 + STREAMINFO_BYTES or content[4] & 0x7F != 0:
        return undecodable("FLAC without a STREAMINFO block at its start")
    packed = int.from_bytes(content[18:26], "big")  # 20 bits rate, 3 channels - 1, 5 bits - 1, 36 frames
    rate_hz, channels, frames = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    if rate_hz == 0 or frames == 0:
        return undecodable(f"FLAC of {frames} samples at {rate_hz} Hz: its header has to say how long it is")
    return Header("flac", rate_hz, channels, frames, 0)


def _flac_samples(content: bytes, header: Header) -> NDArray[np.float32] | Drop:
    import soundfile  # here, for workers that never see FLAC

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if (file.format, file.samplerate, file.channels) != ("FLAC", header.rate_hz, header.channels):
                return undecodable(
                    f"FLAC whose decoder finds {file.format} {file.samplerate} Hz {file.channels} channels"
                )
            samples = file.read(header.frames, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        return undecodable(f"FLAC that does not decode ({error})")
    if len(samples) != header.frames:
        return undecodable(f"FLAC cut off: {len(samples)} samples of {header.frames}")
    return np.asarray(samples, dtype=np.float32)

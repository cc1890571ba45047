"""Hostile sounds: good clips damaged at every kind of place, headers that lie, other formats."""

import io
import struct
from collections.abc import Iterator

import numpy as np
import soundfile
from damage import damaged

RATE_HZ = 16_000
SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")


def tone(seconds: float = 0.4) -> np.ndarray:
    return 0.5 * np.sin(np.arange(round(seconds * RATE_HZ)) / 6)


def encoded(samples: np.ndarray, kind: str, subtype: str, rate_hz: int = RATE_HZ) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=kind, subtype=subtype)
    return file.getvalue()


def seeds() -> list[bytes]:
    """Return one short good clip of each kind that is decoded."""
    both = np.stack([tone(1.3), tone(1.3)[::-1]], axis=1)
    kinds = [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "FLOAT"), ("WAV", "DOUBLE")]
    kinds += [("WAVEX", "PCM_16"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24")]
    made = [encoded(tone(), *kind) for kind in kinds]
    return [*made, encoded(both, "WAV", "PCM_16", 48_000), encoded(both, "FLAC", "PCM_16", 44_100)]


SEEDS = seeds()


def good_wav() -> bytes:
    return SEEDS[0]


def wav(data: bytes, *, tag: int = 1, channels: int = 1, rate_hz: int = RATE_HZ, bits: int = 16, **lies: int) -> bytes:
    """Return a WAVE file whose header says what it is told to say."""
    block = lies.get("block", channels * bits // 8 & 0xFFFF)
    fmt = struct.pack("<HHIIHH", tag, channels, rate_hz, 0, block, bits)
    chunks = b"fmt " + struct.pack("<I", lies.get("fmt", len(fmt))) + fmt
    chunks += b"data" + struct.pack("<I", lies.get("size", len(data))) + data
    return b"RIFF" + struct.pack("<I", lies.get("riff", 4 + len(chunks))) + b"WAVE" + chunks


def flac(**lies: int) -> bytes:
    """Return a FLAC file whose STREAMINFO says what it is told to say."""
    content = bytearray(SEEDS[6])
    packed = int.from_bytes(content[18:26], "big")
    rate, channels = lies.get("rate_hz", packed >> 44), lies.get("channels", (packed >> 41 & 7) + 1)
    bits, frames = lies.get("bits", (packed >> 36 & 31) + 1), lies.get("frames", packed & (1 << 36) - 1)
    content[18:26] = (rate << 44 | channels - 1 << 41 | bits - 1 << 36 | frames).to_bytes(8, "big")
    content[8:12] = struct.pack(">HH", lies.get("low", 4096), lies.get("high", 4096))
    if "first" in lies:
        content[5:8] = lies["first"].to_bytes(3, "big")
    return bytes(content)


PCM = (tone() * 32767).astype("<i2").tobytes()
HEADERS = {  # a field of a WAVE header: numbers it should never hold, or seldom
    "size": (2**32 - 1, 2**31, 2**31 - 1, len(PCM) + 1, len(PCM) - 1, 0),
    "riff": (0, 2**32 - 1),
    "fmt": (0, 15, 17, 2**32 - 1, 2**31),
    "channels": (0, 2, 9, 255, 65_535),
    "rate_hz": (0, 1, 7_999, 192_001, 2**31, 2**32 - 1),
    "bits": (0, 1, 4, 7, 8, 12, 20, 64, 65_535),
    "tag": (0, 2, 6, 7, 17, 49, 80, 85, 0xFFFE, 0xFFFF),
    "block": (0, 1, 3, 65_535),
}
STREAMINFO = {  # likewise of FLAC
    "frames": (1, 4_799, 2**31, 2**36 - 1),
    "rate_hz": (1, 8_000, 655_350, 2**20 - 1),
    "channels": (2, 8),
    "bits": (1, 4, 24, 32),
    "low": (0, 15, 65_535),
    "high": (0, 15, 65_535),
    "first": (0, 33, 35, 2**24 - 1),
}


def lies() -> Iterator[bytes]:
    """Yield clips whose headers say absurd things."""
    yield from (wav(PCM, **{field: number}) for field, numbers in HEADERS.items() for number in numbers)
    yield from (flac(**{field: number}) for field, numbers in STREAMINFO.items() for number in numbers)
    yield b"RIFF\xff\xff\xff\xffWAVE" + b"junk\x00\x00\x00\x00" * 500_000  # half a million chunks of nothing
    yield b"RIFF\xff\xff\xff\xffWAVE" + b"junk\xff\xff\xff\xff"
    yield wav(PCM, tag=0xFFFE) + SUBFORMAT
    yield SEEDS[6][:42] + b"\x81\xff\xff\xff" + SEEDS[6][42:]
    yield SEEDS[6][:42] + b"\x01\x00\x00\x00" * 100_000 + SEEDS[6][42:]


def extremes() -> Iterator[bytes]:
    """Yield clips that are what their headers say, but of absurd length, level or size."""
    floats = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45], "<f4")
    yield from (wav(floats[:n].repeat(8000).tobytes(), tag=3, bits=32) for n in range(1, 7))
    yield wav(np.full(8000, 1e300, "<f8").tobytes(), tag=3, bits=64)
    yield wav(bytes(16_000))  # silence
    yield wav(np.tile(np.array([32767, -32768], "<i2"), 8000).tobytes())  # nothing but the rail
    yield wav(bytes(19_000_000))  # 10 minutes
    yield wav(np.tile(tone(), 96).astype("<f8").tobytes(), tag=3, bits=64, channels=8, rate_hz=192_000)
    yield wav(bytes(20_000_001))
    yield encoded(np.zeros(RATE_HZ * 3_000), "FLAC", "PCM_16")  # 50 minutes of silence in some kilobytes
    yield encoded(np.tile(tone(0.5), 58), "FLAC", "PCM_24", 192_000)


OTHERS = [
    b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(100),
    b"\xff\xfb\x90\x00" * 500,
    b"OggS\x00\x02" + bytes(50),
    b"FORM\x00\x00\xff\xffAIFFCOMM" + bytes(100),
    b"FORM\xff\xff\xff\xffAIFCCOMM" + bytes(100),
    b".snd\x00\x00\x00\x18\xff\xff\xff\xff\x00\x00\x00\x03" + bytes(100),
    b"RF64\xff\xff\xff\xffWAVEds64" + bytes(100),
    b"RIFX\x00\x00\x00\x24WAVEfmt " + bytes(100),
    b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00" + bytes(100),
    b"caff\x00\x01\x00\x00desc" + bytes(100),
    b"MThd\x00\x00\x00\x06" + bytes(100),
    b"#!AMR\n" + bytes(100),
    b"\x00\x00\x00\x20ftypM4A " + bytes(100),
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(100),
    b"\x1aE\xdf\xa3" + bytes(100),
    b"fLaC",
    b"fLaC" + b"\xff" * 100,
    b"RIFF....WAVE",
    b"RIFF\x04\x00\x00\x00AVI LIST" + bytes(100),
    b"PK\x03\x04" + b"../../escaped.txt" + bytes(100),
    b"#EXTM3U\nfile:///etc/passwd\n",
    b"",
    b"R",
    bytes(1000),
]


def sounds(rng: np.random.Generator) -> Iterator[bytes]:
    """Yield hostile clips for ever: each lie and other format once, among damaged ones."""
    once = [*lies(), *extremes(), *OTHERS, *(seed + b"PK\x03\x04<script>" for seed in SEEDS)]
    rest = damaged(SEEDS, rng)
    for place in rng.permutation(len(once)):
        yield once[place]
        yield next(rest)
    yield from rest

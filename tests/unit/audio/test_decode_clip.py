import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bhab.audio.decode import DecodedClip, decode_clip
from bhab.config import IngestConfig
from bhab.curation.decisions import Drop

CONFIG = IngestConfig(
    batch=8,
    max_bytes=1_000_000,
    max_seconds=1,
    max_memory_mb=1,
    max_pixels=1,
    max_duration_s=2.0,
    min_duration_s=0.3,
    min_sample_rate_hz=16_000,
    max_text_chars=1,
    min_contrast=0,
    silence_dbfs=-60.0,
)
SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")
MAX = {"<i2": 2**15, "<i4": 2**31, "<f4": 1, "<f8": 1}


def tone(seconds=0.5, rate_hz=16_000, level=0.5):
    return level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)


def encode(channels, kind):
    if kind == "u1":
        return np.rint(channels * 127 + 128).astype("u1").tobytes()
    if kind == "<i3":
        return np.rint(channels * 2**31).astype("<i4").view("u1").reshape(-1, 4)[:, 1:].tobytes()
    return (channels * MAX[kind]).astype(kind).tobytes()


def wav(*channels, kind="<i2", rate_hz=16_000, tag=None, extensible=False, before=b"", **changed):
    samples = np.stack(channels or (tone(rate_hz=rate_hz),), axis=1)
    bits = 8 * int(kind[-1])
    tag = tag or (3 if "f" in kind else 1)
    block = samples.shape[1] * bits // 8
    head = {"channels": samples.shape[1], "rate_hz": rate_hz, "block": block, "bits": bits} | changed
    fmt = struct.pack("<HIIHH", head["channels"], head["rate_hz"], 0, head["block"], head["bits"])
    if extensible:
        fmt = struct.pack("<H", 0xFFFE) + fmt + struct.pack("<HHIH", 22, bits, 0, tag) + SUBFORMAT
    else:
        fmt = struct.pack("<H", tag) + fmt
    data = encode(samples, kind)
    chunks = before + b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def flac(rate_hz=16_000, samples=None):
    file = io.BytesIO()
    soundfile.write(file, tone(rate_hz=rate_hz) if samples is None else samples, rate_hz, format="FLAC")
    return file.getvalue()


def changed(content, at, new):
    return content[:at] + new + content[at + len(new) :]


@pytest.mark.parametrize(
    ("content", "rate_hz", "channels"),
    [
        pytest.param(wav(), 16_000, 1, id="16 bits"),
        pytest.param(wav(kind="<i3"), 16_000, 1, id="24 bits"),
        pytest.param(wav(kind="<i4"), 16_000, 1, id="32 bits"),
        pytest.param(wav(kind="<f4"), 16_000, 1, id="float of 32 bits"),
        pytest.param(wav(kind="<f8"), 16_000, 1, id="float of 64 bits"),
        pytest.param(wav(extensible=True), 16_000, 1, id="extensible format that is plain PCM"),
        pytest.param(wav(kind="<f4", extensible=True), 16_000, 1, id="extensible format that is float"),
        pytest.param(wav(rate_hz=44_100), 44_100, 1, id="44.1 kHz"),
        pytest.param(wav(rate_hz=48_000), 48_000, 1, id="48 kHz"),
        pytest.param(wav(tone(), tone()), 16_000, 2, id="equal channels"),
        pytest.param(wav(tone(), 0 * tone()), 16_000, 2, id="right channel silent"),
        pytest.param(wav(tone() / 1000, tone()), 16_000, 2, id="left channel 60 dB down"),
        pytest.param(wav(tone(), -tone()), 16_000, 2, id="channels of opposite phase"),
        pytest.param(wav(*[tone()] * 6), 16_000, 6, id="6 channels"),
        pytest.param(
            wav(before=b"LIST\x03\x00\x00\x00abc\x00"), 16_000, 1, id="comment of odd length before the format"
        ),
        pytest.param(wav() + b"LIST\x04\x00\x00\x00IART", 16_000, 1, id="comment after the data"),
        pytest.param(flac(), 16_000, 1, id="FLAC"),
        pytest.param(flac(48_000, np.stack([tone(rate_hz=48_000)] * 2, axis=1)), 48_000, 2, id="FLAC in stereo"),
    ],
)
def test_a_tone_comes_back_as_16_khz_mono(content, rate_hz, channels):
    clip = decode_clip(content, CONFIG)
    assert (clip.source_rate_hz, clip.source_channels, clip.pcm.dtype) == (rate_hz, channels, np.int16)
    middle = slice(1000, 7000)  # resampling rings at the edges
    assert len(clip.pcm) == 8000
    assert np.abs(clip.pcm[middle] / 32768 - tone()[middle]).max() < 2e-3


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
@pytest.mark.parametrize("kind", ["<i2", "<i3", "<i4", "<f4"])
def test_channels_that_differ_are_mixed_at_any_depth_and_rate(rate_hz, kind):
    left, right = tone(rate_hz=rate_hz, level=0.6), tone(rate_hz=rate_hz, level=0.2)
    clip = decode_clip(wav(left, right, kind=kind, rate_hz=rate_hz), CONFIG)
    middle = slice(1000, 7000)
    assert np.abs(clip.pcm[middle] / 32768 - tone(level=0.4)[middle]).max() < 2e-3
    assert clip.channel_difference_db == pytest.approx(20 * np.log10(0.2 / 0.6), abs=0.1)


LIMITS = "expected PCM of 16, 24, 32 bits or float"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", Drop("file_empty", "0 bytes, expected a WAVE or FLAC file"), id="zero bytes"),
        pytest.param(
            wav(np.zeros(600_000)),
            Drop("file_too_large", "1200044 bytes, expected at most 1000000"),
            id="more bytes than the limit",
        ),
        pytest.param(
            "এটা লেখা".encode(),
            Drop("audio_undecodable", f"starts with {'এটা লেখা'.encode()[:12]!r}, expected RIFF....WAVE or fLaC"),
            id="text named .wav",
        ),
        pytest.param(
            changed(wav(), 34, struct.pack("<H", 24)),
            Drop("audio_undecodable", "WAVE of 1 channels of 24 bits at 16000 Hz in blocks of 2 bytes"),
            id="a header that says 24 bits of 16",
        ),
        pytest.param(
            changed(wav(), 40, struct.pack("<I", 4_000_000)),
            Drop("audio_undecodable", "WAVE cut off: 16000 bytes of data, 4000000 announced"),
            id="a header that announces more than there is",
        ),
        pytest.param(wav(kind="u1"), Drop("audio_codec", f"WAVE format 1 with 8 bits, {LIMITS}"), id="8 bits"),
        pytest.param(wav(tag=17), Drop("audio_codec", f"WAVE format 17 with 16 bits, {LIMITS}"), id="IMA-ADPCM"),
        pytest.param(
            wav(tag=17, extensible=True),
            Drop("audio_codec", f"WAVE format 17 with 16 bits, {LIMITS}"),
            id="IMA-ADPCM behind the extensible format",
        ),
        pytest.param(wav(*[tone(0.3)] * 9), Drop("audio_codec", "9 channels, expected at most 8"), id="9 channels"),
        pytest.param(
            wav(channels=0),
            Drop("audio_undecodable", "WAVE of 0 channels of 16 bits at 16000 Hz in blocks of 2 bytes"),
            id="no channels",
        ),
        pytest.param(
            wav(block=3),
            Drop("audio_undecodable", "WAVE of 1 channels of 16 bits at 16000 Hz in blocks of 3 bytes"),
            id="blocks that do not fit the bits",
        ),
        pytest.param(
            wav()[:-1000], Drop("audio_undecodable", "WAVE cut off: 15000 bytes of data, 16000 announced"), id="cut off"
        ),
        pytest.param(wav()[:30], Drop("audio_undecodable", "WAVE without a data chunk"), id="header cut off"),
        pytest.param(
            changed(wav(), 12, b"fmtx"),
            Drop("audio_undecodable", "WAVE without a `fmt ` chunk before its data"),
            id="no format",
        ),
        pytest.param(
            b"RIFF....WAVEfmt \x02\x00\x00\x00\x01\x00data\x00\x00\x00\x00",
            Drop("audio_undecodable", "WAVE with a `fmt ` chunk of 2 bytes, expected 16 or more"),
            id="format chunk too small",
        ),
        pytest.param(wav(tone(0.01)), Drop("audio_too_short", "0.010 s, expected at least 0.3"), id="10 ms"),
        pytest.param(wav(np.zeros(0)), Drop("audio_too_short", "0.000 s, expected at least 0.3"), id="no samples"),
        pytest.param(wav(tone(2.5)), Drop("audio_too_long", "2.5 s, expected at most 2"), id="too long"),
        pytest.param(wav(rate_hz=8_000), Drop("audio_sample_rate", "8000 Hz, expected 16000 to 192000"), id="8 kHz"),
        pytest.param(
            changed(wav(), 24, struct.pack("<I", 4_000_000_000)),
            Drop("audio_sample_rate", "4000000000 Hz, expected 16000 to 192000"),
            id="absurd rate",
        ),
        pytest.param(
            wav(tone() * np.where(np.arange(8000) == 9, np.nan, 1), kind="<f4"),
            Drop("audio_not_finite", "1 samples are NaN or infinite"),
            id="a NaN",
        ),
        pytest.param(
            wav(np.where(np.arange(8000) == 9, 1e300, tone()), kind="<f8"),
            Drop("audio_not_finite", "1 samples are NaN or infinite"),
            id="a float64 beyond float32",
        ),
        pytest.param(
            wav(np.zeros(8000)), Drop("audio_silent", "peak at -120 dBFS, expected -60 or more"), id="digital silence"
        ),
        pytest.param(
            wav(tone(level=3e-4)), Drop("audio_silent", "peak at -71 dBFS, expected -60 or more"), id="very quiet"
        ),
        pytest.param(
            changed(flac(), 4, b"\x04"),
            Drop("audio_undecodable", "FLAC without a STREAMINFO block at its start"),
            id="FLAC without its header",
        ),
        pytest.param(
            changed(flac(), 22, bytes(4)),
            Drop("audio_undecodable", "FLAC of 0 samples at 16000 Hz: its header has to say how long it is"),
            id="FLAC that does not say how long it is",
        ),
    ],
)
def test_what_is_not_taken_says_why(content, expected):
    assert decode_clip(content, CONFIG) == expected


def test_a_flac_cut_off_is_not_taken():
    assert decode_clip(flac()[:-400], CONFIG).reason == "audio_undecodable"


@given(st.lists(st.integers(-(2**15), 2**15 - 1)))
def test_16_bits_at_16_khz_come_back_bit_for_bit(samples):
    pcm = np.array([*samples, 20_000], np.int16)  # one loud sample: not silence
    content = wav(pcm / 32768.0)
    assert np.array_equal(decode_clip(content, CONFIG.model_copy(update={"min_duration_s": 1e-9})).pcm, pcm)


@pytest.mark.parametrize("content", [wav(extensible=True), wav(kind="<f4"), flac()], ids=["PCM", "float", "FLAC"])
@given(at=st.integers(0, 200), new=st.binary(min_size=1, max_size=8), keep=st.integers(0, 20_000))
def test_no_damage_to_a_file_breaks_the_decoder(content, at, new, keep):
    assert isinstance(decode_clip(changed(content, at, new)[:keep], CONFIG), DecodedClip | Drop)

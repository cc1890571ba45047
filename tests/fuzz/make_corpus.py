"""A corpus of hostile files, in the layout of every adapter: python tests/fuzz/make_corpus.py FOLDER [INPUTS].

The same files for the same number: all chance is from one seed. `SHARES` says how the inputs are spread; what a hostile
picture, clip or line looks like is in hostile_pictures.py, hostile_sounds.py and hostile_rows.py. The folder also holds
what a hostile link might lead to, OUTSIDE, which no ingest may touch or take in.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import hostile_pictures
import hostile_rows
import hostile_sounds

SEED = 20261122
OUTSIDE = "outside"
SHARES = {
    "image_folder": 0.30,
    "fer2013_folders": 0.11,
    "utkface": 0.11,
    "banglaser": 0.20,
    "texts_jsonl": 0.14,
    "texts_csv": 0.07,
    "fer2013_csv": 0.07,
}
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
DEEP, TOO_DEEP = (
    1500,
    3000,
)  # folders in each other, named by one letter: more than Python's stack; than a path may hold

# Names that are trouble for a shell, a terminal, a page, a path or a decoder of UTF-8, but legal on disk.
NAMES = [
    b"..%2f..%2f..%2fetc%2fpasswd",
    b"....",
    b"..jpg",
    b"-rf",
    b"--out=x.png",
    b"~root",
    b"$(touch pwned).jpg",
    b"`touch pwned`.jpg",
    b"a;touch pwned;.jpg",
    b"a|b>c.jpg",
    b"C:\\Windows\\system32.bmp",
    b"\\\\host\\share.png",
    b"nul.jpg",
    b"two\nlines.png",
    b"tab\tand\rreturn.png",
    b"\x1b[2J\x1b]0;title\x07.png",
    b"<svg onload=alert(1)>.png",
    b"<img src=x onerror=alert(1)>.jpg",
    b"{{ 7 * 7 }}.jpg",
    b"=cmd|' calc'!A0.jpg",
    b"'\"; drop table samples; --.jpg",
    "photo\u202egpj.exe".encode(),
    "zero\u200bwidth\ufeff.png".encode(),
    "e\u0301.png".encode(),
    "\u00e9.png".encode(),
    "\u0995\u09cd\u200d\u09b7.png".encode(),
    "\U0001f600.png".encode(),
    b"\xff\xfe not UTF-8.png",
    b"\xed\xa0\x80 half a character.png",
    b"%s%n%p.png",
    b" ",
    b"x" * 255,
]


def sources(folder: Path) -> dict[str, dict[str, object]]:
    """Return an entry of section `sources` for each part of the corpus."""
    columns = {"key": "key", "text": "text", "label": "label", "subject": "who", "age_group": "age", "votes": "votes"}
    own = {
        "image_folder": {"adapter": "image_folder", "modality": "faces"},
        "fer2013_folders": {"adapter": "fer2013_folders", "modality": "faces"},
        "utkface": {"adapter": "utkface", "modality": "faces"},
        "banglaser": {"adapter": "banglaser", "modality": "speech"},
        "texts_jsonl": {"adapter": "texts", "modality": "texts", "columns": columns},
        "texts_csv": {"adapter": "texts", "modality": "texts", "columns": {"text": "text", "label": "label"}},
        "fer2013_csv": {"adapter": "fer2013_csv", "modality": "faces"},
    }
    roots = {"texts_jsonl": "texts.jsonl", "texts_csv": "texts.csv"}
    return {
        name: entry | {"root": str(folder / roots.get(name, name)), "licence": "none", "consent": "none"}
        for name, entry in own.items()
    }


def make(folder: Path, inputs: int) -> dict[str, int]:
    """Fill `folder` and return how many inputs each source has: files, or lines."""
    rng = np.random.default_rng(SEED)
    counts = {name: round(inputs * share) for name, share in SHARES.items()}
    make_outside(folder / OUTSIDE)
    pictures = hostile_pictures.pictures(rng)
    homes: dict[str, Callable[[int], str]] = {
        "image_folder": lambda n: f"{('train', 'Test')[n % 2]}/{EMOTIONS[n % 7]}/{n:05}",
        "fer2013_folders": lambda n: f"{('train', 'test')[n % 2]}/{EMOTIONS[n % 7]}/{n:05}.jpg",
        "utkface": lambda n: f"{n % 116}_{n % 2}_{n % 5}_{20170109150557335 + n}.jpg.chip.jpg",
    }
    for name, home in homes.items():
        fill(folder / name, pictures, home, counts[name])
    sounds = hostile_sounds.sounds(rng)
    fill(folder / "banglaser", sounds, lambda n: f"{n:05}/03-01-0{1 + n % 5}-01-01-01-01.wav", counts["banglaser"])
    counts["image_folder"] += make_odd_names(folder / "image_folder" / "train" / "happy", pictures)
    for name in ("image_folder", "fer2013_folders", "banglaser"):
        counts[name] += make_odd_files(folder / name, folder / OUTSIDE)
    counts["texts_jsonl"] = write_lines(folder / "texts.jsonl", hostile_rows.json_lines(rng), counts["texts_jsonl"])
    counts["texts_csv"] = write_lines(
        folder / "texts.csv", hostile_rows.csv_lines(rng), counts["texts_csv"], b"text,label"
    )
    (folder / "fer2013_csv").mkdir()
    faces = hostile_rows.fer2013_lines(rng)
    header = b"emotion,pixels,Usage"
    counts["fer2013_csv"] = write_lines(folder / "fer2013_csv" / "fer2013.csv", faces, counts["fer2013_csv"], header)
    return counts


def fill(folder: Path, contents: Iterator[bytes], home: Callable[[int], str], n: int) -> None:
    """Write `n` files."""
    for number in range(n):
        path = folder / home(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(next(contents))


def write_lines(path: Path, lines: Iterator[bytes], n: int, header: bytes | None = None) -> int:
    """Write a header and `n` lines, none of them blank, none holding another, and return n."""
    with path.open("wb") as file:
        if header is not None:
            file.write(header + b"\n")
        for _ in range(n):
            line = next(lines).replace(b"\n", b"?").replace(b"\r", b"?")
            file.write((line if line.strip() else b"?") + b"\n")
    return n


def make_outside(folder: Path) -> None:
    """Make what lies beside the corpus: a good picture that a link may lead to, and a file that must stay as it is."""
    folder.mkdir(parents=True)
    (folder / "private.png").write_bytes(hostile_pictures.good_png())
    (folder / "private.wav").write_bytes(hostile_sounds.good_wav())
    (folder / "untouched.txt").write_text("untouched\n", encoding="utf-8")


def make_odd_names(folder: Path, contents: Iterator[bytes]) -> int:
    """Write one file under each of NAMES, and return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(next(contents))
    return len(NAMES)


def make_odd_files(root: Path, outside: Path) -> int:
    """Add what is no plain file, and folders in folders, and return how many items that is."""
    folder = root / "train" / "sad"
    folder.mkdir(parents=True, exist_ok=True)
    speech = root.name == "banglaser"
    private = outside.resolve() / ("private.wav" if speech else "private.png")
    good = hostile_sounds.good_wav() if speech else hostile_pictures.good_png()
    names = iter(f"03-01-0{1 + n % 5}-01-01-{n:02}-01.wav" if speech else f"odd_{n}.jpg" for n in range(100))

    def new() -> Path:
        return folder / next(names)

    target = new()
    target.write_bytes(good)
    links = [
        "/etc/passwd",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/mem",
        str(private),
        f"../../../{outside.name}/{private.name}",
        "nowhere",
        "x" * 255,
        target.name,  # the one that may be followed
        str(outside.resolve()),
        ".",
    ]
    for link in links:
        new().symlink_to(link)
    one, other = new(), new()
    one.symlink_to(other.name)
    other.symlink_to(one.name)
    pipe, sock = new(), new()
    os.mkfifo(pipe)
    new().symlink_to(pipe.name)
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(folder, os.O_RDONLY)  # a socket's path may have 108 bytes only
        listener.bind(f"/proc/self/fd/{here}/{sock.name}")
        os.close(here)
    for depth in (DEEP, TOO_DEEP):
        nest(folder / f"deep_{depth}", depth, good)
    return 1 + len(links) + 2 + 1 + 1 + 1 + 2


def nest(folder: Path, depth: int, content: bytes) -> None:
    """Make `depth` folders in each other, and a file in the last; the whole path may be longer than one can name."""
    folder.mkdir()
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=at)
        at, above = os.open("d", os.O_RDONLY, dir_fd=at), at
        os.close(above)
    file = os.open("deep.png", os.O_WRONLY | os.O_CREAT, dir_fd=at)
    os.write(file, content)
    os.close(file)
    os.close(at)


def remove(folder: Path) -> None:
    """Remove the corpus: Python's own way is not made for folders that deep."""
    subprocess.run(["/bin/rm", "-rf", str(folder)], check=True)


if __name__ == "__main__":
    made = make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5000)
    sys.stdout.write(json.dumps(made | {"all": sum(made.values())}) + "\n")

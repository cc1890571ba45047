"""The only writer: same content, same bytes, whole or not at all.

A table is one Parquet file, or a folder of shards. A row's shard follows from the first hex digits of its
`sample_id`, in ranges, so that shards in name order are the table in `sample_id` order, and one new row
changes one shard.
"""

import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bhab.errors import LabelMapError, TableError
from bhab.schema import EMOTIONS, Columns, arrow_schema

if TYPE_CHECKING:
    from matplotlib.figure import Figure

THREADS = 2  # Arrow encodes outside of Python's lock; any number gives the same
ID_SPACE = 1 << 32  # of the first eight hex digits of a sample_id
SHARD = "part-{:02d}.parquet"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to, and move it to `path` only if the block ends without an error.

    `path` may be a file or a folder; what stood there is replaced. After an error or Ctrl-C nothing is left,
    and what a killed process left behind is removed by the next one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    remove(partial)
    try:
        yield partial
        remove(path)
        partial.replace(path)
    finally:
        remove(partial)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Like `whole`, for a folder that exists from the start."""
    with whole(path) as partial:
        partial.mkdir()
        yield partial


def remove(path: Path) -> None:
    """Remove a file or a folder if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def table_of(rows: Sequence[Mapping[str, object]], columns: Columns) -> pa.Table:
    """Return `rows` as a table of the declared columns, in the order given; a missing nullable value is null."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(columns))


def write_table(table: pa.Table, path: Path) -> None:
    """Write one Parquet file. Bytes depend on the content alone: pyarrow stores no date, but ends pages with chunks."""
    with whole(path) as partial:
        table = table.replace_schema_metadata(None).combine_chunks()
        pq.write_table(table, partial, compression="zstd", row_group_size=4096)


def read_table(path: Path, columns: Columns | None = None, only: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file, or a folder of shards in name order, by memory map; of its columns all, or `only` some.

    Raises TableError if it is missing, or has not the columns that were declared.
    """
    if not path.exists():
        raise TableError(f"{path}: no such table; `dvc repro` makes it")
    parts = sorted(path.glob("part-*.parquet")) if path.is_dir() else [path]
    if not parts:
        raise TableError(f"{path}: a folder without shards (part-00.parquet and so on)")
    try:
        return pa.concat_tables([_read_file(part, columns, only) for part in parts])
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: not a Parquet table ({error})") from error


def _read_file(path: Path, columns: Columns | None, only: Sequence[str] | None) -> pa.Table:
    with pq.ParquetFile(path, memory_map=True) as file:  # pq.read_table would first import pyarrow.dataset, for 0.2 s
        names = file.schema_arrow.names
        if columns is not None and names != [c.name for c in columns]:
            raise TableError(f"{path}: columns {names}, expected {[c.name for c in columns]}")
        return file.read(only)


def shard_of(sample_id: str, shards: int) -> int:
    """Return the number of the shard that holds `sample_id`: an even range of its first eight hex digits."""
    return int(sample_id[:8], 16) * shards // ID_SPACE


def write_shards(table: pa.Table, folder: Path, shards: int) -> None:
    """Write `table` sorted by sample_id as a folder of exactly `shards` files."""
    ids = table["sample_id"]
    if pc.any(pc.greater(ids[:-1], ids[1:])).as_py():  # else it would only be copied
        table = table.take(pc.sort_indices(ids))
        ids = table["sample_id"]
    firsts = [f"{-(-number * ID_SPACE // shards):08x}" for number in range(1, shards)]  # lowest digits of each shard
    bounds = [0, *(pc.sum(pc.less(ids, first)).as_py() or 0 for first in firsts), len(table)]  # (shards + 1,)
    parts = [table.slice(start, end - start) for start, end in pairwise(bounds)]
    with whole_folder(folder) as partial, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_table, parts, [partial / SHARD.format(number) for number in range(shards)]))


def pixels(column: pa.ChunkedArray, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return a binary column of equal lengths as one uint8 array of (rows, *shape)."""
    packed = column.cast(pa.binary(math.prod(shape))).combine_chunks()
    return np.frombuffer(packed.buffers()[1], dtype=np.uint8).reshape(len(column), *shape)


def as_binary(images: NDArray[np.uint8]) -> pa.Array:
    """Return uint8 (rows, ...) as a binary column, without a copy; Arrow holds at most 2 GiB in one piece."""
    size = math.prod(images.shape[1:])
    offsets = np.arange(len(images) + 1, dtype=np.int32) * np.int32(size)
    return pa.Array.from_buffers(pa.binary(), len(images), [None, pa.py_buffer(offsets), pa.py_buffer(images)])


def take_ids(table: pa.Table, ids: Iterable[str]) -> pa.Table:
    """Return the rows of `table` with these sample_ids, in the order of `ids`. Raises TableError for a missing one."""
    wanted = pa.array(list(ids), pa.string())
    found = pc.index_in(wanted, table["sample_id"].combine_chunks())
    if found.null_count:
        missing = wanted.filter(pc.is_null(found))
        raise TableError(f"sample_id {missing[0]} and {found.null_count - 1} others are not in the table")
    return table.take(found)


def json_text(value: object) -> str:
    """Return JSON that diffs well: sorted keys, Bengali unescaped, one final newline; NaN is refused."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(value: object, path: Path) -> None:
    """Write `json_text(value)`."""
    write_text(json_text(value), path)


def read_json(path: Path) -> dict[str, object]:
    """Read a JSON object. Raises TableError if the file is missing or is not one."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TableError(f"{path}: no such file; `dvc repro` makes it") from error
    except ValueError as error:
        raise TableError(f"{path}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise TableError(f"{path}: found a {type(value).__name__}, expected a JSON object")
    return value


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text with the newlines it has."""
    write_bytes(text.encode("utf-8"), path)


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file, whole or not at all."""
    with whole(path) as partial, partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_wav(pcm: NDArray[np.int16], sample_rate_hz: int, path: Path) -> None:
    """Write mono PCM16 as WAV without any chunk but `fmt ` and `data`."""
    import soundfile  # heavy for the many stages that never write sound

    with whole(path) as partial:
        soundfile.write(partial, pcm, sample_rate_hz, subtype="PCM_16", format="WAV")


def write_png(image: NDArray[np.uint8], path: Path) -> None:
    """Write a grey (height, width) or RGB (height, width, 3) image as PNG without metadata."""
    import cv2

    bgr = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)  # noqa: PLR2004 - grey has two axes
    encoded, buffer = cv2.imencode(".png", bgr)
    if not encoded:
        raise TableError(f"{path}: OpenCV cannot encode an image of shape {image.shape}")
    write_bytes(buffer.tobytes(), path)


def write_svg(figure: "Figure", path: Path) -> None:
    """Write SVG without the date and the random ids that would change its hash; text becomes outlines."""
    import matplotlib as mpl

    with whole(path) as partial, mpl.rc_context({"svg.hashsalt": "bhab", "svg.fonttype": "path"}):
        figure.savefig(partial, format="svg", metadata={"Date": None}, bbox_inches="tight")


def require_emotions(names: object, where: Path) -> None:
    """Refuse an artefact whose class names are not `Emotion`, in its order. Raises LabelMapError."""
    if names != list(EMOTIONS):
        raise LabelMapError(f"{where}: class names {names}, expected {list(EMOTIONS)}")

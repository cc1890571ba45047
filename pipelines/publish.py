"""Stage `publish`: metrics and small models -> what goes out with the tables: Croissant, a datasheet, ONNX.

croissant.json stands in the project's root, because Croissant names files from its own folder downwards.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bhab.config import ENSEMBLE, SourceConfig, load_params
from bhab.report.card import croissant, datasheet
from bhab.stage import run_stage
from bhab.store import read_json, whole_folder, write_bytes, write_json, write_text


@dataclass(frozen=True, slots=True)
class Published:
    """What goes out: the Croissant object, the datasheet in Markdown, and files of models by MODEL/NAME."""

    croissant: dict[str, object]
    datasheet: str
    models: dict[str, bytes]


def publish(
    sources: Mapping[str, SourceConfig],
    metrics: Mapping[str, Any],  # counts, split, curation: JSON of those stages
    models: Mapping[str, bytes],
    tables: str,
) -> Published:
    """Return the descriptions of the tables of samples in folder `tables`, and the models as they are."""
    return Published(
        croissant(sources, metrics["counts"], tables),
        datasheet(sources, metrics["counts"], metrics["split"], metrics["curation"]),
        dict(models),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", required=True, help="folder of the tables, from the project's root")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--croissant", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    metrics = {name: read_json(args.metrics / f"{name}.json") for name in ("counts", "split", "curation")}
    files = [path for name in (*params.train_fer.models, ENSEMBLE) for path in sorted((args.models / name).iterdir())]
    models = {path.relative_to(args.models).as_posix(): path.read_bytes() for path in files}
    published = publish(params.sources, metrics, models, args.tables)
    with whole_folder(args.out) as out:
        write_text(published.datasheet, out / "datasheet.md")
        for name, content in published.models.items():
            write_bytes(content, out / name)
    write_json(published.croissant, args.croissant)


if __name__ == "__main__":
    run_stage(main)

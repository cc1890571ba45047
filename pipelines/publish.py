"""Stage `publish`: metrics and models -> what goes out with the tables: Croissant, a datasheet, ONNX.

croissant.json stands in the project's root, because Croissant names files from its own folder downwards.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from bhab.config import SourceConfig, load_params
from bhab.report.card import croissant, datasheet
from bhab.schema import EMOTIONS
from bhab.stage import run_stage
from bhab.store import read_json, whole_folder, write_bytes, write_json, write_text
from bhab.training.checkpoint import load_fer
from bhab.training.export import to_onnx


@dataclass(frozen=True, slots=True)
class Published:
    """What goes out: the Croissant object, the datasheet in Markdown, and ONNX files by model."""

    croissant: dict[str, object]
    datasheet: str
    onnx: dict[str, bytes]


def publish(
    sources: Mapping[str, SourceConfig],
    metrics: Mapping[str, Any],  # counts, split, curation: JSON of those stages
    models: Mapping[str, nn.Module],
    tables: str,
) -> Published:
    """Return the descriptions of the tables of samples in folder `tables`, and every trained model as ONNX."""
    return Published(
        croissant(sources, metrics["counts"], tables),
        datasheet(sources, metrics["counts"], metrics["split"], metrics["curation"]),
        {name: to_onnx(model, EMOTIONS) for name, model in sorted(models.items())},
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
    loaded = {name: load_fer(args.models / name)[1] for name in params.train_fer.models}
    models = {name: model for name, model in loaded.items() if model is not None}
    published = publish(params.sources, metrics, models, args.tables)
    with whole_folder(args.out) as out:
        write_text(published.datasheet, out / "datasheet.md")
        for name, content in published.onnx.items():
            write_bytes(content, out / f"{name}.onnx")
    write_json(published.croissant, args.croissant)


if __name__ == "__main__":
    run_stage(main)

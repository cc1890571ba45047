"""Stage `compress`: a model of facial expressions -> variants of it as ONNX, small ones too, and their cost.

float32      as it was trained
int8         weights and activations quantised, by the ranges on some training faces
pruned       without the smallest of its weights, and taught again for a few epochs
pruned_int8  both
"""

import argparse
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
from torch import nn

from bhab.config import AugmentConfig, CompressConfig, EvaluateConfig, TrainFerConfig, load_params
from bhab.quality.results import rows_sha256
from bhab.schema import EMOTIONS, FACES, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, whole_folder, write_bytes, write_json
from bhab.training.checkpoint import CARD, WEIGHTS, Card, load_fer
from bhab.training.compress import ask_onnx, judge, left_float, to_int8
from bhab.training.export import to_onnx
from bhab.training.faces import Faces, Fresh, faces_of, labelled
from bhab.training.prune import pruned

JUDGED = (Split.VALIDATION, Split.TEST)
CALIBRATED = ("int8", "pruned_int8")


def compress(
    model: nn.Module, faces: Fresh, validation: Faces, train: TrainFerConfig, config: CompressConfig
) -> dict[str, bytes]:
    """Return the variants of a model that `train` made of training `faces`, by name."""
    few = faces.first(config.calibration_faces).images
    whole = to_onnx(model, EMOTIONS)
    sparse = to_onnx(pruned(model, faces, validation, train, config), EMOTIONS)
    return {"float32": whole, "int8": to_int8(whole, few), "pruned": sparse, "pruned_int8": to_int8(sparse, few)}


def taught_and_watched(
    train: TrainFerConfig, faces: pa.Table, splits: pa.Table, augment: AugmentConfig
) -> tuple[Fresh, Faces]:
    """Return the training faces, of which each epoch shows a child of its own, and the validation faces."""
    (recipe,) = train.recipes.values()
    rows = labelled(splits, Split.TRAIN)
    taught = Fresh(faces_of(faces, rows, recipe.target), rows["sample_id"].to_pylist(), augment)
    return taught, faces_of(faces, labelled(splits, Split.VALIDATION), recipe.target)


def measured(
    variants: Mapping[str, bytes], faces: pa.Table, splits: pa.Table, config: EvaluateConfig
) -> dict[str, object]:
    """Return what each variant costs: bytes, as they are and packed by gzip, and accuracy on held-out faces."""
    found: dict[str, dict[str, object]] = {
        name: {"bytes": len(content), "bytes_gzip": len(gzip.compress(content, mtime=0))}
        for name, content in variants.items()
    }
    for split in JUDGED:
        rows = labelled(splits, split)
        held, group = faces_of(faces, rows), rows["group_id"].to_numpy().astype(str)
        said = {name: ask_onnx(content, held.images).argmax(axis=1) for name, content in variants.items()}
        for name, own in said.items():
            found[name][split] = asdict(judge(own, said["float32"], held.labels.numpy(), group, config))
    test = labelled(splits, Split.TEST)["sample_id"].to_pylist()
    return {"variants": found, "split": Split.TEST, "rows_sha256": rows_sha256(test)}


def described(card: Card, variants: Mapping[str, bytes], config: CompressConfig) -> dict[str, object]:
    """Return what made the variants of the model of `card`; `left_float` counts the layers that int8 does not reach."""
    return {
        "model": card.model,
        "emotions": card.emotions,
        "why": card.why,
        "params": config.model_dump(mode="json"),
        "variants": {
            name: {"sha256": hashlib.sha256(content).hexdigest()}
            | ({"left_float": left_float(content)} if name in CALIBRATED else {})
            for name, content in variants.items()
        },
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of VARIANT.onnx and card.json")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    card, model = load_fer(args.model)
    faces, splits = read_table(args.faces, FACES), read_table(args.splits / "splits.parquet", SPLITS)
    variants: dict[str, bytes] = {}
    if model is not None:
        train = TrainFerConfig.model_validate(card.params)
        material = taught_and_watched(train, faces, splits, params.augment)
        variants = compress(model, *material, train, params.compress)
    made_of = {"weights_sha256": model and hashlib.sha256((args.model / WEIGHTS).read_bytes()).hexdigest()}
    with whole_folder(args.out) as out:
        for name, content in variants.items():
            write_bytes(content, out / f"{name}.onnx")
        write_json(described(card, variants, params.compress) | made_of, out / CARD)
    write_json({"why": card.why} | measured(variants, faces, splits, params.evaluate), args.metrics)


if __name__ == "__main__":
    run_stage(main)

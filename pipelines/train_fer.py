"""Stage `train_fer`: training faces and their children -> a model of facial expressions."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bhab.config import TrainFerConfig, load_params
from bhab.models.fer import FER
from bhab.progress import progress
from bhab.schema import AUGMENTED, FACE_PX, FACES, SPLITS, Split
from bhab.stage import run_stage
from bhab.store import read_table, write_text
from bhab.training.checkpoint import Card, Trained, n_parameters, write_model
from bhab.training.faces import Faces, Fresh, TrainingFaces, faces_of, families, labelled
from bhab.training.fer import FerTraining, recipe_of
from bhab.training.history import curves
from bhab.training.resume import Place
from bhab.training.seed import repeatable

INPUT = {"shape": [1, FACE_PX, FACE_PX], "dtype": "float32", "range": [0, 1], "colour": "grey"}


def train_fer(name: str, faces: TrainingFaces, validation: Faces, config: TrainFerConfig, kept: Path) -> Trained:
    """Return model `name` trained on `faces`, watched on `validation`.

    After each epoch the folder `kept` has the curves so far, for `dvc plots`, and all that is needed to go on: when a
    training was killed, the next goes on from there. Raises ParamsError for weights to start from that cannot be had.
    """
    config = config.only(name)
    card = Card(model=name, params=config.model_dump(mode="json"), input=INPUT)
    if not len(faces.labels) or not len(validation.labels):
        why = f"{len(faces.labels)} training and {len(validation.labels)} validation faces, expected some of both"
        return Trained(card.model_copy(update={"why": why}), None, [])
    repeatable(config.seed, config.threads)
    training = FerTraining(FER[name](config.recipes[name]), faces, validation, config)
    place = Place(
        kept / "state.safetensors", made_of=[card.model_dump_json().encode(), *faces.content(), *validation.content()]
    )
    training.resume(place.read())
    left = training.epochs()
    for _ in progress(left, training.recipe.epochs - len(training.history), f"training {name}"):
        place.write(training.state())
        write_text(curves(training.history), kept / "history.tsv")
    place.remove()
    history = training.history
    facts = {"n_parameters": n_parameters(training.model), "trained_on": len(faces.labels)}
    facts |= {"epochs": len(history), "kept_epoch": training.kept}
    return Trained(card.model_copy(update=facts), training.model, history)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--augmented", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True, help="folder of what a killed training goes on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    params = load_params(args.params)
    recipe = recipe_of(args.model, params.train_fer)
    table, splits = read_table(args.faces, FACES), read_table(args.splits / "splits.parquet", SPLITS)
    rows = labelled(splits, Split.TRAIN)
    faces = faces_of(table, rows, recipe.target)
    if recipe.children == "fresh":
        taught: TrainingFaces = Fresh(faces, rows["sample_id"].to_pylist(), params.augment)
    elif recipe.children == "stage":
        taught = families(faces, rows["sample_id"], read_table(args.augmented, AUGMENTED))
    else:
        taught = faces
    validation = faces_of(table, labelled(splits, Split.VALIDATION), recipe.target)
    write_model(train_fer(args.model, taught, validation, params.train_fer, args.kept), args.out)


if __name__ == "__main__":
    run_stage(main)

"""A trained model on disk: a folder of weights.safetensors, card.json and history.parquet.

No pickle anywhere. A card without training rows has `trained_on: 0` and says why; there are no weights then.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from bhab.config import TrainFerConfig
from bhab.errors import TableError
from bhab.models.fer import FER
from bhab.schema import EMOTIONS, HISTORY, Columns
from bhab.store import read_json, require_emotions, table_of, whole_folder, write_bytes, write_json, write_table
from bhab.training.history import Epoch, VoiceEpoch
from bhab.training.seed import repeatable

Model = TypeVar("Model", bound=nn.Module)
Checked = TypeVar("Checked", bound=BaseModel)

WEIGHTS = "weights.safetensors"
CARD = "card.json"
HISTORY_FILE = "history.parquet"


class Card(BaseModel):
    """What card.json says of a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    params: dict[str, Any]  # the section of params.yaml it was trained with
    input: dict[str, Any]  # what it takes
    emotions: list[str] = list(EMOTIONS)  # class names, in the order of its logits or embeddings
    n_parameters: int = 0
    trained_on: int = 0
    epochs: int = 0
    kept_epoch: int = 0  # whose weights these are, where that is known
    why: str | None = None  # there are no weights


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, how it came about, and its card; no model where there was nothing to learn from."""

    card: Card
    model: nn.Module | None
    history: Sequence[Epoch | VoiceEpoch]


def n_parameters(model: nn.Module) -> int:
    """Return how many numbers training may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def write_model(trained: Trained, folder: Path, columns: Columns = HISTORY) -> None:
    """Write a model, whole or not at all; where there is none, its card and an empty history."""
    with whole_folder(folder) as partial:
        if trained.model is not None:
            tensors = {name: tensor.contiguous() for name, tensor in trained.model.state_dict().items()}
            write_bytes(save(tensors), partial / WEIGHTS)
        write_json(trained.card.model_dump(), partial / CARD)
        write_table(table_of([asdict(epoch) for epoch in trained.history], columns), partial / HISTORY_FILE)


def read_card(folder: Path) -> Card:
    """Return the card of a model. Raises LabelMapError if its classes are not ours, TableError if it is not a card."""
    path = folder / CARD
    content = read_json(path)
    require_emotions(content.get("emotions"), path)
    return checked(Card, content, path)


def load_fer(folder: Path) -> tuple[Card, nn.Module | None]:
    """Return a model of faces as it was trained, ready to be asked, and its card; no model if the card says why."""
    card = read_card(folder)
    if card.why is not None:
        return card, None
    config = checked(TrainFerConfig, card.params, folder / CARD)
    if card.model not in FER.keys() & config.recipes.keys():
        known = sorted(FER.keys() & config.recipes.keys())
        raise TableError(f"{folder / CARD}: model {card.model!r}, expected one with a recipe there, of {known}")
    recipe = config.recipes[card.model].model_copy(update={"pretrained": None})  # the weights here are all it needs
    repeatable(config.seed, config.threads)
    return card, with_weights(FER[card.model](recipe), folder)


def checked(kind: type[Checked], content: dict[str, Any], path: Path) -> Checked:
    """Return `content` as a `kind`. Raises TableError with the first thing that is wrong."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        fault = error.errors()[0]
        raise TableError(f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error


def with_weights(model: Model, folder: Path) -> Model:
    """Return `model` in evaluation mode with the weights in `folder`. Raises TableError if these are not its own."""
    path = folder / WEIGHTS
    if not path.exists():
        raise TableError(f"{path}: no such file; `dvc repro` makes it")
    try:
        model.load_state_dict(load(path.read_bytes()))
    except (SafetensorError, RuntimeError) as error:
        raise TableError(f"{path}: not the weights of {type(model).__name__} ({error})") from error
    return model.eval()

"""Sections of the stages that train models of faces and make them small."""

from typing import Literal

from pydantic import Field, model_validator

from bhab.config.base import Section

ENSEMBLE = "ensemble"  # its name among models of faces; all others are trained by a recipe


class FerRecipe(Section):
    """How one model of faces is made and trained. What has a default is off by default."""

    side_px: Literal[48, 224] = Field(default=48, description="of the picture the network sees; a face has 48")
    pretrained: str | None = Field(default=None, description="weights to start from: a folder, or a name on a hub")
    width: float = Field(default=1.0, gt=0, le=4, description="times the filters of the network, where it has a choice")
    dropout: float = Field(default=0.0, ge=0, lt=1)
    epochs: int = Field(ge=1, le=1000, description="each shows every face once, itself or a child of it")
    batch: int = Field(ge=1, le=4096)
    children: Literal["stage", "fresh", "none"] = Field(
        description="shown in place of a face: one of those of stage augment, one drawn anew each time, the face itself"
    )
    target: Literal["label", "majority", "votes"] = Field(
        default="label", description="what is learnt; of votes where a face has some: their emotion, or their shares"
    )
    votes_weight: float = Field(
        default=0.0, ge=0, description="of learning what voters say as well, by a second head that only training has"
    )
    optimiser: Literal["adam", "sgd"]
    learning_rate: float = Field(gt=0, lt=1, description="the highest")
    weight_decay: float = Field(default=0.0, ge=0, lt=1)
    schedule: Literal["plateau", "one_cycle"] = Field(description="how the learning rate falls")
    plateau_patience: int | None = Field(
        default=None, ge=0, description="epochs without a better validation loss before the rate falls"
    )
    plateau_factor: float | None = Field(default=None, gt=0, lt=1, description="by which it falls")
    stop_patience: int | None = Field(
        default=None, ge=1, description="epochs without a better validation loss before training ends"
    )
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    class_weights: float = Field(
        default=0.0, ge=0, le=1, description="power of a class's rarity that weighs its loss; 1 makes classes equal"
    )
    mixup: float = Field(default=0.0, ge=0, description="alpha of the share two faces have in one; 0: none")
    precision: Literal["bfloat16", "float32"] | None = Field(
        default=None, description="of this training, if not that of the section; depthwise filters are slow in bfloat16"
    )

    @model_validator(mode="after")
    def _a_plateau_has_its_numbers(self) -> "FerRecipe":
        numbers = (self.plateau_patience, self.plateau_factor)
        if self.schedule == "plateau" and None in numbers:
            raise ValueError("schedule plateau: expected plateau_patience and plateau_factor")
        if self.schedule == "one_cycle" and numbers != (None, None):
            raise ValueError("schedule one_cycle: expected neither plateau_patience nor plateau_factor")
        return self


class TrainFerConfig(Section):
    """Section `train_fer`."""

    models: tuple[str, ...] = Field(min_length=1, description="which of recipes are trained")
    seed: int
    threads: int = Field(ge=1, le=64, description="of PyTorch; another number gives other bytes")
    precision: Literal["bfloat16", "float32"] = Field(description="of training; bfloat16 is slow on a CPU without it")
    recipes: dict[str, FerRecipe] = Field(description="by model, keys of bhab.models.FER")

    @model_validator(mode="after")
    def _every_model_has_a_recipe(self) -> "TrainFerConfig":
        for name in self.models:
            if name not in self.recipes:
                raise ValueError(f"model {name!r} has no recipe, expected one of {', '.join(sorted(self.recipes))}")
        return self

    def only(self, name: str) -> "TrainFerConfig":
        """Return what of this section training model `name` depends on."""
        return self.model_copy(update={"models": (name,), "recipes": {name: self.recipes[name]}})


class CompressConfig(Section):
    """Section `compress`."""

    calibration_faces: int = Field(ge=1, description="training faces that set the ranges of int8")
    sparsity: float = Field(ge=0, lt=1, description="share of the weights that pruning sets to zero")
    epochs: int = Field(ge=1, le=1000, description="of learning after pruning")
    learning_rate_share: float = Field(gt=0, le=1, description="of the recipe's learning rate, in these epochs")


class EnsembleConfig(Section):
    """Section `ensemble`."""

    members: tuple[str, ...] = Field(min_length=1, description="which of train_fer.models are in it")
    embeddings: str = Field(description="that of the members whose last features the classic models learn from too")
    components: int = Field(ge=1, description="principal components kept of HOG and LBP")
    svm_c: float = Field(gt=0, description="of the linear support vector machines")
    logistic_c: float = Field(gt=0)
    boosting_rounds: int = Field(ge=1, description="trees of each emotion")
    boosting_learning_rate: float = Field(gt=0, le=1)
    boosting_depth: int = Field(ge=1, le=8, description="of its trees")
    prior: float = Field(gt=0, description="pull of the weights of models to equal shares, in faces")
    seed: int

    @model_validator(mode="after")
    def _embeddings_are_of_a_member(self) -> "EnsembleConfig":
        if self.embeddings not in self.members:
            raise ValueError(f"embeddings {self.embeddings!r}: expected one of members, {', '.join(self.members)}")
        return self

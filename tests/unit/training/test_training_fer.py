import pytest
import torch

from bhab.models.fer import FER
from bhab.schema import EMOTIONS, Split
from bhab.training.faces import Faces, faces_of, families, labelled
from bhab.training.fer import FerTraining, ask, one_cycle, weights_of
from bhab.training.history import BestWeights
from bhab.training.resume import Place
from bhab.training.seed import repeatable

SMALL = ["best_fer", "bhab_net", "light_cnn", "rnn"]
RECIPES = {
    "plateau": {},
    "one cycle": {"schedule": "one_cycle", "optimiser": "sgd", "learning_rate": 0.05, "weight_decay": 0.0005},
    "all that is off by default": {"mixup": 0.2, "label_smoothing": 0.1, "class_weights": 0.5, "votes_weight": 1.0},
}


def training_of(corpus, config):
    (name,) = config.models
    repeatable(config.seed, config.threads)
    rows = labelled(corpus.splits, Split.TRAIN)
    faces = families(faces_of(corpus.faces, rows), rows["sample_id"], corpus.augmented)
    validation = faces_of(corpus.faces, labelled(corpus.splits, Split.VALIDATION))
    return FerTraining(FER[name](config.recipes[name]), faces, validation, config)


def taught(corpus, config):
    training = training_of(corpus, config)
    return training, list(training.epochs())


def weights(training):
    return {name: tensor.tolist() for name, tensor in training.model.state_dict().items()}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_a_model_learns_a_few_faces_by_heart(name, precision, corpus, fer_config):
    config = fer_config(name, precision=precision, epochs=12, learning_rate=0.002, stop_patience=12)
    training, _ = taught(corpus, config)
    faces = training.faces.first(len(training.faces.labels))
    assert ask(training.model, faces.images).argmax(dim=1).tolist() == faces.labels.tolist()


@pytest.mark.parametrize("name", SMALL)
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(name, corpus, fer_config):
    (one, first), (same, again) = (taught(corpus, fer_config(name, epochs=1)) for _ in range(2))
    other, _ = taught(corpus, fer_config(name, epochs=1, seed=2))
    assert first == again
    assert weights(one) == weights(same) != weights(other)


@pytest.mark.parametrize("off", RECIPES)
@pytest.mark.parametrize("name", ["best_fer", "bhab_net"])
def test_a_training_that_was_killed_goes_on_to_the_same_weights(name, off, corpus, fer_config, tmp_path):
    config = fer_config(name, epochs=3, **RECIPES[off])
    whole, history = taught(corpus, config)
    killed = training_of(corpus, config)
    kept = Place(tmp_path / "kept", made_of=[b"this corpus"])
    killed.resume(kept.read())
    next(killed.epochs())
    kept.write(killed.state())
    risen = training_of(corpus, config)
    torch.manual_seed(99)  # noqa: TID251 - another process has another state
    risen.resume(Place(tmp_path / "kept", made_of=[b"this corpus"]).read())
    assert list(risen.epochs()) == history[1:]
    assert risen.history == history
    assert weights(risen) == weights(whole)


@pytest.mark.parametrize("steps", [1, 2, 5, 7, 100])
def test_one_cycle_rises_to_the_highest_rate_and_falls_to_none(steps):
    rates = [one_cycle(step, steps) for step in range(steps + 1)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(1.0)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[0] > 0.0
    assert rates[-1] == pytest.approx(0.0 if steps > 1 else 1.0)


def test_training_ends_when_validation_gets_no_better_and_keeps_the_best(corpus, fer_config):
    config = fer_config(epochs=12, learning_rate=0.002, stop_patience=3, plateau_patience=0)
    training = training_of(corpus, config)
    right = training.validation
    wrong = (right.labels + 1) % 7  # the more is learnt, the worse it gets
    training.validation = Faces(right.images, wrong, torch.eye(7)[wrong], right.votes)
    history = list(training.epochs())
    losses = [epoch.validation_loss for epoch in history]
    best = losses.index(min(losses))
    assert [epoch.epoch for epoch in history] == list(range(1, best + 1 + 3 + 1))
    assert [epoch.learning_rate for epoch in history[best:]] == pytest.approx([0.002, 0.002, 0.001, 0.0005])
    kept = torch.nn.functional.cross_entropy(ask(training.model, right.images), wrong)
    assert float(kept) == pytest.approx(min(losses))
    assert training.kept == best + 1


@pytest.mark.parametrize(
    ("patience", "at_last"),
    [
        pytest.param(None, True, id="a cycle that came to its end keeps its last weights"),
        pytest.param(2, False, id="one that was stopped keeps its best"),
    ],
)
def test_which_weights_of_a_cycle_are_kept(patience, at_last, corpus, fer_config):
    config = fer_config(epochs=6, learning_rate=0.002, schedule="one_cycle", stop_patience=patience)
    training = training_of(corpus, config)
    right = training.validation
    wrong = (right.labels + 1) % 7
    training.validation = Faces(right.images, wrong, torch.eye(7)[wrong], right.votes)
    losses = [epoch.validation_loss for epoch in training.epochs()]
    best = losses.index(min(losses)) + 1
    assert best < len(losses)
    assert training.kept == (6 if at_last else best)
    kept = torch.nn.functional.cross_entropy(ask(training.model, right.images), wrong)
    assert float(kept) == pytest.approx(losses[training.kept - 1])


def test_asked_of_no_faces_a_model_gives_no_logits(recipe):
    none = torch.zeros(0, 48, 48, dtype=torch.uint8)
    assert ask(FER["light_cnn"](recipe()), none).shape == (0, len(EMOTIONS))


@pytest.mark.parametrize("name", SMALL)
def test_what_voters_say_is_learnt_beside_the_label_and_leaves_nothing_in_the_model(name, corpus, fer_config):
    config = fer_config(name, epochs=3, votes_weight=1.0)
    with_votes, without = training_of(corpus, config), training_of(corpus, config)
    plain = weights(with_votes).keys()
    with_votes.faces.votes[:, EMOTIONS.index("sad")] = 1.0  # whoever they see
    list(with_votes.epochs())
    list(without.epochs())
    assert weights(with_votes).keys() == plain
    assert weights(with_votes) != weights(without)
    start = training_of(corpus, config).voters.head.bias
    assert (with_votes.voters.head.bias - start).argmax() == EMOTIONS.index("sad")
    assert torch.equal(without.voters.head.bias, start)  # nobody voted


@pytest.mark.parametrize(
    ("power", "weights"),
    [
        pytest.param(0.0, [1.0, 1.0, 1.0, 1.0], id="every face counts the same"),
        pytest.param(1.0, [2 / 3, 2 / 3, 2 / 3, 2.0], id="every emotion counts the same"),
    ],
)
def test_a_rare_emotion_may_count_more(power, weights):
    assert weights_of(torch.tensor([3, 3, 3, 0]), power).tolist() == pytest.approx(weights)


def test_a_loss_that_is_not_a_number_is_never_the_best():
    model, best = torch.nn.Linear(1, 1), BestWeights()
    best.see(2.0, model)
    kept = model.weight.clone()
    with torch.no_grad():
        model.weight.fill_(9.0)
    best.see(float("nan"), model)
    best.restore(model)
    assert best.stale == 1
    assert torch.equal(model.weight, kept)

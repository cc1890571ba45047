import pytest
from annotation_corpus import label_issues, predictions, samples

from bhab.annotate.tasks import Guess, choice, model_guesses, pick, source_guesses, suspect_guesses, task
from bhab.schema import Modality

FACES = samples(Modality.FACES)
IDS = FACES["sample_id"].to_pylist()


def test_the_least_sure_come_first_and_the_rest_by_hash():
    guesses = model_guesses(predictions(IDS[5:8]))
    picked = pick(FACES, guesses, 20)
    assert picked[:3] == IDS[5:8]
    assert sorted(picked) == IDS
    assert picked[3:] != sorted(picked[3:])


def test_suspects_come_in_the_order_of_their_rank_and_only_flagged_ones():
    issues = label_issues(Modality.FACES, IDS[:4])
    expected = {name: Guess("sad", "label issues", 0.8) for name in (IDS[2], IDS[1], IDS[0])}
    assert list(suspect_guesses(issues, 20).items()) == list(expected.items())
    assert list(suspect_guesses(issues, 2)) == [IDS[2], IDS[1]]


def test_those_in_the_queue_come_before_the_least_sure():
    picked = pick(FACES, model_guesses(predictions(IDS[5:8])), 20, frozenset(IDS[10:12]))
    assert set(picked[:2]) == set(IDS[10:12])
    assert picked[2:5] == IDS[5:8]


def test_fewer_are_the_first_of_more():
    assert pick(FACES, {}, 5) == pick(FACES, {}, 20)[:5]


def test_the_order_of_the_table_does_not_matter():
    assert pick(FACES, {}, 7) == pick(FACES.take(list(range(19, -1, -1))), {}, 7)


def test_more_than_there_are_is_all():
    assert len(pick(FACES, {}, 1000)) == 20


def test_an_empty_table_gives_nothing():
    assert (pick(FACES.slice(0, 0), {}, 5), source_guesses(FACES.slice(0, 0))) == ([], {})
    assert model_guesses(predictions([])) == {}


def test_a_source_label_is_named_so_and_has_no_score():
    known = {i: e for i, e in zip(IDS, FACES["emotion"].to_pylist(), strict=True) if e is not None}
    assert source_guesses(FACES) == {i: Guess(e, "source label", None) for i, e in known.items()}
    assert len(known) == 19


@pytest.mark.parametrize(
    ("modality", "guess", "expected"),
    [
        pytest.param(
            Modality.FACES,
            Guess("happy", "light_cnn", 0.412345),
            {
                "data": {"sample_id": "ab", "modality": "faces", "image": "content"},
                "predictions": [
                    {
                        "model_version": "light_cnn",
                        "score": 0.4123,
                        "result": [
                            {
                                "from_name": "emotion",
                                "to_name": "sample",
                                "type": "choices",
                                "value": {"choices": ["happy"]},
                            }
                        ],
                    }
                ],
            },
            id="a face with a model's guess",
        ),
        pytest.param(
            Modality.TEXTS,
            Guess("sad", "source label"),
            {
                "data": {"sample_id": "ab", "modality": "texts", "text": "content"},
                "predictions": [{"model_version": "source label", "result": [choice("emotion", "sad")]}],
            },
            id="a text with its source's label",
        ),
        pytest.param(
            Modality.SPEECH,
            None,
            {"data": {"sample_id": "ab", "modality": "speech", "audio": "content"}, "predictions": []},
            id="a clip nobody made a guess about",
        ),
    ],
)
def test_a_task_holds_the_sample_and_the_guess_and_nothing_else(modality, guess, expected):
    assert task("ab", modality, "content", guess) == expected

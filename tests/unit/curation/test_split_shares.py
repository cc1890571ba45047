"""Who goes where: shares, persons, and what a source published."""

from collections import Counter

import numpy as np
import pytest
from curation_rows import sample
from split_rows import CONFIG, divide, splits_of

from bhab.schema import EMOTIONS, Split


def person_rows(rng, persons, largest):
    """Faces of persons who show any emotion, as often as FER2013 has it."""
    return [
        sample(f"p{person}x{n}", subject_id=f"p{person}", emotion=rng.choice(EMOTIONS, p=FER2013_SHARES))
        for person in range(persons)
        for n in range(rng.integers(1, largest + 1))
    ]


FER2013_SHARES = np.array([3995, 436, 4097, 7215, 4965, 4830, 3171]) / 28709  # of its training images


@pytest.mark.parametrize(
    ("rows", "tolerance"),
    [
        pytest.param(
            [
                sample(f"s{n}", emotion=e)
                for n, e in enumerate(np.repeat(EMOTIONS, (FER2013_SHARES * 2000).astype(int)))
            ],
            0.02,
            id="one face a person",
        ),
        pytest.param(person_rows(np.random.default_rng(1), 400, 9), 0.05, id="one to nine faces a person"),
        pytest.param(
            [
                sample(f"v{v}e{e}n{n}", subject_id=f"v{v}", emotion=e)
                for v in range(20)
                for e in EMOTIONS
                for n in range(3)
            ],
            0.0001,
            id="20 speakers of all emotions",
        ),
    ],
)
def test_shares_of_each_emotion(rows, tolerance):
    kept = divide(rows).splits.to_pylist()
    all_of = Counter(row["emotion"] for row in kept)
    for split, fraction in ((Split.TEST, 0.1), (Split.VALIDATION, 0.1)):
        of = Counter(row["emotion"] for row in kept if row["split"] == split)
        assert {e: of[e] / n for e, n in all_of.items()} == pytest.approx(
            dict.fromkeys(all_of, fraction), abs=tolerance
        )


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param([1], {"train": [1]}, id="one person"),
        pytest.param([1, 1], {"train": [1, 1]}, id="two persons"),
        pytest.param([1, 1, 1], {"train": [1], "validation": [1], "test": [1]}, id="three persons"),
        pytest.param([1, 1, 50], {"train": [50], "validation": [1], "test": [1]}, id="a person too large to hold out"),
        pytest.param([9] * 10, {"train": [9] * 8, "validation": [9], "test": [9]}, id="ten persons"),
    ],
)
def test_whole_persons_are_held_out(sizes, expected):
    rows = [sample(f"p{p}n{n}", subject_id=f"p{p}") for p, size in enumerate(sizes) for n in range(size)]
    found = Counter((row["group_id"], row["split"]) for row in divide(rows).splits.to_pylist())
    by_split = {split: sorted(n for (_, of), n in found.items() if of == split) for _, split in found}
    assert by_split == expected


@pytest.mark.parametrize("new", range(5))
def test_one_more_face_moves_at_most_the_two_at_the_cuts(new):
    rows = [sample(f"s{n}", emotion=EMOTIONS[n % 7]) for n in range(700)]
    before = splits_of(divide(rows))
    after = splits_of(divide([*rows, sample(f"new{new}", emotion="fear")]))
    assert sum(before[name] != after[name] for name in before) <= 2


def test_one_more_person_leaves_nearly_all_others_where_they_were():
    rows = person_rows(np.random.default_rng(2), 300, 9)
    before = splits_of(divide(rows))
    after = splits_of(divide([*rows, *(sample(f"new{n}", subject_id="new", emotion="sad") for n in range(5))]))
    assert sum(before[name] != after[name] for name in before) <= 0.02 * len(before)


def test_another_salt_draws_another_split():
    rows = [sample(f"s{n}") for n in range(200)]
    assert splits_of(divide(rows)) != splits_of(divide(rows, CONFIG.model_copy(update={"salt": "other"})))


def bench(name, split, **changes):
    return sample(name, source="bench", source_split=split, **changes)


def test_a_published_split_is_kept_and_validation_carved_from_its_training_items():
    rows = [bench(f"tr{n}", "train", subject_id=f"p{n // 2}") for n in range(200)]
    rows += [bench(f"te{n}", "test") for n in range(30)]
    divided = divide(rows)
    assert {n for n, s in splits_of(divided).items() if s == "test"} == {f"te{n}" for n in range(30)}
    kept = Counter((row["group_id"], row["split"]) for row in divided.splits.to_pylist() if row["split"] != "test")
    assert Counter(split for _, split in kept.elements()) == {"train": 180, "validation": 20}
    assert set(kept.values()) == {2}  # both faces of a person in one split
    assert divided.figures["faces"]["leaked"] == 0


def test_a_published_validation_split_is_not_added_to():
    rows = [bench(f"tr{n}", "train") for n in range(50)] + [bench("va", "validation")]
    assert Counter(splits_of(divide(rows)).values()) == {"train": 50, "validation": 1}


def test_a_published_leak_is_marked_and_its_twin_stays_in_training():
    rows = [bench(f"tr{n}", "train") for n in range(40)]
    divided = divide([*rows, *(bench(f"te{n}", "test", content_sha256=rows[n]["content_sha256"]) for n in range(20))])
    carved = sum(split == "validation" for split in splits_of(divided).values())
    leaked = [row["split"] for row in divided.splits.to_pylist() if row["leaked"]]
    assert (carved, leaked) == (2, ["test"] * 20)


@pytest.mark.parametrize(
    ("published", "followed"),
    [
        pytest.param(["test"], "test", id="to a test item"),
        pytest.param(["train", "test"], "test", id="to the split that may be seen least"),
        pytest.param(["train", "validation"], "validation", id="to validation before training"),
    ],
)
def test_a_sample_follows_its_person_into_a_published_split(published, followed):
    rows = [bench(f"b{split}", split, subject_id="p") for split in published]
    assert splits_of(divide([*rows, sample("free", subject_id="p")]))["free"] == followed

import csv
import hashlib
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest

from bhab.config import SynthesizeConfig
from bhab.schema import AgeGroup, Emotion, Gender, SkinTone, age_group
from bhab.synthetic.face_copies import COPIES
from bhab.synthetic.face_people import FEMALE_SHARE, TONES
from bhab.synthetic.face_pictures import pixels
from bhab.synthetic.faces import CODES, TEST, TRAINING, plan_faces, write_faces
from bhab.synthetic.plan import FACES_TOTAL, UNLIKE, FaultKind, class_counts

FAULTS = 3
SINGLES = (
    FaultKind.WRONG_LABEL,
    FaultKind.WRONG_LABEL_NAME,
    FaultKind.CORRUPT,
    FaultKind.BLANK,
    FaultKind.NOT_A_FACE,
)
EMOTION_OF = {str(code): emotion for emotion, code in CODES.items()}


def config(**changes):
    values = {"seed": "test", "scale": 0.01, "speech_clips": 7, "speakers": 4, "faults": FAULTS, "wrong_labels": 0.0}
    return SynthesizeConfig(**(values | changes))


def read_rows(root):
    """Return the lines of fer2013.csv with those of demographics.csv, by line number."""
    with (root / "fer2013.csv").open() as file:
        faces = {str(line): row for line, row in enumerate(csv.DictReader(file), start=2)}
    with (root / "demographics.csv").open() as file:
        people = {row["row"]: row for row in csv.DictReader(file)}
    assert list(people) == list(faces)
    return {line: faces[line] | people[line] for line in faces}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("faces")
    faults = write_faces(root, config())
    return read_rows(root), faults


def levels(row):
    return np.array(row["pixels"].split(), dtype=np.int64).reshape(48, 48)


def of_kind(written, kind):
    rows, faults = written
    return [[rows[key] for key in fault.keys] for fault in faults if fault.kind == kind]


def test_without_the_faults_the_classes_are_counted_as_planned(written):
    rows, faults = written
    faulty = {key for fault in faults for key in fault.keys}
    clean = Counter(EMOTION_OF[row["emotion"]] for line, row in rows.items() if line not in faulty)
    assert clean == class_counts(FACES_TOTAL, 0.01)


def test_every_kind_of_fault_is_planted_as_often_as_asked(written):
    _, faults = written
    pairs = {(kind, "", 2): FAULTS for kind in (FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE)}
    near = {(FaultKind.NEAR_DUPLICATE, variant, 2): FAULTS for variant in COPIES}
    singles = {(kind, "", 1): FAULTS for kind in SINGLES}
    assert Counter((f.kind, f.variant, len(f.keys)) for f in faults) == pairs | near | singles
    assert len({key for f in faults for key in f.keys}) == sum(
        n * size for (_, _, size), n in (pairs | near | singles).items()
    )


def test_wrong_labels_are_a_share_of_the_corpus_if_that_is_more():
    pictures = plan_faces(config(wrong_labels=0.1))
    assert sum(p.fault is not None and p.fault.kind == FaultKind.WRONG_LABEL for p in pictures) == 17


def test_a_wrong_label_is_any_of_those_that_nobody_would_confuse_with_what_is_shown():
    pictures = plan_faces(config(scale=0.05, wrong_labels=0.2))
    wrong = {(p.emotion, p.code) for p in pictures if p.spoil == FaultKind.WRONG_LABEL}
    assert wrong == {(shown, CODES[emotion]) for shown, others in UNLIKE.items() for emotion in others}


@pytest.mark.parametrize(
    ("kind", "usages"),
    [
        pytest.param(FaultKind.EXACT_DUPLICATE, None, id="exact copy in the same usage"),
        pytest.param(FaultKind.CROSS_SPLIT_DUPLICATE, (TRAINING, TEST), id="copy of a training face in the test set"),
    ],
)
def test_a_copy_has_the_pixels_the_label_and_the_person_of_its_original(written, kind, usages):
    for original, copy in of_kind(written, kind):
        expected = usages or (original["Usage"], original["Usage"])
        assert (original["Usage"], copy["Usage"]) == expected
        assert copy | {"row": "", "Usage": ""} == original | {"row": "", "Usage": ""}


def test_near_duplicates_show_one_person_with_one_label_in_one_usage_or_in_both(written):
    pairs = of_kind(written, FaultKind.NEAR_DUPLICATE)
    for original, copy in pairs:
        assert copy["pixels"] != original["pixels"]
        same = {"row": "", "pixels": "", "Usage": ""}
        assert copy | same == original | same
    across = Counter((original["Usage"], copy["Usage"]) for original, copy in pairs)
    assert across[TRAINING, TEST] == FAULTS // 2 * len(COPIES)
    assert across[TEST, TRAINING] == 0


def test_bad_rows_are_bad_in_the_way_their_kind_says(written):
    assert [row["emotion"] for (row,) in of_kind(written, FaultKind.WRONG_LABEL_NAME)] == ["9"] * FAULTS
    assert [np.unique(levels(row)).size for (row,) in of_kind(written, FaultKind.BLANK)] == [1] * FAULTS
    lists = [row["pixels"].split() for (row,) in of_kind(written, FaultKind.CORRUPT)]
    assert sorted((len(values), "??" in values) for values in lists) == [(1000, False), (1000, False), (2304, True)]


def test_only_copies_have_equal_pixels(written):
    rows, faults = written
    pairs = (FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE)
    copies = {frozenset(fault.keys) for fault in faults if fault.kind in pairs}
    equal = defaultdict(set)
    for line, row in rows.items():
        equal[row["pixels"]].add(line)
    assert {frozenset(lines) for lines in equal.values() if len(lines) > 1} == copies


def test_nobody_is_in_both_usages_but_for_planted_leaks(written):
    rows, faults = written
    kinds = (FaultKind.CROSS_SPLIT_DUPLICATE, FaultKind.NEAR_DUPLICATE)
    leaks = {key for f in faults if f.kind in kinds for key in f.keys}
    usages = defaultdict(set)
    for line, row in rows.items():
        if line not in leaks:
            usages[row["subject"]].add(row["Usage"])
    assert {len(found) for found in usages.values()} == {1}
    assert set().union(*usages.values()) == {TRAINING, TEST}


def test_the_order_of_the_rows_tells_nothing():
    codes = np.array([picture.code for picture in plan_faces(config(scale=0.2, faults=0))])
    runs = 1 + np.count_nonzero(codes[1:] != codes[:-1])
    shares = np.bincount(codes) / codes.size
    expected = codes.size * (1 - (shares**2).sum())
    assert abs(runs - expected) < 5 * np.sqrt(codes.size * 0.25)


def test_planted_imbalance_is_there_and_a_subject_is_always_the_same_person():
    pictures = plan_faces(config(scale=1.0, faults=0))
    assert len(pictures) == FACES_TOTAL
    for emotion, share in FEMALE_SHARE.items():
        genders = [p.person.gender for p in pictures if p.emotion == emotion]
        assert abs(genders.count(Gender.FEMALE) / len(genders) - share) < 0.06
    people = {p.person.subject: p.person for p in pictures}
    assert all(people[p.person.subject] == p.person for p in pictures)
    assert 5 < len(pictures) / len(people) < 7
    tones = Counter(p.skin_tone for p in people.values())
    for tone, (share, _) in TONES.items():
        assert abs(tones[tone] / len(people) - share) < 0.04
    assert {age_group(p.age_years) for p in people.values()} == set(AgeGroup)
    assert set(tones) == set(SkinTone)
    training = sum(p.usage == TRAINING for p in pictures) / len(pictures)
    assert 0.77 < training < 0.83


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    small = config(scale=0.0005, faults=1)
    for name, one in (("a", small), ("b", small), ("c", config(scale=0.0005, faults=1, seed="other"))):
        write_faces(tmp_path / name, one)
    for file in ("fer2013.csv", "demographics.csv"):
        a, b, c = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert a == b
        assert a != c


def test_the_smallest_corpus_has_every_class_and_every_fault(tmp_path):
    faults = write_faces(tmp_path, config(scale=0.0001, faults=1))
    rows = read_rows(tmp_path)
    assert len(rows) == 2 * len(Emotion) + 2 * (2 + len(COPIES)) + len(SINGLES)
    assert len(faults) == 2 + len(COPIES) + len(SINGLES)


def test_bytes_are_the_same_on_every_machine(golden):
    pictures = sorted(plan_faces(config(scale=0.0001, faults=1)), key=lambda p: p.key)
    golden(
        "synthetic/faces.jsonl",
        [
            {
                "key": p.key,
                "code": p.code,
                "subject": p.person.subject,
                "pixels": hashlib.sha256(pixels(p, "test").encode()).hexdigest()[:16],
            }
            for p in pictures
        ],
    )


def test_a_picture_depends_on_nothing_but_its_key():
    pictures = plan_faces(config())
    alone = pixels(pictures[5], "test")
    for other in pictures[:5]:
        pixels(other, "test")
    assert pixels(pictures[5], "test") == alone
    assert pixels(replace(pictures[5], drawing="elsewhere"), "test") != alone

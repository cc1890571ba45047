import json
from collections import Counter, defaultdict

import pytest

from bhab.config import SynthesizeConfig
from bhab.errors import ParamsError
from bhab.synthetic import text_copies
from bhab.synthetic.plan import TEXTS_TOTAL, FaultKind, class_counts
from bhab.synthetic.text_raw import dressed
from bhab.synthetic.texts import FILE, write_texts
from bhab.text.clean import clean
from bhab.text.near import edits
from bhab.text.words import words

CONFIG = SynthesizeConfig(seed="test", scale=0.05, speech_clips=7, speakers=4, faults=3, wrong_labels=0.0)
BROKEN = (FaultKind.CORRUPT, FaultKind.BROKEN_UNICODE)
COPIES = (FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Rows by the key their adapter gives them, what could not be read, and the faults."""
    root = tmp_path_factory.mktemp("texts")
    faults = write_texts(root, CONFIG)
    rows, unread = {}, set()
    for number, line in enumerate((root / FILE).read_bytes().splitlines(), start=1):
        try:
            row = json.loads(line.decode())
        except UnicodeDecodeError:
            unread.add((str(number), FaultKind.BROKEN_UNICODE))
        except json.JSONDecodeError:
            unread.add((str(number), FaultKind.CORRUPT))
        else:
            rows[row["id"]] = row
    return rows, unread, faults


def of_kind(faults, kind):
    return [fault.keys for fault in faults if fault.kind is kind]


def test_each_kind_of_fault_is_planted_as_often_as_asked(corpus):
    kinds = [k for k in FaultKind if k not in ("blank", "not_a_face", "silent", "clipped", "wrong_sample_rate")]
    kinds.remove(FaultKind.NEAR_DUPLICATE)
    expected = [(kind, "") for kind in kinds] + [(FaultKind.NEAR_DUPLICATE, variant) for variant in text_copies.COPIES]
    assert Counter((fault.kind, fault.variant) for fault in corpus[2]) == dict.fromkeys(expected, CONFIG.faults)


def test_without_faults_the_counts_are_those_of_the_plan(corpus):
    rows, _, faults = corpus
    planted = {fault.keys[-1] for fault in faults}
    labels = Counter(row["label"] for key, row in rows.items() if key not in planted)
    assert labels == class_counts(TEXTS_TOTAL, CONFIG.scale)


def test_texts_are_equal_after_clean_only_where_planted(corpus):
    rows, _, faults = corpus
    groups = defaultdict(set)
    for key, row in rows.items():
        groups[clean(row["text"])].add(key)
    found = {frozenset(keys) for keys in groups.values() if len(keys) > 1}
    assert found == {frozenset(keys) for kind in COPIES for keys in of_kind(faults, kind)}


def test_copies_are_where_their_kind_says(corpus):
    rows, _, faults = corpus
    for kind, splits in ((COPIES[0], None), (COPIES[1], ("train", "test"))):
        for keys in of_kind(faults, kind):
            pair = [rows[key] for key in keys]
            assert len({row["label"] for row in pair}) == 1
            assert splits is None or tuple(row["split"] for row in pair) == splits
            assert splits is not None or len({row["split"] for row in pair}) == 1


def test_a_near_duplicate_differs_from_its_original_alone_by_a_word_or_two_spellings(corpus):
    rows, _, faults = corpus
    sentences = {key: words(clean(row["text"])) for key, row in rows.items()}
    most = {"misspelt": 2, "punctuated": 0}
    for fault in faults:
        if fault.kind is FaultKind.NEAR_DUPLICATE:
            original, copy = (sentences[key] for key in fault.keys)
            assert edits(original, copy) <= most.get(fault.variant, 1)
            assert rows[fault.keys[0]]["text"] != rows[fault.keys[1]]["text"]


def test_sentences_that_nobody_copied_differ_in_more_than_a_word(corpus):
    rows, _, faults = corpus
    copies = {fault.keys[-1] for fault in faults if len(fault.keys) > 1}
    sentences = [words(clean(row["text"])) for key, row in rows.items() if key not in copies]
    alike = [
        (one, other)
        for number, one in enumerate(sentences)
        for other in sentences[:number]
        if abs(len(one) - len(other)) <= 1 and edits(one, other) <= 1
    ]
    assert alike == []


def test_every_second_near_duplicate_is_in_the_other_split(corpus):
    rows, _, faults = corpus
    near = [fault.keys for fault in faults if fault.kind is FaultKind.NEAR_DUPLICATE]
    across = Counter(tuple(rows[key]["split"] for key in keys) for keys in near)
    assert across["train", "test"] == CONFIG.faults // 2 * len(text_copies.COPIES)
    assert across["test", "train"] == 0


def test_lines_that_cannot_be_read_are_known_by_their_number(corpus):
    _, unread, faults = corpus
    assert unread == {(fault.keys[0], fault.kind) for fault in faults if fault.kind in BROKEN}


def test_wrong_labels_are_outside_the_seven_where_the_name_is_wrong(corpus):
    rows, _, faults = corpus
    outside = {key for key, row in rows.items() if row["label"] == "excited"}
    assert outside == {key for (key,) in of_kind(faults, FaultKind.WRONG_LABEL_NAME)}


def test_a_writer_is_one_person_in_one_split(corpus):
    people = defaultdict(set)
    for row in corpus[0].values():
        people[row["writer"]].add((row["split"], row["gender"], row["age_group"]))
    assert {writer for writer, facts in people.items() if len(facts) > 1} == set()


def test_the_same_config_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_texts(tmp_path / name, CONFIG)
    assert (tmp_path / "a" / FILE).read_bytes() == (tmp_path / "b" / FILE).read_bytes()


def test_too_many_faults_for_the_scale(tmp_path):
    with pytest.raises(ParamsError, match=r"synthesize\.faults: 1200 faults of all kinds, but 51 texts are too few"):
        write_texts(tmp_path, CONFIG.model_copy(update={"scale": 0.01, "faults": 100}))


def test_clean_undoes_what_typing_does():
    sentence = clean("ঝড়ের রাতে মেয়েটি আষাঢ় মাসের গল্প শুনল। সবাই হাসল।")
    typed = {dressed(sentence, str(number), "test") for number in range(400)}
    assert len(typed) > 20
    assert {clean(text) for text in typed} == {sentence}


def test_the_whole_corpus_has_more_than_7000_word_types_to_train_on(tmp_path):
    write_texts(tmp_path, CONFIG.model_copy(update={"scale": 1.0, "faults": 0}))
    rows = map(json.loads, (tmp_path / FILE).read_text(encoding="utf-8").splitlines())
    types = {word for row in rows if row["split"] == "train" for word in words(clean(row["text"]))}
    assert len(types) > 7000

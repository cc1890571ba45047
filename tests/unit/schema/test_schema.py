import re

import pytest

from bhab.schema import SAMPLE, TABLES, AgeGroup, Emotion, age_group, arrow_schema, markdown, sample_id


def test_emotions_are_alphabetical():
    assert list(Emotion) == sorted(Emotion)


@pytest.mark.parametrize("name", TABLES)
def test_the_dictionary_names_each_column_once(name):
    columns = [c.name for c in TABLES[name]]
    assert re.findall(r"^\| `(\w+)`", markdown(TABLES[name]), re.M) == columns
    assert len(set(columns)) == len(columns)
    assert arrow_schema(TABLES[name]).names == columns


def test_nullable_columns_are_nullable_in_arrow():
    assert [f.name for f in arrow_schema(SAMPLE) if f.nullable] == [c.name for c in SAMPLE if c.nullable]


@pytest.mark.parametrize(
    ("years", "group"),
    [(0, AgeGroup.CHILD), (12.9, AgeGroup.CHILD), (13, AgeGroup.TEEN), (20, AgeGroup.YOUNG), (60, AgeGroup.OLD)],
)
def test_age_groups_meet_at_their_limits(years, group):
    assert age_group(years) is group


def test_ids_tell_sources_and_keys_apart():
    ids = {sample_id(s, k) for s, k in [("a", "1"), ("a", "2"), ("b", "1"), ("a\x001", ""), ("", "a\x001")]}
    assert len(ids) == 5
    assert all(re.fullmatch("[0-9a-f]{20}", i) for i in ids)

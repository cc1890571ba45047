import numpy as np
import pytest
from curation_rows import faces, pairs, sample, sample_id
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bhab.curation.groups import components, groups
from bhab.schema import Modality


@st.composite
def graphs(draw):
    n = draw(st.integers(0, 30))
    node = st.integers(0, max(0, n - 1))
    return n, draw(st.lists(st.tuples(node, node), max_size=40 if n else 0))


@given(graphs())
def test_components_are_those_of_scipy(graph):
    n, links = graph
    rows, columns = np.array(links, dtype=int).reshape(-1, 2).T
    _, labels = connected_components(coo_array((np.ones(len(links)), (rows, columns)), shape=(n, n)), directed=False)
    lowest = [int(np.flatnonzero(labels == label).min()) for label in labels]
    assert components(n, links).tolist() == lowest


def of_person(name, person, content=None):
    row = sample(name, subject_id=person)
    return row if content is None else row | {"content_sha256": content}


@pytest.mark.parametrize(
    ("rows", "near", "expected"),
    [
        pytest.param([], [], {}, id="no samples"),
        pytest.param([of_person("a", None), of_person("b", None)], [], {"a": "a", "b": "b"}, id="nobody is named"),
        pytest.param([of_person("a", "p"), of_person("b", "p")], [], {"a": "a", "b": "a"}, id="one person"),
        pytest.param(
            [of_person("a", None, "x"), of_person("b", None, "x")], [], {"a": "a", "b": "a"}, id="equal content"
        ),
        pytest.param(
            [of_person("d", "p"), of_person("c", "p", "x"), of_person("b", "q", "x"), of_person("a", "q")],
            [],
            {"a": "a", "b": "a", "c": "a", "d": "a"},
            id="two persons tied by equal content, ids against the chain",
        ),
        pytest.param(
            [of_person("d", "p"), of_person("c", "p"), of_person("b", "q"), of_person("a", None), of_person("e", None)],
            [("b", "c"), ("a", "d")],
            {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e"},
            id="persons tied by nearly equal content",
        ),
    ],
)
def test_groups(rows, near, expected):
    table = groups(faces(*rows), pairs(*near), Modality.FACES)
    found = {row["sample_id"]: row["group_id"] for row in table.to_pylist()}
    assert found == {sample_id(name): sample_id(group) for name, group in expected.items()}
    assert list(found) == sorted(found)
